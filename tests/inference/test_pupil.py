"""What a pupil learns is ridge regression, and about a recording that taught it, what all others teach."""

import numpy as np
import pytest
from sklearn.linear_model import Ridge

from prosodyn.inference.pupil import HALF, RIDGE, Pupil

N_SUMMARY, N_EMOTIONS = 7, 3


@pytest.fixture(params=[4, 40], ids=["fewer recordings than numbers", "more recordings than numbers"])
def lessons(request: pytest.FixtureRequest, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return summaries `(recording, summary)` and answers `(recording, emotion)`."""
    answers = rng.dirichlet(np.ones(N_EMOTIONS), request.param)
    return rng.normal(3.0, 2.0, (request.param, N_SUMMARY)), answers


def at_unit_length(rows: np.ndarray) -> np.ndarray:
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def by_scikit_learn(
    rows: np.ndarray, answers: np.ndarray, asked: np.ndarray, usual: np.ndarray
) -> np.ndarray:
    """Return what ridge regression on rows makes of others, which has no say in how usual an answer is."""
    fitted = Ridge(alpha=RIDGE, fit_intercept=False).fit(rows, answers - usual)
    return usual + fitted.predict(asked)


def mixed(answer: np.ndarray, taught: np.ndarray, share: float) -> np.ndarray:
    together = (1 - share) * answer + share * np.maximum(taught, 0.0)
    return together / together.sum()


def test_of_others_it_says_what_ridge_regression_does(
    lessons: tuple[np.ndarray, np.ndarray], rng: np.random.Generator
) -> None:
    summaries, answers = lessons
    centre, usual = summaries.mean(axis=0), answers.mean(axis=0)
    pupil = Pupil.taught(summaries, answers)
    asked, answer = rng.normal(3.0, 2.0, N_SUMMARY), np.array([0.2, 0.5, 0.3])

    (expected,) = by_scikit_learn(
        at_unit_length(summaries - centre), answers, at_unit_length((asked - centre)[None]), usual
    )

    share = len(summaries) / (len(summaries) + HALF)
    assert pupil.share == share
    np.testing.assert_allclose(pupil.consulted(asked, answer), mixed(answer, expected, share), atol=1e-12)


def test_of_a_recording_that_taught_it_it_says_what_the_others_teach(
    lessons: tuple[np.ndarray, np.ndarray],
) -> None:
    summaries, answers = lessons
    rows, usual = at_unit_length(summaries - summaries.mean(axis=0)), answers.mean(axis=0)
    pupil = Pupil.taught(summaries, answers)

    for number, answer in enumerate(answers):
        others = np.arange(len(answers)) != number
        (expected,) = by_scikit_learn(rows[others], answers[others], rows[[number]], usual)
        heard_again = summaries[number] * (1 + 1e-7)  # as another batch may round it
        np.testing.assert_allclose(
            pupil.consulted(heard_again, answer), mixed(answer, expected, pupil.share), atol=1e-5
        )


def test_the_units_of_a_summary_are_of_no_account(lessons: tuple[np.ndarray, np.ndarray]) -> None:
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


@pytest.mark.parametrize("n_recordings", [1, 2])
def test_one_recording_or_two_that_are_the_same_teach_nothing(n_recordings: int) -> None:
    answer = np.array([0.2, 0.5, 0.3])
    pupil = Pupil.taught(np.ones((n_recordings, N_SUMMARY)), np.tile(answer, (n_recordings, 1)))
    np.testing.assert_allclose(pupil.consulted(np.ones(N_SUMMARY), answer), answer)
