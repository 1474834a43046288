"""What a pupil learns is ridge regression, and about a recording that taught it, what all others teach."""

import numpy as np
import pytest
from sklearn.linear_model import Ridge

from prosodyn.inference.pupil import HALF, RIDGE, Pupil

N_SUMMARY, N_EMOTIONS = 7, 3

Lessons = tuple[np.ndarray, np.ndarray]


@pytest.fixture(params=[4, 40], ids=["fewer recordings than numbers", "more recordings than numbers"])
def lessons(request: pytest.FixtureRequest, rng: np.random.Generator) -> Lessons:
    """Return summaries `(recording, summary)` and answers `(recording, emotion)`."""
    answers = rng.dirichlet(np.ones(N_EMOTIONS), request.param)
    return rng.normal(3.0, 2.0, (request.param, N_SUMMARY)), answers


def at_unit_length(rows: np.ndarray) -> np.ndarray:
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def by_scikit_learn(rows: np.ndarray, answers: np.ndarray, asked: np.ndarray) -> np.ndarray:
    return Ridge(alpha=RIDGE).fit(rows, answers).predict(asked)


def mixed(pupil: Pupil, answer: np.ndarray, taught: np.ndarray) -> np.ndarray:
    share = len(pupil.rows) / (len(pupil.rows) + HALF)
    together = ((1 - share) * answer + share * np.maximum(taught, 0.0)) ** pupil.sharpness
    return together / together.sum()


def test_of_others_it_says_what_ridge_regression_does(lessons: Lessons, rng: np.random.Generator) -> None:
    summaries, answers = lessons
    centre = summaries.mean(axis=0)
    pupil = Pupil.taught(summaries, answers)

    for asked in rng.normal(3.0, 9.0, (50, N_SUMMARY)):
        (expected,) = by_scikit_learn(
            at_unit_length(summaries - centre), answers, at_unit_length((asked - centre)[None])
        )
        np.testing.assert_allclose(
            pupil.consulted(asked, answers[0]), mixed(pupil, answers[0], expected), atol=1e-9
        )


def test_what_speaks_against_an_emotion_does_not_make_it_less_than_impossible() -> None:
    answers = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]] * 40)
    summaries = 9.0 * answers + 0.1 * np.random.default_rng(0).standard_normal(answers.shape)
    pupil = Pupil.taught(summaries, answers)
    opposite = at_unit_length(pupil.centre - summaries[:1])[0]

    told = pupil.consulted(pupil.centre + opposite, np.array([0.0, 0.5, 0.5]))

    assert (pupil.usual + opposite @ pupil.weights)[0] < 0
    assert told[0] == 0.0
    assert told.sum() == pytest.approx(1.0)


def test_of_a_recording_that_taught_it_it_says_what_the_answers_about_the_others_teach(
    lessons: Lessons, rng: np.random.Generator
) -> None:
    summaries, answers = lessons
    rows = at_unit_length(summaries - summaries.mean(axis=0))
    pupil = Pupil.taught(summaries, answers)

    for number, answer in enumerate(answers):
        others = np.arange(len(answers)) != number
        (expected,) = by_scikit_learn(rows[others], answers[others], rows[[number]])
        np.testing.assert_allclose(pupil.others[number], expected, atol=1e-9)
        heard_again = summaries[number] + 1e-6 * rng.standard_normal(N_SUMMARY)  # rounded by another batch
        np.testing.assert_allclose(
            pupil.consulted(heard_again, answer), mixed(pupil, answer, expected), atol=1e-9
        )


def test_a_recording_that_sounds_much_like_one_that_taught_it_is_not_that_one(lessons: Lessons) -> None:
    summaries, answers = lessons
    pupil = Pupil.taught(summaries, answers)
    alike = summaries[0] + 0.05 * np.eye(N_SUMMARY)[0]
    row = at_unit_length((alike - pupil.centre)[None])[0]
    assert row @ pupil.rows[0] > 0.99
    np.testing.assert_allclose(
        pupil.consulted(alike, answers[0]), mixed(pupil, answers[0], pupil.usual + row @ pupil.weights)
    )


def test_what_is_said_together_is_as_sure_as_the_answers_were(lessons: Lessons) -> None:
    summaries, answers = lessons
    pupil = Pupil.taught(summaries, answers)
    together = [pupil.consulted(*each) for each in zip(summaries, answers, strict=True)]
    assert np.max(together, axis=1).mean() == pytest.approx(answers.max(axis=1).mean(), abs=1e-6)


def test_a_recording_that_comes_twice_teaches_once(lessons: Lessons, rng: np.random.Generator) -> None:
    summaries, answers = lessons
    once = Pupil.taught(summaries, answers)
    often = Pupil.taught(np.tile(summaries, (3, 1)), np.tile(answers, (3, 1)))
    asked = rng.normal(3.0, 2.0, N_SUMMARY)
    assert often.share == once.share
    np.testing.assert_allclose(often.others, once.others, atol=1e-9)
    np.testing.assert_allclose(often.consulted(asked, answers[0]), once.consulted(asked, answers[0]))


def test_the_units_of_a_summary_are_of_no_account(lessons: Lessons) -> None:
    summaries, answers = lessons
    as_it_is, scaled = Pupil.taught(summaries, answers), Pupil.taught(5.0 * summaries + 1.0, answers)
    np.testing.assert_allclose(
        scaled.consulted(5.0 * summaries[0] + 1.0, answers[0]), as_it_is.consulted(summaries[0], answers[0])
    )


def test_errors_among_many_recordings_that_sound_alike_are_evened_out(rng: np.random.Generator) -> None:
    truth = np.repeat([0, 1], 100)
    summaries = rng.normal(0.0, 1.0, (200, N_SUMMARY)) + np.where(truth == 0, 2.0, -2.0)[:, None]
    right = rng.random(200) < 0.7
    answered = np.where(right, truth, 1 - truth)
    answers = np.where(np.arange(2) == answered[:, None], 0.7, 0.3)
    pupil = Pupil.taught(summaries, answers)

    told = np.array([pupil.consulted(*each).argmax() for each in zip(summaries, answers, strict=True)])

    assert (told == truth).mean() > (answered == truth).mean() + 0.1


@pytest.mark.parametrize("n_recordings", [1, 2, 3])
def test_one_recording_or_some_that_are_the_same_teach_nothing(
    n_recordings: int, rng: np.random.Generator
) -> None:
    answer = np.array([0.2, 0.5, 0.3])
    heard = 3.0 + 1e-8 * rng.standard_normal((n_recordings, N_SUMMARY))
    pupil = Pupil.taught(heard, np.tile(answer, (n_recordings, 1)))
    np.testing.assert_allclose(pupil.consulted(heard[0], answer), answer, atol=1e-6)
    np.testing.assert_allclose(pupil.consulted(heard[0] + 1e-8, answer), answer, atol=1e-6)
