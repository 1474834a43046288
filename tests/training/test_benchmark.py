"""The benchmark over a protocol's folds."""

import dataclasses
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from prosodyn import __version__
from prosodyn.comparison.settings import load_comparison
from prosodyn.config import Experiment
from prosodyn.errors import AudioError, EvaluationError, TrainingError
from prosodyn.training import workers
from prosodyn.training.benchmark import Benchmark, folder_name, run_benchmark
from prosodyn.training.identity import settings_digest
from prosodyn.training.running import FoldReport
from prosodyn.types import Utterance

Utterances = tuple[Utterance, ...]


def test_one_process_and_two_find_the_same(benchmark: Benchmark, tmp_path: Path) -> None:
    alone = run_benchmark(benchmark)
    beside = dataclasses.replace(benchmark, directory=tmp_path / "beside", n_processes=2)
    told: list[FoldReport] = []

    together = run_benchmark(beside, told.append)

    assert together.scores == alone.scores
    assert together.audit == alone.audit
    assert [(report.done, report.total) for report in told if report.epoch is None] == [(1, 2), (2, 2)]
    assert {report.fold for report in told if report.epoch} == {split.name for split in benchmark.splits()}
    for split in benchmark.splits():
        weights = f"{split.name}/bundle/weights.safetensors"
        assert (beside.directory / weights).read_bytes() == (benchmark.directory / weights).read_bytes()


@pytest.mark.parametrize("name", ["speaker-f1", "fold-01", "Ses01.F", "x" * 60])
def test_a_plain_fold_lies_in_a_folder_of_its_name(name: str) -> None:
    assert folder_name(name) == name


@pytest.mark.parametrize("name", ["speaker-a/../../../evil", "..", ".", "", "/etc", "C:\\evil", "x\0y"])
def test_no_name_leads_out_of_the_folder_of_the_run(name: str, tmp_path: Path) -> None:
    folder = folder_name(name)

    assert Path(folder).parts == (folder,)
    assert (tmp_path / folder).resolve().parent == tmp_path.resolve()
    assert not {*folder} & {*"/\\:\0"}


def test_a_slash_in_a_name_makes_no_nested_folders() -> None:
    assert folder_name("speaker-either/or") == "speaker-either-or-" + folder_name("speaker-either/or")[-8:]


def test_a_long_name_is_cut_and_long_names_stay_apart() -> None:
    first, second = folder_name("x" * 400 + "1"), folder_name("x" * 400 + "2")

    assert len(first) == len(second) == 59
    assert first != second


def test_a_speaker_named_like_a_path_is_run_inside_the_folder(
    benchmark: Benchmark, utterances: Utterances, tmp_path: Path
) -> None:
    hostile = tuple(
        dataclasses.replace(each, speaker="a/../../../evil" if each.speaker == "f1" else each.speaker)
        for each in utterances
    )

    for task in dataclasses.replace(benchmark, utterances=hostile).tasks():
        assert task.directory.resolve().parent == benchmark.directory.resolve()


def test_the_result_says_what_was_run(benchmark: Benchmark) -> None:
    run = run_benchmark(benchmark).run

    assert (run.system, run.corpus, run.recipe, run.protocol) == ("dycnn_bilstm", "toy", "tiny", "loso")
    assert (run.adapted, run.outside_data) == (False, ())
    assert (run.folds_done, run.folds_total) == (2, 2)
    assert (run.command, run.version) == ("prosodyn evaluate toy", __version__)
    assert run.settings_sha256 == settings_digest(benchmark.experiment)


def test_a_result_by_pretrained_encoders_says_so(benchmark: Benchmark, small_encoders: Path) -> None:
    by_states = dataclasses.replace(benchmark, experiment=load_comparison("svm_states"))

    run = run_benchmark(by_states).run

    assert (run.system, run.outside_data) == ("svm_states", ("speech-embedding", "yamnet"))


