"""A transformer for scikit-learn: from recordings to a recogniser's embeddings."""

from pathlib import Path
from typing import Any

from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin, TransformerMixin

from prosodyn.bundle import DEFAULT
from prosodyn.errors import BundleError
from prosodyn.estimators.recordings import recordings_of
from prosodyn.inference import Recogniser
from prosodyn.inference.embedding import Parts, embed, embedding_size
from prosodyn.inference.engines import EngineKind
from prosodyn.inference.loaded import loaded
from prosodyn.types import SAMPLE_RATE, FloatArray


class EmotionEmbedding(ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator):  # type: ignore[misc]
    """Turns recordings into rows of numbers, by the network of a bundle.

    It learns nothing, so that it can be used without `fit`. It holds the bundle's name, not its network,
    and so is small to copy and to pickle; whoever unpickles it needs the bundle. Once fitted it refuses
    another bundle under the same name, whose numbers would mean something else.

    Attributes:
        bundle_sha256_: of the weights of the bundle, in hexadecimal; set by `fit`
    """

    def __init__(
        self,
        bundle: Path | str = DEFAULT,
        *,
        engine: EngineKind = "auto",
        parts: Parts = "all",
        sample_rate: int = SAMPLE_RATE,
    ) -> None:
        """Set what is used; nothing is loaded yet.

        Args:
            bundle: as of `Recogniser.load`
            engine: as of `Recogniser.load`
            parts: `embedding` is what the network pools over the frames, `summary` what it is shown of the
                utterance as a whole, `all` both
            sample_rate: of waveforms, Hz; files know their own
        """
        self.bundle = bundle
        self.engine = engine
        self.parts = parts
        self.sample_rate = sample_rate

    def fit(self, X: Any, y: Any = None) -> "EmotionEmbedding":  # noqa: ARG002
        """Load the bundle; neither recordings nor labels are looked at.

        Raises:
            BundleError: there is none, it is broken, or it has no such parts
            ConfigError: there is no such engine, or there are no such parts
            MissingExtraError: it needs a package that is not installed
        """
        recogniser = loaded(self.bundle, self.engine)
        self.bundle_sha256_ = recogniser.card.weights_sha256
        self._n_features_out = embedding_size(recogniser, self.parts)
        return self

    def transform(self, X: Any) -> FloatArray:
        """Compute a row of numbers for each recording; their lengths may differ.

        Args:
            X: as of `recordings_of`

        Returns:
            `(recording, number)`

        Raises:
            AudioError: a recording that cannot be used, by name
            BundleError: as `fit`; or another bundle than that of `fit`
            ConfigError: as `fit`
            MissingExtraError: as `fit`
        """
        recogniser = loaded(self.bundle, self.engine)
        refuse_another(recogniser, getattr(self, "bundle_sha256_", None))
        return embed(recogniser, recordings_of(X), self.sample_rate, self.parts)

    def __sklearn_tags__(self) -> Any:
        """Tell scikit-learn that it takes recordings, no matrix, and needs no fit."""
        tags = super().__sklearn_tags__()
        tags.requires_fit = False
        tags.input_tags.two_d_array = False
        tags.input_tags.one_d_array = True
        tags.input_tags.string = True
        return tags


def refuse_another(recogniser: Recogniser, weights_sha256: str | None) -> None:
    """Refuse a recogniser other than the one that something was fitted with.

    Args:
        recogniser: that is loaded
        weights_sha256: of the other one; None where nothing is known of it

    Raises:
        BundleError: its weights are others
    """
    card = recogniser.card
    if weights_sha256 is not None and weights_sha256 != card.weights_sha256:
        raise BundleError(
            f"{card.name}: is another bundle than the one this was fitted with, its weights have the hash "
            f"{card.weights_sha256[:12]} instead of {weights_sha256[:12]}; fit again"
        )
