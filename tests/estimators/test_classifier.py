"""The classifier: classes of one's own, from recordings or from rows that were computed before."""

import pickle
from pathlib import Path

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import check_estimator

from prosodyn.errors import BundleError, UnreadableAudioError
from prosodyn.estimators import EmotionClassifier, EmotionEmbedding

SKIPPED = {"check_array_api_input"}
"""Runs only where the environment variable SCIPY_ARRAY_API is set before SciPy is imported."""


def test_it_passes_every_check_of_scikit_learn() -> None:
    results = check_estimator(EmotionClassifier(), on_skip=None, on_fail=None)
    others = {found["check_name"]: found["exception"] for found in results if found["status"] != "passed"}
    assert set(others) <= SKIPPED, others


def test_it_learns_from_paths(paths: list[str], emotions: list[str]) -> None:
    assert EmotionClassifier().fit(paths, emotions).predict(paths).tolist() == emotions


def test_it_is_a_logistic_regression_on_standardised_embeddings(
    waveforms: list[np.ndarray], emotions: list[str]
) -> None:
    found = EmotionClassifier(C=0.5).fit(waveforms, emotions).predict_proba(waveforms)
    by_hand = make_pipeline(EmotionEmbedding(), StandardScaler(), LogisticRegression(C=0.5))
    expected = by_hand.fit(waveforms, emotions).predict_proba(waveforms)
    assert found == pytest.approx(expected, abs=1e-3)


def test_what_was_fitted_on_rows_answers_recordings(paths: list[str], emotions: list[str]) -> None:
    rows = EmotionEmbedding().transform(paths)
    on_rows = EmotionClassifier().fit(rows, emotions).predict_proba(paths)
    on_recordings = EmotionClassifier().fit(paths, emotions).predict_proba(paths)
    assert on_rows == pytest.approx(on_recordings, abs=1e-6)


def test_rows_need_no_bundle(rng: np.random.Generator) -> None:
    rows = rng.standard_normal((12, 5))
    labels = np.where(rows[:, 0] > 0, "loud", "quiet")
    found = EmotionClassifier("nowhere", C=100.0).fit(rows, labels).predict(rows)
    assert found.tolist() == labels.tolist()


def test_the_probabilities_sum_to_one(paths: list[str], emotions: list[str]) -> None:
    shares = EmotionClassifier().fit(paths, emotions).predict_proba(paths)
    assert shares.shape == (8, 2)
    assert shares.sum(axis=1) == pytest.approx(1)


def test_the_classes_are_sorted(paths: list[str]) -> None:
    own = ["b", "c", "a", "b", "c", "a", "b", "c"]
    assert EmotionClassifier().fit(paths, own).classes_.tolist() == ["a", "b", "c"]


def test_a_grid_searches_how_far_examples_are_trusted(paths: list[str], emotions: list[str]) -> None:
    search = GridSearchCV(EmotionClassifier(), {"C": [0.01, 1.0]}, cv=2, error_score="raise")
    assert search.fit(paths, emotions).predict(paths).tolist() == emotions


def test_a_clone_has_the_same_settings_and_nothing_fitted(paths: list[str], emotions: list[str]) -> None:
    fitted = EmotionClassifier(C=3.0, class_weight="balanced").fit(paths, emotions)
    copy = clone(fitted)
    assert copy.get_params() == fitted.get_params()
    with pytest.raises(NotFittedError):
        copy.predict(paths)


def test_a_pickle_answers_the_same(paths: list[str], emotions: list[str]) -> None:
    fitted = EmotionClassifier().fit(paths, emotions)
    again = pickle.loads(pickle.dumps(fitted))  # noqa: S301
    assert again.predict_proba(paths).tolist() == fitted.predict_proba(paths).tolist()


def test_one_that_is_not_fitted_can_be_pickled() -> None:
    again = pickle.loads(pickle.dumps(EmotionClassifier(C=2.0)))  # noqa: S301
    assert again.get_params() == EmotionClassifier(C=2.0).get_params()


def test_a_bad_file_is_named(paths: list[str], emotions: list[str]) -> None:
    with pytest.raises(UnreadableAudioError, match=r"nowhere\.wav"):
        EmotionClassifier().fit(["nowhere.wav", *paths[1:]], emotions)


def test_another_bundle_than_that_of_the_fit_is_refused(
    other_bundle: Path, paths: list[str], emotions: list[str]
) -> None:
    fitted = EmotionClassifier().fit(paths, emotions)
    fitted.bundle = other_bundle
    with pytest.raises(BundleError, match="another bundle than the one this was fitted with"):
        fitted.predict(paths)


def test_rows_of_another_width_are_refused(paths: list[str], emotions: list[str]) -> None:
    fitted = EmotionClassifier().fit(paths, emotions)
    with pytest.raises(ValueError, match="expecting"):
        fitted.predict(np.ones((2, 3)))