def test_an_adapted_result_says_so(benchmark: Benchmark) -> None:
    adapted = dataclasses.replace(benchmark, adaptation="all")

    run = run_benchmark(adapted).run

    assert (run.adapted, run.adaptation, run.n_enrolled, run.n_scored) == (True, "all", 0, 16)
    assert run.settings_sha256 == settings_digest(adapted.settings) != settings_digest(benchmark.experiment)
    assert adapted.settings.training.normalisation == "speaker"


def test_an_enrolled_result_says_how_many_are_scored(
    benchmark: Benchmark, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("prosodyn.evaluation.adaptation.N_CLIPS", 3)
    monkeypatch.setattr("prosodyn.inference.enrolment.LEAST_SECONDS", 1.0)
    enrolled = dataclasses.replace(benchmark, adaptation="enrolment")

    result = run_benchmark(enrolled)

    assert (result.run.adapted, result.run.adaptation) == (True, "enrolment")
    assert (result.run.n_enrolled, result.run.n_scored, result.n_scored) == (6, 10, 10)


def test_a_result_that_is_not_adapted_counts_what_is_scored(benchmark: Benchmark) -> None:
    run = run_benchmark(benchmark).run

    assert (run.adaptation, run.n_enrolled, run.n_scored) == ("none", 0, 16)


@pytest.mark.parametrize("protocol", ["kfold2", "text_independent"])
def test_known_speakers_are_nobody_to_adapt_to(benchmark: Benchmark, protocol: str) -> None:
    known = dataclasses.replace(benchmark, protocol=protocol, adaptation="all")

    with pytest.raises(EvaluationError, match="no new speaker to adapt to"):
        run_benchmark(known)
    assert not benchmark.directory.exists()


def test_a_speaker_of_few_recordings_ends_it_before_anything_is_trained(benchmark: Benchmark) -> None:
    with pytest.raises(EvaluationError, match="8 recordings are tested, but enrolment takes 10"):
        run_benchmark(dataclasses.replace(benchmark, adaptation="enrolment"))
    assert not benchmark.directory.exists()


def test_the_folds_of_the_other_adaptation_are_looked_at_fold_by_fold(
    benchmark: Benchmark, tmp_path: Path
) -> None:
    adapted = dataclasses.replace(benchmark, adaptation="all", twins=(tmp_path / "enrolled",))

    assert [task.twins for task in adapted.tasks()] == [
        (tmp_path / "enrolled" / task.directory.name,) for task in adapted.tasks()
    ]


def test_every_utterance_is_answered_once(benchmark: Benchmark) -> None:
    scores = run_benchmark(benchmark).scores

    assert sum(map(sum, scores.confusion)) == 16
    assert scores.labels == ("anger", "sadness")


def test_fewer_folds_are_said_to_be_fewer(benchmark: Benchmark) -> None:
    result = run_benchmark(dataclasses.replace(benchmark, n_folds=1))

    assert (result.run.folds_done, result.run.folds_total) == (1, 2)
    assert sum(map(sum, result.scores.confusion)) == 8
    assert not result.run.complete


def test_finished_folds_are_not_run_again(benchmark: Benchmark) -> None:
    first = run_benchmark(dataclasses.replace(benchmark, n_folds=1))
    trained: list[str] = []

    def counted(report: FoldReport) -> None:
        if report.epoch is not None and report.epoch.epoch == 1:
            trained.append(report.fold)

    second = run_benchmark(benchmark, counted)

    assert trained == [benchmark.splits()[1].name]
    assert second.run.seconds_training >= first.run.seconds_training


def test_progress_tells_every_epoch_and_every_fold(benchmark: Benchmark) -> None:
    told: list[tuple[int, int | None]] = []

    def tell(report: FoldReport) -> None:
        if report.heard is None:
            told.append((report.done, report.epoch and report.epoch.epoch))

    run_benchmark(benchmark, tell)

    assert told == [(0, 1), (0, 2), (1, None), (1, 1), (1, 2), (2, None)]


def test_folds_do_not_change_with_the_seed_of_the_training(benchmark: Benchmark) -> None:
    training = dataclasses.replace(benchmark.experiment.training, seed=9)
    seeded = dataclasses.replace(
        benchmark,
        protocol="kfold2",
        experiment=dataclasses.replace(benchmark.experiment, training=training),
    )

    assert seeded.splits() == dataclasses.replace(benchmark, protocol="kfold2").splits()


def test_several_seeds_are_scored_as_their_mean(benchmark: Benchmark) -> None:
    alone = [run_benchmark(dataclasses.replace(benchmark, seeds=(seed,))) for seed in (0, 5)]

    together = run_benchmark(dataclasses.replace(benchmark, seeds=(0, 5)))

    assert together.scores.seeds == (0, 5)
    assert together.scores.wa == pytest.approx(sum(result.scores.wa for result in alone) / 2)
    assert (together.run.folds_done, together.run.n_scored) == (2, 16)
    assert together.run.seconds_training == pytest.approx(
        sum(result.run.seconds_training for result in alone)
    )


def test_each_seed_has_folders_of_its_own(benchmark: Benchmark) -> None:
    tasks = dataclasses.replace(benchmark, seeds=(0, 5), n_folds=1).tasks()

    assert [task.experiment.seed for task in tasks] == [0, 5]
    name = benchmark.splits()[0].name
    assert [task.directory.relative_to(benchmark.directory) for task in tasks] == [
        Path(name),
        Path("seed-5", name),
    ]


def test_validation_is_carved_from_the_training_side(
    benchmark: Benchmark, experiment: Experiment, utterances: Utterances
) -> None:
    training = dataclasses.replace(experiment.training, validation_share=0.25)
    held_back = dataclasses.replace(
        benchmark, protocol="kfold2", experiment=dataclasses.replace(experiment, training=training)
    )

    for with_validation, without in zip(
        held_back.splits(), dataclasses.replace(benchmark, protocol="kfold2").splits(), strict=True
    ):
        assert with_validation.test == without.test
        assert len(with_validation.validation) == 2
        assert {*with_validation.train, *with_validation.validation} == set(without.train)


def without_sound(benchmark: Benchmark) -> Benchmark:
    silent = tuple(dataclasses.replace(utterance, waveform=None) for utterance in benchmark.utterances)
    return dataclasses.replace(benchmark, utterances=silent)


def test_a_recording_that_cannot_be_used_is_a_named_error(benchmark: Benchmark) -> None:
    with pytest.raises(AudioError, match="neither a path nor a waveform"):
        run_benchmark(without_sound(benchmark))


def test_an_error_among_several_folds_ends_them_all(
    benchmark: Benchmark, monkeypatch: pytest.MonkeyPatch
) -> None:
    # threads instead of processes, which take seconds to start
    monkeypatch.setattr(workers, "ProcessPoolExecutor", lambda n, *_, **__: ThreadPoolExecutor(n))

    with pytest.raises(AudioError, match="neither a path nor a waveform"):
        run_benchmark(dataclasses.replace(without_sound(benchmark), n_processes=2))


def test_a_killed_process_is_an_error_that_says_what_is_kept(benchmark: Benchmark, deadly: str) -> None:
    first, second = benchmark.splits()
    run_benchmark(dataclasses.replace(benchmark, n_folds=1))
    deadly = dataclasses.replace(benchmark, command=deadly, n_processes=2)

    with pytest.raises(
        TrainingError, match=rf"the folds \['{second.name}'\] are left, all others .*'--jobs'"
    ):
        run_benchmark(deadly)
    assert (benchmark.directory / first.name / "outcome.json").exists()


def test_a_classical_system_leaves_the_same_kind_of_result(benchmark: Benchmark) -> None:
    settings = load_comparison("knn")

    result = run_benchmark(dataclasses.replace(benchmark, experiment=settings))

    assert (result.run.system, result.run.recipe) == ("knn", "classical")
    assert result.run.settings_sha256 == settings_digest(settings)
    assert sum(map(sum, result.scores.confusion)) == 16
    assert (result.audit.shares, result.audit.speakers, result.audit.texts) == ("texts", 0, 2)
