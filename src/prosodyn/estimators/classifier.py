"""A classifier for scikit-learn: emotions, or other classes, of one's own on a recogniser's embeddings."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from prosodyn.bundle import DEFAULT
from prosodyn.estimators.embedding import refuse_another
from prosodyn.estimators.recordings import holds_recordings, recordings_of
from prosodyn.inference.embedding import embed
from prosodyn.inference.engines import EngineKind
from prosodyn.inference.loaded import loaded
from prosodyn.types import SAMPLE_RATE

STEPS = 1000
"""Of the optimiser, at most."""


class EmotionClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Learns classes of one's own from recordings, or from embeddings that were computed before.

    Recordings are turned into embeddings by the network of a bundle, which stays as it is; a logistic
    regression on the standardised numbers is all that is fitted. A two-dimensional array of numbers is
    taken as rows of embeddings, so that a search need not listen to every recording at each step. What
    was fitted on rows answers recordings as well, if the rows are those of `EmotionEmbedding(bundle)`.

    Because such an array is a matrix of rows, waveforms of one length must come as a list of arrays,
    or as a matrix through `EmotionEmbedding`, which knows no rows. This is what makes it an estimator as
    scikit-learn defines it, and open to its whole check.

    Attributes:
        classes_: the classes, sorted
        head_: standardisation and logistic regression
        n_features_in_: numbers in a row
        bundle_sha256_: of the weights of the bundle, in hexadecimal; None where rows were given
    """

    def __init__(
        self,
        bundle: Path | str = DEFAULT,
        *,
        engine: EngineKind = "auto",
        sample_rate: int = SAMPLE_RATE,
        C: float = 0.1,
        class_weight: Mapping[Any, float] | Literal["balanced"] | None = None,
    ) -> None:
        """Set what is used; nothing is loaded yet.

        Args:
            bundle: as of `Recogniser.load`
            engine: as of `Recogniser.load`
            sample_rate: of waveforms, Hz; files know their own
            C: how far the examples are trusted, as of `LogisticRegression`; there are some thousand numbers
                in a row and mostly fewer recordings, so that the default trusts them less than is usual
            class_weight: as of `LogisticRegression`
        """
        self.bundle = bundle
        self.engine = engine
        self.sample_rate = sample_rate
        self.C = C
        self.class_weight = class_weight

    def fit(self, X: Any, y: Any) -> "EmotionClassifier":
        """Learn the classes.

        Args:
            X: recordings as of `recordings_of`, or embeddings `(recording, number)`
            y: `(recording,)`, a class each, of two classes at least

        Raises:
            AudioError: a recording that cannot be used, by name
            BundleError: the bundle cannot be used
            ConfigError: there is no such engine
            MissingExtraError: the bundle or a recording needs a package that is not installed
            ValueError: scikit-learn's, on rows or classes that cannot be used
        """
        self.bundle_sha256_: str | None = None
        rows, y = validate_data(self, self._rows(X, is_fitting=True), y)
        check_classification_targets(y)
        regression = LogisticRegression(C=self.C, class_weight=self.class_weight, max_iter=STEPS)
        self.head_ = make_pipeline(StandardScaler(), regression).fit(rows, y)
        self.classes_ = self.head_.classes_
        return self

    def predict(self, X: Any) -> NDArray[Any]:
        """Return the most probable class of each recording, `(recording,)`.

        Raises:
            AudioError: as `fit`
            BundleError: as `fit`, or another bundle than that of `fit`
            ConfigError: as `fit`
            MissingExtraError: as `fit`
            ValueError: as `fit`; scikit-learn's NotFittedError before `fit`
        """
        return self._answer("predict", X)

    def predict_proba(self, X: Any) -> NDArray[np.float64]:
        """Return the probability of each class, `(recording, class)`, in the order of `classes_`.

        Raises:
            AudioError: as `predict`
            BundleError: as `predict`
            ConfigError: as `predict`
            MissingExtraError: as `predict`
            ValueError: as `predict`
        """
        return self._answer("predict_proba", X)

    def _answer(self, method: Literal["predict", "predict_proba"], X: Any) -> NDArray[Any]:
        check_is_fitted(self)
        rows = validate_data(self, self._rows(X), reset=False)
        answers: NDArray[Any] = getattr(self.head_, method)(rows)
        return answers

    def _rows(self, X: Any, is_fitting: bool = False) -> Any:
        """Return the embeddings of recordings, and anything else as it is."""
        if not holds_recordings(X):
            return X
        recogniser = loaded(self.bundle, self.engine)
        if is_fitting:
            self.bundle_sha256_ = recogniser.card.weights_sha256
        refuse_another(recogniser, self.bundle_sha256_)
        return embed(recogniser, recordings_of(X), self.sample_rate)
