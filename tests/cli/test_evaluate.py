"""The verb `evaluate`: scores beside their protocol, runs that go on, and bundles as they are."""

import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from prosodyn import corpora
from prosodyn.audio import CHANNELS
from prosodyn.corpora import toy
from prosodyn.evaluation.reference import TOY_NOTE
from prosodyn.evaluation.result_file import read_result

Prosodyn = Callable[..., CompletedProcess[str]]

LOSO = Path("runs", "calls-dycnn_bilstm-tiny-loso")


@pytest.fixture
def evaluated(prosodyn: Prosodyn, recordings: Path, tiny: Path) -> CompletedProcess[str]:
    """Return what one fold of three leaves in the folder of its run."""
    return prosodyn("evaluate", recordings, "--experiment", tiny, "--folds", 1, "--jobs", 1)


def test_a_figure_stands_beside_its_protocol(evaluated: CompletedProcess[str]) -> None:
    assert evaluated.returncode == 0
    said = evaluated.stdout
    assert all(word in said for word in ("WA", "UA", "95 % interval", "loso", "share texts", "1 of 3 folds"))


def test_the_folder_holds_result_report_and_figure(evaluated: CompletedProcess[str]) -> None:
    names = {path.name for path in LOSO.iterdir()}
    assert {"result.json", "report.md", "report.json", "confusion.png", "speaker-f1"} <= names


def test_more_folds_are_added_to_those_that_are_there(
    evaluated: CompletedProcess[str], prosodyn: Prosodyn, recordings: Path, tiny: Path
) -> None:
    finished = (LOSO / "speaker-f1" / "outcome.json").stat().st_mtime_ns
    done = prosodyn("evaluate", recordings, "--experiment", tiny, "--folds", 2, "--jobs", 1)
    assert "2 of 3 folds" in done.stdout
    assert (LOSO / "speaker-f1" / "outcome.json").stat().st_mtime_ns == finished
    assert read_result(LOSO / "result.json").run.folds_done == 2


def test_an_adapted_figure_says_so_and_lies_in_a_folder_of_its_own(
    prosodyn: Prosodyn, recordings: Path, tiny: Path
) -> None:
    done = prosodyn("evaluate", recordings, "--experiment", tiny, "--folds", 1, "--jobs", 1, "--adapt", "all")
    assert done.returncode == 0, done.stderr
    assert "unlabelled audio of the test speaker: used, all of it" in done.stdout
    assert "(transductive); 4 are scored" in done.stdout
    run = read_result(LOSO.with_name(f"{LOSO.name}-adapted") / "result.json").run
    assert (run.adapted, run.adaptation) == (True, "all")
    assert not LOSO.exists()


def test_a_recipe_that_expects_enrolment_is_not_measured_without_a_word(
    prosodyn: Prosodyn, recordings: Path, tiny: Path
) -> None:
    tiny.write_text(tiny.read_text(encoding="utf-8") + 'normalisation = "speaker"\n', encoding="utf-8")
    done = prosodyn("evaluate", recordings, "--experiment", tiny, "--folds", 1, "--jobs", 1)
    assert "expects enrolment, and nobody is enrolled: see --adapt" in done.stderr
    assert not read_result(LOSO / "result.json").run.adapted


