"""The verb `models`: what can be loaded by name, under which licence, and what could be installed."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from prosodyn.bundle import DEFAULT, read_card
from prosodyn.bundle.installed import installed_bundles

Prosodyn = Callable[..., CompletedProcess[str]]
Install = Callable[..., Path]


def test_an_installed_bundle_is_listed_with_all_that_matters(
    prosodyn: Prosodyn, install_bundle: Install, bundle: Path
) -> None:
    shutil.copytree(bundle, install_bundle("voices", "other-voices"))
    done = prosodyn("models")
    (row,) = [line.split() for line in done.stdout.splitlines() if line.startswith("voices ")]
    assert row[:2] == ["voices", "calls"]
    assert row[-5:] == ["MB", "anger,", "sadness", "other-voices", "1.2"]
    (entry,) = [
        entry for entry in json.loads(prosodyn("models", "--json").stdout) if entry["name"] == "voices"
    ]
    assert entry["licence"] == read_card(bundle).licence
    assert (entry["origin"], entry["precision"], entry["default"]) == ("other-voices 1.2", "single", False)


def test_an_installed_bundle_answers_by_its_name(
    prosodyn: Prosodyn, install_bundle: Install, bundle: Path, recordings: Path
) -> None:
    shutil.copytree(bundle, install_bundle("voices", "other-voices"))
    recording = next(recordings.rglob("*.wav"))
    named, placed = (prosodyn("predict", "-m", model, "--json", recording) for model in ("voices", bundle))
    assert named.returncode == 0
    assert named.stdout == placed.stdout


def test_a_broken_bundle_does_not_hide_the_others(prosodyn: Prosodyn, install_bundle: Install) -> None:
    install_bundle("voices", "other-voices")
    done = prosodyn("models")
    assert done.returncode == 6
    assert DEFAULT in done.stdout
    assert done.stderr.startswith("prosodyn: voices: other-voices 1.2 is installed without it")


def test_what_answers_by_default_is_told(prosodyn: Prosodyn) -> None:
    assert f"{DEFAULT} answers where none is named" in prosodyn("models").stdout
    entries = json.loads(prosodyn("models", "--json").stdout)
    assert [entry["name"] for entry in entries if entry["default"]] == [DEFAULT]


def test_what_could_be_installed_is_told_with_its_licence(
    prosodyn: Prosodyn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("prosodyn.bundle.names.installed_bundles", tuple)
    assert prosodyn("models").stdout.endswith(
        "not installed: multi (licence: CC-BY-NC-SA-4.0, not for commercial use)\n"
        "  get it by: pip install prosodyn-multi\n"
    )


def test_a_model_that_is_not_installed_says_how_to_get_it(prosodyn: Prosodyn) -> None:
    if any(bundle.name == "multi" for bundle in installed_bundles()):
        pytest.skip("it is installed here")
    done = prosodyn("predict", "--model", "multi", "call.wav")
    assert done.returncode == 6
    assert "'pip install prosodyn-multi' brings it (licence: CC-BY-NC-SA-4.0" in done.stderr
