"""The page that people read says what the card says."""

import dataclasses
from pathlib import Path

import numpy as np

from prosodyn.bundle import Card, ComparisonSystem, Figure, render_readme, write_bundle
from prosodyn.config import Encoder, FrontEndConfig, SpectrogramConfig


def test_every_figure_stands_beside_its_protocol(card: Card) -> None:
    assert "| UA | 81.25 % | emodb | loso | 10 of 10 folds |" in render_readme(card).splitlines()


def test_a_card_without_figures_says_so(card: Card) -> None:
    assert "Nothing has been measured." in render_readme(dataclasses.replace(card, figures=()))


def test_a_recogniser_that_expects_enrolment_says_how(card: Card) -> None:
    page = render_readme(dataclasses.replace(card, expects_enrolment=True))
    assert "recogniser = recogniser.enrol([" in page
    assert "expects\nto hear other recordings of the speaker first" in page
    assert "enrol" not in render_readme(card)


def test_limits_licence_and_labels_are_told(card: Card) -> None:
    page = render_readme(card)
    assert all(text in page for text in (card.limits, card.licence, "anger, neutral, sadness"))


def test_the_origin_is_told(card: Card) -> None:
    rows = render_readme(card).splitlines()
    assert "| Training side | 535 utterances of 10 speakers |" in rows
    assert "| Command | `prosodyn train emodb` |" in rows


def test_speakers_that_nobody_told_of_are_called_unknown(card: Card) -> None:
    nobody = dataclasses.replace(card.provenance, n_speakers=0)
    rows = render_readme(dataclasses.replace(card, provenance=nobody)).splitlines()
    assert "| Training side | 535 utterances of unknown speakers |" in rows


def test_what_the_network_hears_by_is_told(card: Card) -> None:
    assert "| Front end | logmel |" in render_readme(card).splitlines()
    shown = SpectrogramConfig(8, 0.0, 4_000.0)
    encoder = Encoder("own", "own.onnx", "CC0-1.0", ("hidden",), shown, sha256="ab")
    front_end = FrontEndConfig(encoders=(encoder,))
    rows = render_readme(dataclasses.replace(card, front_end=front_end)).splitlines()
    assert "| Front end | states of encoders |" in rows
    told = "SHA-256 ab; what is needed of that file is part of this bundle"
    assert f"| Encoder | own, CC0-1.0, {told} |" in rows


def test_a_bar_in_a_cell_does_not_split_it(card: Card) -> None:
    figure = Figure("WA", 50, "emodb", "loso", "seed 1|2")
    assert r"seed 1\|2 |" in render_readme(dataclasses.replace(card, figures=(figure,)))


def test_braces_in_a_text_are_kept(card: Card) -> None:
    assert "{not a field}" in render_readme(dataclasses.replace(card, limits="{not a field}"))


def test_the_page_lies_in_the_bundle(tmp_path: Path, card: Card, weights: dict[str, np.ndarray]) -> None:
    written = write_bundle(tmp_path / "mine", card, weights)
    assert (tmp_path / "mine" / "README.md").read_text(encoding="utf-8") == render_readme(written)


def test_a_comparison_system_is_told_with_what_was_chosen(card: Card) -> None:
    made = dataclasses.replace(card.provenance, torch_version="", libraries={"scikit-learn": "1.5.2"})
    svm = ComparisonSystem("svm", {"C": 0.01})
    rows = render_readme(
        dataclasses.replace(card, front_end=None, network=None, comparison=svm, provenance=made)
    ).splitlines()
    assert "| Comparison system | svm, C = 0.01, 1234 stored numbers |" in rows
    assert "| Versions | prosodyn 0.1.0, scikit-learn 1.5.2 |" in rows
    assert not any(row.startswith("| Front end") for row in rows)


def test_half_precision_is_told(card: Card) -> None:
    assert "| Precision | half, of the large weights |" in render_readme(
        dataclasses.replace(card, precision="half")
    )
    assert "Precision" not in render_readme(card)
