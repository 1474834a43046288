"""Made-up corpora in the shape of the real ones, and results that know their answers."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from prosodyn.evaluation.outcome import Answers, Outcome
from prosodyn.evaluation.result_file import Cost, ResultFile, Run
from prosodyn.evaluation.scores import Scores, score
from prosodyn.evaluation.sharing import Audit
from prosodyn.types import Utterance

EMODB_COUNTS = {
    "anger": 127, "boredom": 81, "disgust": 46, "fear": 69, "happiness": 71, "neutral": 79, "sadness": 62,
}  # fmt: skip
EMODB_SPEAKERS = ["03", "08", "09", "10", "11", "12", "13", "14", "15", "16"]
EMODB_TEXTS = ["a01", "a02", "a04", "a05", "a07", "b01", "b02", "b03", "b09", "b10"]


@pytest.fixture
def emodb_like() -> list[Utterance]:
    """Return 535 utterances, 10 speakers, 10 texts, 7 emotions of unequal counts."""
    return [
        Utterance(
            id=f"{emotion}-{i}",
            emotion=emotion,
            speaker=EMODB_SPEAKERS[i % 10],
            corpus="emodb",
            text=EMODB_TEXTS[(3 * i + i // 10) % 10],
        )
        for emotion, count in EMODB_COUNTS.items()
        for i in range(count)
    ]


@pytest.fixture
def casia_like() -> list[Utterance]:
    """Return 1200 utterances: 4 speakers, 6 emotions, the same 50 texts for all."""
    return [
        Utterance(f"{speaker}/{emotion}/{text}", emotion, speaker, "casia", text=str(text))
        for speaker in ("liuchanhg", "wangzhe", "zhaoquanyin", "ZhaoZuoxiang")
        for emotion in ("anger", "fear", "happiness", "neutral", "sadness", "surprise")
        for text in range(201, 251)
    ]


@pytest.fixture
def iemocap_like() -> list[Utterance]:
    """Return 5 sessions of two speakers each, 4 emotions of unequal counts, no texts."""
    return [
        Utterance(
            f"Ses0{session}{sex}_{emotion}_{i}",
            emotion,
            f"Ses0{session}{sex}",
            "iemocap",
            session=str(session),
        )
        for session in range(1, 6)
        for sex in "FM"
        for emotion, count in (("anger", 11), ("happiness", 16), ("neutral", 17), ("sadness", 10))
        for i in range(count + session)
    ]


@pytest.fixture
def ravdess_like() -> list[Utterance]:
    """Return 24 speakers, named by plain numbers, with 8 emotions and 2 texts each."""
    return [
        Utterance(f"{actor}-{emotion}-{text}", f"emotion-{emotion}", str(actor), "ravdess", text=str(text))
        for actor in range(1, 25)
        for emotion in range(8)
        for text in (1, 2)
    ]


MakeOutcome = Callable[..., Outcome]


@pytest.fixture
def make_outcome() -> MakeOutcome:
    """Return a function that makes an outcome whose answers are wrong for the named utterances."""

    def make(
        utterances: list[Utterance],
        labels: tuple[str, ...],
        wrong: dict[str, str],
        fold: str = "a",
        seed: int = 0,
    ) -> Outcome:
        prediction = [wrong.get(item.id, item.emotion) for item in utterances]
        return Outcome(
            fold=fold,
            seed=seed,
            labels=labels,
            ids=tuple(item.id for item in utterances),
            truth=tuple(item.emotion for item in utterances),
            prediction=tuple(prediction),
            probabilities=np.array([[float(label == answer) for label in labels] for answer in prediction]),
        )

    return make


MakeAnswers = Callable[..., Answers]


@pytest.fixture(scope="session")
def make_answers() -> MakeAnswers:
    """Return a function that draws random answers of a given accuracy, in as many speakers as wanted."""

    def make(
        n: int = 400, n_speakers: int = 10, accuracy: float = 0.7, n_seeds: int = 1, draw: int = 0
    ) -> Answers:
        truth_rng, rng = np.random.default_rng(1), np.random.default_rng([2, draw])
        labels = np.array(["anger", "fear", "neutral", "sadness"])
        truth = labels[truth_rng.integers(0, 4, n)]
        predictions = [
            np.where(rng.random(n) < accuracy, truth, labels[rng.integers(0, 4, n)]) for _ in range(n_seeds)
        ]
        return Answers(
            labels=tuple(map(str, labels)),
            seeds=tuple(range(n_seeds)),
            ids=tuple(f"{i:05}" for i in range(n)),
            speakers=tuple(f"speaker-{i % n_speakers}" for i in range(n)),
            truth=tuple(map(str, truth)),
            predictions=tuple(tuple(map(str, answers)) for answers in predictions),
        )

    return make


@pytest.fixture(scope="session")
def some_scores(make_answers: MakeAnswers) -> Scores:
    """Return the scores of random answers under two seeds."""
    return score(make_answers(n_seeds=2))


MakeResult = Callable[..., ResultFile]


@pytest.fixture
def make_result(some_scores: Scores) -> MakeResult:
    """Return a function that makes a result; keywords change its run."""

    def make(wa: float | None = None, ua: float | None = None, **changes: object) -> ResultFile:
        run = Run(
            system="dycnn_bilstm",
            corpus="emodb",
            recipe="recommended",
            settings_sha256="5e77",
            protocol="loso",
            adapted=False,
            outside_data=(),
            folds_done=10,
            folds_total=10,
            seconds_training=1234.5,
            command="prosodyn evaluate --corpus emodb --protocol loso",
            version="0.1.0",
        )
        figures = {name: value for name, value in (("wa", wa), ("ua", ua)) if value is not None}
        return ResultFile(
            run=replace(run, **changes),  # type: ignore[arg-type]
            scores=replace(some_scores, **figures),
            cost=Cost(n_parameters=612_345, n_multiply_adds=98_765_432, latency_ms=12.34),
            audit=Audit("texts", speakers=0, texts=10, sessions=None),
        )

    return make
