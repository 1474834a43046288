"""The transformer: recordings in, rows of numbers out, in everything that scikit-learn does with it."""

import pickle
from pathlib import Path

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, LeaveOneGroupOut, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils import estimator_checks

import prosodyn
from prosodyn.errors import AudioError, BundleError, ConfigError, UnreadableAudioError
from prosodyn.estimators import EmotionEmbedding
from prosodyn.inference.embedding import embed

APPLICABLE = (
    "check_do_not_raise_errors_in_init_or_set_params",
    "check_estimator_tags_renamed",
    "check_estimator_cloneable",
    "check_estimator_repr",
    "check_get_params_invariance",
    "check_mixin_order",
    "check_no_attributes_set_in_init",
    "check_parameters_default_constructible",
    "check_set_params",
    "check_valid_tag_types",
)
"""The checks that show an estimator no data. All others show a matrix of numbers, which holds no recording;
`check_estimator` leaves them out by the estimator's tag `two_d_array`, which says just that."""


@pytest.mark.parametrize("name", APPLICABLE)
def test_scikit_learns_checks_that_need_no_matrix_pass(name: str) -> None:
    getattr(estimator_checks, name)("EmotionEmbedding", EmotionEmbedding())


@pytest.mark.filterwarnings("ignore:Can't test estimator")
def test_scikit_learn_leaves_out_all_checks_on_matrices() -> None:
    estimator_checks.check_estimator(EmotionEmbedding())


def test_paths_and_their_waveforms_have_the_same_rows(paths: list[str], waveforms: list[np.ndarray]) -> None:
    embedding = EmotionEmbedding()
    assert embedding.transform(paths) == pytest.approx(embedding.transform(waveforms), abs=1e-4)


def test_a_row_is_what_the_recogniser_computes(waveforms: list[np.ndarray]) -> None:
    found = EmotionEmbedding(parts="embedding").fit_transform(waveforms)
    assert found.tolist() == embed(prosodyn.load(), waveforms, parts="embedding").tolist()


def test_the_rate_of_waveforms_is_set(waveforms: list[np.ndarray]) -> None:
    found = EmotionEmbedding(sample_rate=8_000).transform(waveforms[:1])
    assert found.tolist() == embed(prosodyn.load(), waveforms[:1], 8_000).tolist()


def test_the_columns_have_names(waveforms: list[np.ndarray]) -> None:
    embedding = EmotionEmbedding().fit(waveforms)
    names = embedding.get_feature_names_out()
    assert len(names) == embedding.transform(waveforms[:1]).shape[1]
    assert names[0] == "emotionembedding0"


def test_rows_can_be_a_table(waveforms: list[np.ndarray]) -> None:
    pytest.importorskip("pandas")
    found = EmotionEmbedding().set_output(transform="pandas").fit_transform(waveforms)
    assert list(found.columns[:2]) == ["emotionembedding0", "emotionembedding1"]


def test_a_pipeline_learns_from_paths(paths: list[str], emotions: list[str]) -> None:
    pipeline = make_pipeline(EmotionEmbedding(), StandardScaler(), LogisticRegression()).fit(paths, emotions)
    assert pipeline.predict(paths).tolist() == emotions


def test_speakers_can_be_held_out(paths: list[str], emotions: list[str]) -> None:
    pipeline = make_pipeline(EmotionEmbedding(), StandardScaler(), LogisticRegression())
    speakers = ["f1"] * 4 + ["m1"] * 4
    assert len(cross_val_score(pipeline, paths, emotions, groups=speakers, cv=LeaveOneGroupOut())) == 2


def test_a_grid_searches_the_parts(waveforms: list[np.ndarray], emotions: list[str]) -> None:
    pipeline = make_pipeline(EmotionEmbedding(), StandardScaler(), LogisticRegression())
    grid = {"emotionembedding__parts": ["embedding", "summary"]}
    search = GridSearchCV(pipeline, grid, cv=2, error_score="raise").fit(waveforms, emotions)
    assert search.best_params_["emotionembedding__parts"] in grid["emotionembedding__parts"]


def test_a_column_of_a_table_is_heard(paths: list[str]) -> None:
    pandas = pytest.importorskip("pandas")
    table = pandas.DataFrame({"path": paths, "age": range(len(paths))})
    columns = ColumnTransformer([("voice", EmotionEmbedding(), "path"), ("rest", "passthrough", ["age"])])
    width = EmotionEmbedding().fit(paths).get_feature_names_out().size
    assert columns.fit_transform(table).shape == (8, width + 1)


def test_a_clone_has_the_same_settings_and_nothing_fitted() -> None:
    copy = clone(EmotionEmbedding(parts="summary").fit([]))
    assert copy.get_params() == EmotionEmbedding(parts="summary").get_params()
    assert not hasattr(copy, "bundle_sha256_")


@pytest.mark.parametrize("is_fitted", [False, True])
def test_a_pickle_is_small_and_answers_the_same(is_fitted: bool, waveforms: list[np.ndarray]) -> None:
    embedding = EmotionEmbedding(parts="embedding")
    embedding = embedding.fit(waveforms) if is_fitted else embedding
    before = embedding.transform(waveforms)
    pickled = pickle.dumps(embedding)
    assert len(pickled) < 1_000
    assert pickle.loads(pickled).transform(waveforms).tolist() == before.tolist()  # noqa: S301


def test_a_bad_file_is_named(paths: list[str]) -> None:
    with pytest.raises(UnreadableAudioError, match=r"nowhere\.wav"):
        EmotionEmbedding().transform([*paths, "nowhere.wav"])


def test_a_single_path_is_refused(paths: list[str]) -> None:
    with pytest.raises(AudioError, match="put it into a list"):
        EmotionEmbedding().transform(paths[0])


def test_a_bundle_that_does_not_exist_is_refused_when_it_is_fitted() -> None:
    with pytest.raises(BundleError, match="does not exist"):
        EmotionEmbedding("nowhere").fit([])


def test_parts_that_do_not_exist_are_refused_when_they_are_fitted() -> None:
    with pytest.raises(ConfigError, match="parts: expected one of"):
        EmotionEmbedding(parts="logits").fit([])


def test_another_bundle_than_that_of_the_fit_is_refused(
    other_bundle: Path, waveforms: list[np.ndarray]
) -> None:
    embedding = EmotionEmbedding().fit(waveforms)
    embedding.bundle = other_bundle
    with pytest.raises(BundleError, match="another bundle than the one this was fitted with"):
        embedding.transform(waveforms)
