"""The verbs `export`, `models` and `experiments`."""

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from prosodyn.bundle import read_card, read_graph, read_weights, shipped_names, write_bundle
from prosodyn.export.probabilities import with_probabilities
from prosodyn.training.experiment_files import experiment_names

Prosodyn = Callable[..., CompletedProcess[str]]


def test_the_exported_graph_is_the_bundles_own_with_probabilities(prosodyn: Prosodyn, bundle: Path) -> None:
    done = prosodyn("export", bundle, "--onnx", "graphs/mine.onnx")
    assert done.returncode == 0
    assert "labels anger, sadness" in done.stdout
    card = read_card(bundle)
    expected = with_probabilities(read_graph(bundle, card), card.temperature)
    assert Path("graphs", "mine.onnx").read_bytes() == expected


def test_a_graph_of_8_bits_says_what_they_cost(prosodyn: Prosodyn, bundle: Path) -> None:
    done = prosodyn("export", bundle, "--onnx", "mine.onnx", "--int8")
    assert done.returncode == 0
    assert "largest difference of a logit from the network, which 8 bits cost" in done.stdout


@pytest.mark.parametrize(("levels", "told"), [((-9.0, -9.0), "to -9 dB"), ((-13.0, -5.0), "to -13 to -5 dB")])
def test_the_levels_that_a_graph_wants_are_told(
    prosodyn: Prosodyn, bundle: Path, levels: tuple[float, float], told: str
) -> None:
    card = read_card(bundle)
    levelled = dataclasses.replace(card, levels=levels)
    write_bundle(Path("levelled"), levelled, read_weights(bundle, card), read_graph(bundle, card))
    done = prosodyn("export", "levelled", "--onnx", "mine.onnx")
    assert f"it changes no level: bring what lies elsewhere {told} first" in done.stdout


def test_a_bundle_that_is_none_is_named(prosodyn: Prosodyn) -> None:
    done = prosodyn("export", "nowhere", "--onnx", "mine.onnx")
    assert (done.returncode, done.stdout) == (6, "")
    assert done.stderr.count("\n") == 1


def test_nothing_else_is_replaced_by_a_graph(prosodyn: Prosodyn, bundle: Path, tmp_path: Path) -> None:
    recording = tmp_path / "meeting.wav"
    recording.write_bytes(b"RIFF")
    done = prosodyn("export", bundle, "--onnx", recording)
    assert done.returncode == 10
    assert "let it end in .onnx" in done.stderr
    assert recording.read_bytes() == b"RIFF"


def test_a_graph_that_cannot_be_written_is_named(prosodyn: Prosodyn, bundle: Path) -> None:
    Path("a-file").write_text("")
    done = prosodyn("export", bundle, "--onnx", "a-file/mine.onnx")
    assert done.returncode == 10
    assert done.stderr.count("\n") == 1


def test_the_shipped_bundles_are_listed(
    prosodyn: Prosodyn, bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("prosodyn.bundle.names.SHIPPED", bundle.parent)
    monkeypatch.setattr("prosodyn.bundle.names.installed_bundles", tuple)
    done = prosodyn("models")
    assert done.stdout.splitlines()[1].split()[:2] == ["mine", "calls"]
    (entry,) = json.loads(prosodyn("models", "--json").stdout)
    assert entry["labels"] == ["anger", "sadness"]
    assert entry["bytes"] == sum(path.stat().st_size for path in bundle.iterdir())


def test_every_shipped_bundle_is_small(prosodyn: Prosodyn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("prosodyn.bundle.names.installed_bundles", tuple)
    entries = json.loads(prosodyn("models", "--json").stdout)
    assert [entry["name"] for entry in entries] == list(shipped_names())
    assert all(entry["bytes"] <= 12_000_000 for entry in entries)


def test_the_experiments_are_listed_with_what_they_show(prosodyn: Prosodyn) -> None:
    rows = prosodyn("experiments").stdout.splitlines()[1:]
    assert [row.split()[0] for row in rows] == list(experiment_names())
    assert all(len(row.split()) > 3 for row in rows)