def test_who_is_followed_is_trained_for_once(
    prosodyn: Prosodyn, recordings: Path, tiny: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("prosodyn.evaluation.adaptation.N_CLIPS", 2)
    monkeypatch.setattr("prosodyn.inference.enrolment.LEAST_SECONDS", 1.0)
    tiny.write_text(tiny.read_text(encoding="utf-8").replace("[network]", "[network]\nsummary_size = 4"))
    words = ("evaluate", recordings, "--experiment", tiny, "--folds", 1, "--jobs", 1, "--adapt")
    assert prosodyn(*words, "enrolment").returncode == 0
    monkeypatch.delattr("prosodyn.training.recipe.train_network")
    assert prosodyn(*words, "all").returncode == 0
    run = read_result(LOSO.with_name(f"{LOSO.name}-enrolled") / "result.json").run
    assert (run.n_enrolled, run.n_scored) == (2, 2)
    assert prosodyn(*words, "self_training").returncode == 0
    run = read_result(LOSO.with_name(f"{LOSO.name}-self-trained") / "result.json").run
    assert (run.adapted, run.adaptation, run.n_scored) == (True, "self_training", 4)


def test_a_figure_through_a_channel_says_so_and_needs_no_training(
    evaluated: CompletedProcess[str],
    prosodyn: Prosodyn,
    recordings: Path,
    tiny: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delattr("prosodyn.training.recipe.train_network")
    words = ("--experiment", tiny, "--folds", 1, "--jobs", 1, "--channel", "telephone")
    done = prosodyn("evaluate", recordings, *words)
    assert done.returncode == 0, done.stderr
    assert "the test side was heard through telephone: 300 to 3400 Hz" in done.stdout
    assert read_result(LOSO.with_name(f"{LOSO.name}-telephone") / "result.json").run.channel == "telephone"
    assert read_result(LOSO / "result.json").run.channel == ""


def test_without_matplotlib_the_texts_are_written(
    prosodyn: Prosodyn, recordings: Path, tiny: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    done = prosodyn("evaluate", recordings, "--experiment", tiny, "--folds", 1, "--jobs", 1, "--out", "here")
    assert done.returncode == 0
    assert "prosodyn[plots]" in done.stderr
    assert Path("here", "report.md").exists()


def test_the_same_folder_refuses_other_settings(
    evaluated: CompletedProcess[str], prosodyn: Prosodyn, recordings: Path, tiny: Path
) -> None:
    words = ("--system", "knn", "--folds", 1, "--jobs", 1, "--out", LOSO)
    done = prosodyn("evaluate", recordings, *words)
    assert done.returncode == 7
    assert "other settings" in done.stderr


def test_several_seeds_are_one_figure(prosodyn: Prosodyn, recordings: Path) -> None:
    words = ("--system", "ann", "--folds", 1, "--jobs", 1, "--seeds", "0,1", "--out", "seeds")
    done = prosodyn("evaluate", recordings, *words)
    assert done.returncode == 0
    assert '"seeds": [0, 1]' in Path("seeds", "result.json").read_text(encoding="utf-8")


@pytest.mark.parametrize("seeds", ["one", "-1", "0,1.5", "4294967296"])
def test_what_is_no_seed_is_refused(prosodyn: Prosodyn, recordings: Path, seeds: str) -> None:
    done = prosodyn("evaluate", recordings, "--seeds", seeds)
    assert done.returncode == 2
    assert "is none; give whole numbers" in done.stderr


def test_more_folds_than_there_are_is_all_of_them(prosodyn: Prosodyn, recordings: Path, tiny: Path) -> None:
    done = prosodyn("evaluate", recordings, "--system", "knn", "--folds", 99, "--jobs", 1)
    assert "3 of 3 folds" in done.stderr
    assert "3 of 3 folds" in done.stdout


def test_nothing_is_announced_that_cannot_be_run(prosodyn: Prosodyn, recordings: Path) -> None:
    done = prosodyn("evaluate", recordings, "--system", "knn", "--adapt", "all")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "prosodyn: system: knn follows no speaker; leave the adaptation out\n"


def test_a_bundle_that_is_scored_on_the_fixture_says_so(
    prosodyn: Prosodyn, bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = tuple(item for item in toy.utterances() if item.emotion in ("anger", "sadness"))[::8]
    monkeypatch.setattr(toy, "utterances", lambda: few)
    assert TOY_NOTE in prosodyn("evaluate", "toy", "--emotions", "anger,sadness", "--bundle", bundle).stdout


def test_a_bundle_is_scored_as_it_is(prosodyn: Prosodyn, bundle: Path, recordings: Path) -> None:
    done = prosodyn("evaluate", recordings, "--bundle", bundle)
    assert done.returncode == 0
    assert "12 recordings of the emotions in common: anger, sadness" in done.stdout
    assert all(word in done.stdout for word in ("WA", "UA", "95 % interval"))


def test_women_and_men_are_scored_apart_where_the_corpus_tells(
    prosodyn: Prosodyn, bundle: Path, recordings: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        corpora, "genders_of", lambda spoken: {"female": frozenset(each.speaker for each in spoken[:1])}
    )
    done = prosodyn("evaluate", recordings, "--bundle", bundle)
    assert "female: WA " in done.stdout
    assert "speakers: 1)" in done.stdout


def test_a_bundle_is_scored_through_a_channel(
    prosodyn: Prosodyn, bundle: Path, recordings: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[int] = []
    monkeypatch.setitem(CHANNELS, "opus", lambda waveform: sent.append(len(waveform)) or waveform)
    done = prosodyn("evaluate", recordings, "--bundle", bundle, "--channel", "opus")
    assert done.returncode == 0
    assert "the recordings were heard through Opus" in done.stdout
    assert len(sent) == 12


def test_a_bundle_that_has_heard_the_recordings_is_shouted_about(
    prosodyn: Prosodyn, bundle: Path, recordings: Path
) -> None:
    assert "WARNING" in prosodyn("evaluate", recordings, "--bundle", bundle).stderr


def test_emotions_that_a_bundle_does_not_know_are_left_out(
    prosodyn: Prosodyn, bundle: Path, recordings: Path
) -> None:
    for emotion, source in (("anger", "anger"), ("sadness", "sadness"), ("fear", "anger")):
        shutil.copytree(recordings / "m1" / source, Path("other", emotion))
    done = prosodyn("evaluate", "other", "--bundle", bundle)
    assert "left out: 2 recordings of fear" in done.stdout
    assert "WARNING" not in done.stderr


def test_a_bundle_needs_two_emotions_in_common(prosodyn: Prosodyn, bundle: Path, recordings: Path) -> None:
    for emotion in ("anger", "fear"):
        shutil.copytree(recordings / "m1" / "anger", Path("other", emotion))
    done = prosodyn("evaluate", "other", "--bundle", bundle)
    assert done.returncode == 5
    assert "1 in common" in done.stderr


@pytest.mark.parametrize(
    "option",
    [
        ["--protocol", "loso"],
        ["--folds", "2"],
        ["--seeds", "0"],
        ["--out", "x"],
        ["--device", "cpu"],
        ["--adapt", "all"],
    ],
)
def test_options_of_a_training_are_not_dropped_silently(
    prosodyn: Prosodyn, bundle: Path, recordings: Path, option: list[str]
) -> None:
    done = prosodyn("evaluate", recordings, "--bundle", bundle, *option)
    assert done.returncode == 2
    assert option[0] in done.stderr


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["nowhere"], 4),
        (["casia"], 4),
        (["RECORDINGS", "--protocol", "random"], 5),
        (["RECORDINGS", "--protocol", "leave_one_session_out"], 5),
        (["RECORDINGS", "--protocol", "fixed"], 5),
        (["RECORDINGS", "--protocol", "cross_corpus"], 5),
        (["RECORDINGS", "--protocol", "kfold2", "--adapt", "all"], 5),
        (["RECORDINGS", "--adapt", "enrolment"], 5),
        (["RECORDINGS", "--adapt", "some"], 2),
        (["RECORDINGS", "--channel", "radio"], 2),
        (["RECORDINGS", "--channel", "opus", "--select-on-test"], 2),
        (["RECORDINGS", "--protocol", "fixed", "--lists", "nowhere.toml"], 2),
        (["RECORDINGS", "--protocol", "loso", "--lists", "nowhere.toml"], 2),
        (["RECORDINGS", "--allow-partial"], 4),
        (["RECORDINGS", "--emotions", "anger,boredom"], 4),
        (["RECORDINGS", "--emotions", "anger"], 2),
        (["RECORDINGS", "--experiment", "nothing"], 2),
        (["RECORDINGS", "--folds", "0"], 2),
        (["RECORDINGS", "--bundle", "nowhere"], 6),
        (["RECORDINGS", "--out", "a-file/here"], 10),
    ],
)
def test_a_mistake_is_told_in_one_line(
    prosodyn: Prosodyn, recordings: Path, tiny: Path, words: list[str], code: int
) -> None:
    Path("a-file").write_text("")
    plain = "--bundle" in words or "--experiment" in words
    named = [str(recordings) if word == "RECORDINGS" else word for word in words]
    done = prosodyn("evaluate", *([] if plain else ["--experiment", tiny]), *named)
    assert done.returncode == code
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    assert "Usage" in done.stderr or done.stderr.splitlines()[-1].startswith("prosodyn: ")


def test_lists_imply_the_protocol_that_reads_them(prosodyn: Prosodyn, recordings: Path, tiny: Path) -> None:
    Path("lists.toml").write_text('[folds.one]\ntest_speakers = ["f1"]\n')
    words = ("--experiment", tiny, "--jobs", 1, "--lists", "lists.toml", "--emotions", "sadness,anger")
    done = prosodyn("evaluate", recordings, *words)
    assert done.returncode == 0, done.stderr
    assert "calls-anger-sadness" in done.stdout
    assert "fixed: " in done.stdout
    assert "1 of 1 folds" in done.stdout


def test_the_report_is_also_for_programs(evaluated: CompletedProcess[str]) -> None:
    (entry,) = json.loads((LOSO / "report.json").read_text(encoding="utf-8"))
    assert (entry["corpus"], entry["protocol"], entry["folds_total"]) == ("calls", "loso", 3)


def test_a_classical_system_goes_the_same_way(prosodyn: Prosodyn, recordings: Path) -> None:
    done = prosodyn("evaluate", recordings, "--system", "knn", "--folds", 2, "--jobs", 1)
    assert done.returncode == 0, done.stderr
    assert all(
        word in done.stdout for word in ("knn on calls, recipe classical", "share texts", "2 of 3 folds")
    )
    result = read_result(Path("runs", "calls-knn-classical-loso", "result.json"))
    assert (result.run.system, result.run.folds_done) == ("knn", 2)


@pytest.mark.parametrize("words", [["--experiment", "recommended"], ["--device", "mps"]])
def test_options_without_a_meaning_for_a_classical_system_are_refused(
    prosodyn: Prosodyn, recordings: Path, words: list[str]
) -> None:
    done = prosodyn("evaluate", recordings, "--system", "knn", *words)
    assert done.returncode == 2
    assert words[1] in done.stderr
