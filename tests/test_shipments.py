"""The bundles that are sent out are what their shipments describe; their cards state what was measured."""

import dataclasses
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from prosodyn.bundle import Card, read_card, render_readme
from prosodyn.config import Experiment
from prosodyn.corpora.toy import recording
from prosodyn.evaluation.result_file import read_results
from prosodyn.inference import Recogniser
from prosodyn.mapping import from_mapping
from prosodyn.toml_files import read_toml
from prosodyn.training.experiment import load_experiment, settle, without_folders

ROOT = Path(__file__).resolve().parents[1]
RESULTS = read_results(ROOT / "benchmarks" / "results")
NOTICES = {
    "open": (ROOT, "src/prosodyn/bundle/shipped/NOTICE-encoders.txt"),
    "multi": (ROOT / "packages" / "prosodyn-multi", "NOTICE-encoders.txt"),
}
"""Of each bundle: the distribution that it goes out with, and the file there that tells of its encoders."""

LARGEST = 12_000_000
"""Bytes of what is sent out, all files together."""


class Sent(NamedTuple):
    """A bundle that is sent out.

    Attributes:
        name: of the bundle and of its shipment
        licence: with which that on the card begins
        corpora: that it may have heard, and no other
        held_out: recordings that networks of the same training answered, of each corpus
        levels: dB, outside which its recordings did not lie
    """

    name: str
    licence: str
    corpora: frozenset[str]
    held_out: dict[str, int]
    levels: tuple[float, float]

    @property
    def shipment(self) -> dict[str, Any]:
        return read_toml(ROOT / "benchmarks" / "shipments" / f"{self.name}.toml")

    @property
    def folder(self) -> Path:
        return ROOT / str(self.shipment["folder"])

    @property
    def card(self) -> Card:
        return read_card(self.folder)

    @property
    def again(self) -> str:
        return f"run: python benchmarks/ship.py {self.name}"


@pytest.fixture(
    params=[
        Sent("open", "Apache-2.0", frozenset({"cremad", "emodb"}), {"emodb": 535}, (-20, 0)),
        Sent(
            "multi",
            "CC-BY-NC-SA-4.0",
            frozenset({"cremad", "emodb", "nemo", "ravdess"}),
            {"emodb": 535, "nemo": 4481, "ravdess": 1440},
            (-9, -9),
        ),
    ],
    ids=lambda sent: sent.name,
)
def sent(request: pytest.FixtureRequest) -> Sent:
    found: Sent = request.param
    if (ROOT / "PKG-INFO").exists() and not found.shipment["folder"].startswith("src/"):
        pytest.skip(f"{found.name} is no part of prosodyn's source distribution")
    return found


def test_it_is_of_todays_recipe(sent: Sent) -> None:
    experiment = without_folders(settle(load_experiment(sent.shipment["recipe"], "dycnn_bilstm"), "new"))
    # kernels that have been taught before start at their own temperature
    training = dataclasses.replace(experiment.training, temperature_epochs=0)
    # settings that came later are usual
    shipped = from_mapping(Experiment, sent.card.provenance.settings, "card")
    assert shipped == dataclasses.replace(experiment, training=training), sent.again


def test_its_card_states_what_its_recipe_reaches_with_strangers(sent: Sent) -> None:
    wanted = (sent.shipment["tested"], sent.shipment["recipe"], "none")
    measured = Counter(
        (result.run.channel != "", name, round(value, 1))
        for result in RESULTS
        if (result.run.corpus, result.run.recipe, result.run.adaptation) == wanted and result.run.complete
        for name, value in (("WA", result.scores.wa), ("UA", result.scores.ua))
    )
    stated = Counter(
        (figure.remark.startswith("through"), figure.measure, figure.value)
        for figure in sent.card.figures
        if figure.corpus == sent.shipment["tested"] and "95 %" in figure.remark
    )
    assert measured
    assert stated == measured, sent.again


def test_it_has_heard_nothing_that_its_licence_does_not_allow(sent: Sent) -> None:
    assert set(sent.card.corpora) == sent.corpora
    assert sent.card.licence.startswith(sent.licence)
    front_end = sent.card.front_end
    assert front_end is not None
    assert all(encoder.licence == "Apache-2.0" for encoder in front_end.encoders)


