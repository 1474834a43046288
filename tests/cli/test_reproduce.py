"""The verb `reproduce`: what there is, what is run, and what is missing."""

import json
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from prosodyn.cli.sources import Source
from prosodyn.corpora import toy
from prosodyn.errors import ConfigError
from prosodyn.types import Utterance

Prosodyn = Callable[..., CompletedProcess[str]]


@pytest.fixture
def reproduce(prosodyn: Prosodyn, tiny: Path, monkeypatch: pytest.MonkeyPatch) -> Prosodyn:
    """Return what runs `reproduce` on a small `toy`, one fold of one system, unless options say else."""
    utterances = tuple(
        Utterance(f"{speaker}-{emotion}", emotion, speaker, "toy", waveform=toy.recording(emotion, speaker))
        for speaker in ("f1", "f2", "m2")
        for emotion in ("anger", "sadness")
    )
    monkeypatch.setattr(toy, "utterances", lambda: utterances)

    def type_in(*words: object) -> CompletedProcess[str]:
        usual = {"--corpora": "toy", "--protocol": "loso", "--recipe": tiny, "--system": "cnn_lstm"}
        usual |= {"--results": "results", "--jobs": 1, "--folds": 1}
        others = [part for option, value in usual.items() if option not in words for part in (option, value)]
        return prosodyn("reproduce", *others, *words)

    return type_in


def test_the_table_shows_the_papers_figure_and_ours(reproduce: Prosodyn) -> None:
    done = reproduce()
    assert done.returncode == 0
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in done.stdout.splitlines()]
    assert rows[0][2:] == ["CNN + LSTM: WA / UA", "DyCNN + Bi-LSTM: WA / UA"]
    assert ["EmoDB", "the paper's, split not stated", "87.93 / —", "89.29 / —"] in rows
    assert any(row[:2] == ["toy", "loso, tiny"] and row[2].endswith("(1 of 3 folds)") for row in rows)
    assert [path.name for path in Path("results").iterdir()] == ["toy-cnn_lstm-tiny-loso.json"]


def test_what_is_there_is_not_run_again(reproduce: Prosodyn) -> None:
    reproduce()
    written = Path("results", "toy-cnn_lstm-tiny-loso.json").stat().st_mtime_ns
    assert reproduce().returncode == 0
    assert Path("results", "toy-cnn_lstm-tiny-loso.json").stat().st_mtime_ns == written


def test_fewer_folds_than_asked_for_are_extended(reproduce: Prosodyn) -> None:
    reproduce()
    assert "(2 of 3 folds)" in reproduce("--folds", 2).stdout


