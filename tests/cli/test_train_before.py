"""The verb `train` where other corpora are heard before: what is kept, told, taken up again and refused."""

import shutil
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from prosodyn.bundle import read_card
from prosodyn.types import Utterance

Prosodyn = Callable[..., CompletedProcess[str]]
Interruption = Callable[[], AbstractContextManager[None]]


@pytest.fixture
def before(recordings: Path, tiny: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder of one speaker; by `tiny` the other is heard before, as one of EmoDB."""
    others = tuple(
        Utterance(f"other-{path.stem}-{path.parent.name}", path.parent.name, "s", "emodb", path=path)
        for path in sorted(recordings.glob("f2/*/*.wav"))
    )
    monkeypatch.setattr("prosodyn.corpora.load", lambda name, allow_partial: others)
    tiny.write_text('pretraining_corpora = ["emodb"]\n' + tiny.read_text(encoding="utf-8"), encoding="utf-8")
    return shutil.copytree(recordings, Path("own"), ignore=shutil.ignore_patterns("f2"))


def test_a_recipe_may_hear_other_corpora_before(prosodyn: Prosodyn, before: Path, tiny: Path) -> None:
    """The run keeps what was heard before; the bundle names all corpora, and the licences of all."""
    done = prosodyn("train", before, "--experiment", tiny, "--out", "mine", "--no-graph")

    assert done.returncode == 0, done.stderr
    card = read_card(Path("mine"))
    assert card.corpora == ("emodb", "own")
    assert card.provenance.start.startswith("pretrained, ")
    assert "fine-tuned from 'pretrained': CC0-1.0" in card.licence
    assert card.description.endswith("Heard emodb before.")
    assert len(list(Path("mine.run").glob("pretrained-emodb-*/bundle"))) == 1


def test_a_run_that_stopped_in_what_is_heard_before_goes_on_there(
    prosodyn: Prosodyn, before: Path, tiny: Path, interrupted_after_an_epoch: Interruption
) -> None:
    words = ("train", before, "--experiment", tiny, "--out", "mine", "--no-graph")
    with interrupted_after_an_epoch():
        assert prosodyn(*words).returncode == 130

    assert "going on where the run in mine.run/pretrained-emodb-" in prosodyn(*words).stderr


def test_what_is_to_be_heard_before_and_is_not_here_is_named_before_any_time_is_spent(
    prosodyn: Prosodyn, recordings: Path, tiny: Path
) -> None:
    tiny.write_text('pretraining_corpora = ["savee"]\n' + tiny.read_text(encoding="utf-8"), encoding="utf-8")

    done = prosodyn("train", recordings, "--experiment", tiny, "--out", "mine")

    assert done.returncode != 0
    assert "savee: not found" in done.stderr
    assert "names its own `pretraining_corpora`" in done.stderr
    assert not Path("mine").exists()
    assert not Path("mine.run").exists()


def test_a_bundle_to_start_from_and_corpora_to_hear_before_exclude_each_other(
    prosodyn: Prosodyn, recordings: Path, tiny: Path, bundle: Path
) -> None:
    tiny.write_text('pretraining_corpora = ["emodb"]\n' + tiny.read_text(encoding="utf-8"), encoding="utf-8")

    done = prosodyn("train", recordings, "--experiment", tiny, "--from", bundle, "--out", "mine")

    assert done.returncode != 0
    assert "hears other recordings before, and --from names what was heard" in done.stderr