def test_it_is_asked_about_what_it_has_never_heard(sent: Sent) -> None:
    asked = {figure.corpus for figure in sent.card.figures if figure.protocol.startswith("this bundle")}
    assert sorted(asked) == sorted(sent.shipment["unheard"])
    assert not asked & sent.corpora


def test_it_knows_how_far_to_be_believed(sent: Sent) -> None:
    assert sent.card.held_out is not None
    assert len(sent.card.held_out.right) == sum(sent.held_out.values())


def test_its_card_tells_of_each_language_that_it_learnt(sent: Sent) -> None:
    """What it is tested on stands there by its protocol; of all others the held out speakers tell."""
    told = {
        figure.corpus: figure.value
        for figure in sent.card.figures
        if figure.protocol.startswith("trained alike without one in 3") and figure.measure == "WA"
    }
    assert set(told) == set(sent.shipment["taught"]) - {sent.shipment["tested"]}, sent.again
    if set(told) == set(sent.held_out):
        assert sent.card.held_out is not None
        n_right = sum(told[name] / 100 * n for name, n in sent.held_out.items())
        assert n_right == pytest.approx(
            sum(sent.card.held_out.right), abs=0.001 * sum(sent.held_out.values())
        )


def test_its_card_says_what_its_shipment_does(sent: Sent) -> None:
    card, shipment = sent.card, sent.shipment
    for told in ("description", "limits"):
        assert getattr(card, told) == shipment[told].strip(), sent.again
    assert card.licence.startswith(shipment["licence"].strip())


def test_it_knows_how_loud_its_recordings_were(sent: Sent) -> None:
    levels = sent.card.levels
    assert levels is not None
    assert sent.levels[0] <= levels[0] <= levels[1] <= sent.levels[1]


def test_it_is_no_larger_than_promised(sent: Sent) -> None:
    assert sum(path.stat().st_size for path in sent.folder.iterdir()) <= LARGEST


def test_it_can_hear_a_speaker_first(sent: Sent) -> None:
    speech = recording("anger", "f1", "ba-ti-so", 0)
    assert Recogniser.load(sent.folder).enrol([speech] * 4).from_waveform(speech).adapted


def test_what_has_another_licence_stays_out_of_the_source_distribution(sent: Sent) -> None:
    built = read_toml(ROOT / "pyproject.toml")["tool"]["hatch"]["build"]["targets"]["sdist"]
    assert (sent.shipment["folder"] in built["exclude"]) is (sent.licence != "Apache-2.0")


def test_what_the_package_brings_is_no_larger_than_promised() -> None:
    package = ROOT / "src" / "prosodyn"
    brought = [path for path in package.rglob("*") if path.suffix in {".onnx", ".safetensors"}]
    assert sum(path.stat().st_size for path in brought) <= LARGEST


def test_its_page_is_that_of_its_card(sent: Sent) -> None:
    assert (sent.folder / "README.md").read_text(encoding="utf-8") == render_readme(sent.card)


def test_a_notice_names_its_encoders_and_goes_out_with_it(sent: Sent) -> None:
    distribution, notice = NOTICES[sent.name]
    told = (distribution / notice).read_text(encoding="utf-8")
    assert sent.card.front_end is not None
    assert all(f"\n{encoder.name}: " in told for encoder in sent.card.front_end.encoders)
    assert notice in read_toml(distribution / "pyproject.toml")["project"]["license-files"]


def test_the_page_of_multi_tells_the_figures_of_its_card(sent: Sent) -> None:
    if sent.name != "multi":
        pytest.skip("it has no page besides its card's")
    page = (ROOT / "packages" / "prosodyn-multi" / "README.md").read_text(encoding="utf-8")
    rows = [line for line in page.splitlines() if line.startswith(("| German", "| English", "| Polish"))]
    for figure in sent.card.figures:
        if figure.protocol.startswith("trained alike") and "95 %" in figure.remark:
            low, high = (float(word) for word in figure.remark.split() if word[0].isdigit() and "." in word)
            assert any(f"{figure.value:.1f} ({low:.1f}–{high:.1f})" in row for row in rows), figure
    assert len(rows) == len(sent.shipment["taught"])