def test_adapted_cells_are_run_beside_the_plain_ones(
    reproduce: Prosodyn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("prosodyn.inference.enrolment.LEAST_SECONDS", 1.0)
    done = reproduce("--adapt", "none,all")
    assert done.returncode == 0, done.stderr
    plain, adapted = (line for line in done.stdout.splitlines() if "toy" in line and "(1 of 3 folds)" in line)
    assert "| loso, tiny  " in plain
    assert "| loso, tiny, adapted (transductive) |" in adapted
    assert sorted(path.name for path in Path("results").iterdir()) == [
        "toy-cnn_lstm-tiny-loso-adapted.json",
        "toy-cnn_lstm-tiny-loso.json",
    ]


def test_what_cannot_be_adapted_is_refused_before_anything_is_run(reproduce: Prosodyn) -> None:
    done = reproduce("--adapt", "all,self_training")
    assert done.returncode == 2
    assert "tiny: self-training goes by the summary of an utterance" in done.stderr
    assert not Path("runs").exists()


def test_what_goes_through_channels_stands_in_a_table_of_its_own(reproduce: Prosodyn) -> None:
    reproduce()
    done = reproduce("--channel", "telephone,mp3")
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    (row,) = (line for line in lines if "toy" in line and line.count("(1 of 3 folds)") == 3)
    assert "| loso, tiny " in row
    header = [cell.strip() for cell in lines[lines.index(row) - 2].split("|")]
    assert header[4:-1] == ["as recorded", "telephone", "MP3"]
    assert sum("| toy" in line and "(1 of 3 folds)" in line and line != row for line in lines) == 1


def test_an_unknown_channel_is_refused_before_anything_is_run(reproduce: Prosodyn) -> None:
    done = reproduce("--channel", "radio")
    assert done.returncode == 2
    assert "unknown channel 'radio'" in done.stderr
    assert not Path("runs").exists()


def test_a_missing_corpus_is_named_with_the_way_to_get_it(reproduce: Prosodyn) -> None:
    done = reproduce("--corpora", "toy,iemocap")
    assert done.returncode == 0
    assert "missing: iemocap: not found" in done.stdout
    assert "Sign the release form" in done.stdout


def test_an_unusable_corpus_does_not_stop_the_others(
    reproduce: Prosodyn, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("corpora", "emodb", "wav").mkdir(parents=True)
    Path("corpora", "emodb", "wav", "03a01Fa.wav").write_bytes(b"RIFF")
    done = reproduce("--corpora", "emodb,toy")
    assert done.returncode == 0
    assert "missing: " in done.stdout
    assert "emodb has 535" in done.stdout
    assert "(1 of 3 folds)" in done.stdout


def test_the_list_runs_nothing(reproduce: Prosodyn) -> None:
    done = reproduce("--list", "--corpora", "toy,casia")
    assert [line.split()[-3:-1] for line in done.stdout.splitlines()[1:3]] == [
        ["to", "run"],
        ["no", "corpus"],
    ]
    assert not Path("results").exists()
    assert not Path("runs").exists()


def test_the_list_tells_what_there_is(reproduce: Prosodyn) -> None:
    reproduce()
    assert "(1 of 3 folds)" in reproduce("--list").stdout
    assert "to run" in reproduce("--list", "--folds", 3).stdout


def test_results_are_printed_where_no_corpus_is(reproduce: Prosodyn) -> None:
    reproduce()
    done = reproduce("--corpora", "casia")
    assert done.returncode == 0
    assert "(1 of 3 folds)" in done.stdout


def test_without_anything_the_papers_table_stands_alone(reproduce: Prosodyn) -> None:
    done = reproduce("--corpora", "casia,iemocap")
    assert done.returncode == 0
    rows = [line.split("|") for line in done.stdout.splitlines() if "DyCNN + Bi-LSTM" in line]
    assert rows
    assert {row[4].strip() for row in rows} == {"—"}
    assert "missing: casia: not found" in done.stdout
    assert "Sign the release form" in done.stdout


def test_the_help_says_that_it_trains_for_hours(prosodyn: Prosodyn) -> None:
    said = " ".join(prosodyn("reproduce", "--help").stdout.split())
    assert "TRAIN what it lacks, which takes hours" in said


@pytest.mark.parametrize(
    ("option", "value", "code"),
    [
        ("--corpora", "berlin", 4),
        ("--corpora", ",", 2),
        ("--protocol", "random", 5),
        ("--adapt", "some", 5),
        ("--adapt", ",", 2),
        ("--recipe", "nothing", 2),
        ("--system", "transformer", 2),
    ],
)
def test_an_unknown_name_is_told_before_anything_is_run(
    reproduce: Prosodyn, option: str, value: str, code: int
) -> None:
    done = reproduce(option, value)
    assert (done.returncode, done.stdout) == (code, "")
    assert done.stderr.count("\n") == 1
    assert not Path("results").exists()


def test_corpora_without_common_emotions_are_named_and_skipped(
    reproduce: Prosodyn, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = (Utterance("1", "boredom", "x", "casia"), Utterance("2", "calm", "x", "casia"))
    monkeypatch.setattr("prosodyn.corpora.find_root", lambda *_: Path())
    load = Source.load
    monkeypatch.setattr(Source, "load", lambda self: other if self.spec == "casia" else load(self))
    done = reproduce("--corpora", "toy,casia", "--protocol", "cross_corpus")
    assert done.returncode == 0
    assert "missing: cross_corpus: toy and casia share the emotions []" in done.stdout
    assert not list(Path("results").iterdir())


def test_one_of_several_corpora_is_tested_and_what_is_only_heard_may_be_partial(
    reproduce: Prosodyn, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard = tuple(
        Utterance(f"{voice}-{emotion}", emotion, voice, "cremad", waveform=toy.recording(emotion, voice))
        for voice in ("m1", "m3")
        for emotion in ("anger", "sadness")
    )
    monkeypatch.setattr("prosodyn.corpora.find_root", lambda *_: Path())
    load, partial = Source.load, {}

    def loaded(self: Source) -> tuple[Utterance, ...]:
        partial[self.spec] = self.allow_partial
        return heard if self.spec == "cremad" else load(self)

    monkeypatch.setattr(Source, "load", loaded)
    done = reproduce("--corpora", "toy,cremad", "--tested", "toy", "--protocol", "cross_corpus")
    assert done.returncode == 0
    assert [path.stem for path in Path("results").iterdir()] == ["cremad-to-toy-cnn_lstm-tiny-cross_corpus"]
    assert partial == {"toy": False, "cremad": True}


def test_the_networks_of_two_recipes_answer_together(reproduce: Prosodyn, tiny: Path) -> None:
    other = tiny.with_name("other.toml")
    other.write_text(tiny.read_text(encoding="utf-8") + "\n[augment]\nmixup = 0.3\n", encoding="utf-8")
    done = reproduce("--recipe", f"{tiny},{other}", "--together")
    assert done.returncode == 0
    assert "together: WA" in done.stderr
    assert Path("results", "toy-cnn_lstm-other+tiny-loso.json").is_file()
    assert "other+tiny" in done.stdout


def test_one_recipe_alone_does_not_answer_together(reproduce: Prosodyn) -> None:
    done = reproduce("--together")
    assert done.returncode == ConfigError.exit_code
    assert "--together: takes several recipes" in done.stderr


def test_what_is_tested_is_one_of_the_corpora(reproduce: Prosodyn) -> None:
    done = reproduce("--corpora", "toy,casia", "--tested", "emodb", "--protocol", "cross_corpus")
    assert done.returncode == ConfigError.exit_code
    assert "'emodb' is not among --corpora toy,casia" in done.stderr


def test_an_encoder_of_ones_own_is_no_corpus_that_is_missing(
    reproduce: Prosodyn, tiny: Path, save_model: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROSODYN_ENCODERS", str(save_model("hubert").parent))
    described = 'kind = "transformers"\nmodel = "small"\nlicence = "MIT"\nblocks = [2]\n'
    tiny.with_name("own.toml").write_text(described, encoding="utf-8")
    text = tiny.read_text(encoding="utf-8").replace("n_mels = 16", 'n_mels = 16\nencoders = ["own.toml"]')
    tiny.write_text(text.replace("[network]", "[network]\nprojection = 4"), encoding="utf-8")

    done = reproduce()

    assert (done.returncode, "missing" in done.stdout) == (0, False)
    result = json.loads(Path("results", "toy-cnn_lstm-tiny-loso.json").read_text(encoding="utf-8"))
    assert result["outside_data"] == ["own"]


@pytest.mark.parametrize(
    ("extra", "told"),
    [
        ('pretraining_corpora = ["savee"]\n', ("no corpus", "savee: not found")),
        ("", ("no encoder", "yamnet.onnx: the encoder 'yamnet' is not here")),
    ],
)
def test_what_a_recipe_hears_besides_and_is_not_here_is_named_and_its_cells_are_left(
    reproduce: Prosodyn, tiny: Path, extra: str, told: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    plan, reason = told
    monkeypatch.delenv("PROSODYN_ENCODERS", raising=False)
    text = tiny.read_text(encoding="utf-8").replace("n_mels = 16", 'n_mels = 16\nencoders = ["yamnet"]')
    tiny.write_text(extra + text.replace("[network]", "[network]\nprojection = 4"), encoding="utf-8")

    listed, run = reproduce("--list"), reproduce()

    assert plan in listed.stdout
    assert (listed.returncode, run.returncode) == (0, 0)
    assert f"missing: {reason}" in " ".join(run.stdout.split()).replace("encoders/", "")
    assert not list(Path("results").glob("*.json"))


def test_speech_that_a_network_is_to_learn_from_and_that_is_not_here_is_named(
    reproduce: Prosodyn, tiny: Path
) -> None:
    text = '\n[distillation]\nspeech = ["lost/calls"]\nweights.states = 0.0\n'
    tiny.write_text(tiny.read_text(encoding="utf-8") + text, encoding="utf-8")

    listed, run = reproduce("--list"), reproduce()

    assert "no corpus" in listed.stdout
    assert (listed.returncode, run.returncode) == (0, 0)
    assert "missing: lost/calls: no corpus, and no folder of recordings" in " ".join(run.stdout.split())
    assert not list(Path("results").glob("*.json"))
