"""What a card says survives the disk, and what it must not say is refused."""

import dataclasses
import json
import math

import pytest

from prosodyn.bundle import Card, ComparisonSystem, card_from_json, card_to_json
from prosodyn.errors import BundleError


def altered(card: Card, **values: object) -> str:
    """Return a card's text with some values put in by hand."""
    return json.dumps(json.loads(card_to_json(card)) | values)


def test_a_card_comes_back_as_it_was(card: Card) -> None:
    assert card_from_json(card_to_json(card), "card.json") == card


def test_a_card_is_plain_json(card: Card) -> None:
    values = json.loads(card_to_json(card))
    assert values["labels"] == ["anger", "neutral", "sadness"]
    assert values["figures"][0]["protocol"] == "loso"
    assert values["provenance"]["settings"]["training"]["betas"] == [0.9, 0.999]


def test_an_unknown_key_is_refused_by_name(card: Card) -> None:
    with pytest.raises(BundleError, match=r"card\.json: unknown key 'labelz'"):
        card_from_json(altered(card, labelz=[]), "card.json")


def test_an_unknown_key_further_inside_is_refused_with_its_place(card: Card) -> None:
    text = altered(card, network={"name": "dycnn_bilstm", "depth": 3})
    with pytest.raises(BundleError, match=r"card\.json: unknown key 'network\.depth'"):
        card_from_json(text, "card.json")


def test_a_missing_key_is_refused_by_name(card: Card) -> None:
    values = json.loads(card_to_json(card))
    del values["licence"]
    with pytest.raises(BundleError, match=r"card\.json: the key 'licence' is missing"):
        card_from_json(json.dumps(values), "card.json")


def test_a_card_from_before_there_was_enrolment_expects_none(card: Card) -> None:
    values = json.loads(card_to_json(card))
    del values["expects_enrolment"]
    assert not card_from_json(json.dumps(values), "card.json").expects_enrolment


@pytest.mark.parametrize("version", [0, 2, "1", None])
def test_another_format_says_what_to_do(card: Card, version: object) -> None:
    with pytest.raises(BundleError, match=r"is of format .* reads format 1; install the version"):
        card_from_json(altered(card, format_version=version, unheard_of=1), "card.json")


@pytest.mark.parametrize("text", ["", "{", '{"name": ', "[" * 100_000, "1" * 5_000, "\0"])
def test_what_is_not_json_is_refused(text: str) -> None:
    with pytest.raises(BundleError, match=r"card\.json: is not JSON"):
        card_from_json(text, "card.json")


@pytest.mark.parametrize("text", ["[]", "3", '"card"', "null"])
def test_json_without_an_object_is_refused(text: str) -> None:
    with pytest.raises(BundleError, match="holds no object"):
        card_from_json(text, "card.json")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("labels", "anger"),
        ("labels", [1, 2]),
        ("temperature", "warm"),
        ("n_parameters", 1.5),
        ("front_end", None),
        ("network", {"name": "transformer"}),
        ("provenance", {}),
        ("figures", [{"measure": "WA", "value": 90}]),
    ],
)
def test_a_value_of_the_wrong_type_is_refused_with_its_place(card: Card, key: str, value: object) -> None:
    with pytest.raises(BundleError, match=rf"^card\.json: .*\b{key}\b"):
        card_from_json(altered(card, **{key: value}), "card.json")


@pytest.mark.parametrize("labels", [("anger",), ("anger", "anger"), ("anger", "")])
def test_labels_must_be_two_or_more_different_names(card: Card, labels: tuple[str, ...]) -> None:
    with pytest.raises(BundleError, match="the labels are"):
        dataclasses.replace(card, labels=labels)


def test_a_network_may_have_learnt_no_emotion_yet(card: Card) -> None:
    untaught = dataclasses.replace(card, labels=())

    assert card_from_json(card_to_json(untaught), "card.json") == untaught


@pytest.mark.parametrize("temperature", [0.0, -1.0, math.nan, math.inf])
def test_a_temperature_that_cannot_divide_is_refused(card: Card, temperature: float) -> None:
    with pytest.raises(BundleError, match="the temperature is"):
        dataclasses.replace(card, temperature=temperature)


@pytest.mark.parametrize("name", ["", "../emodb", "a/b", "a\\b", ".hidden", "Emo DB", "emodb\n", "/emodb"])
def test_a_name_that_could_lead_elsewhere_is_refused(card: Card, name: str) -> None:
    with pytest.raises(BundleError, match="the name is"):
        dataclasses.replace(card, name=name)


def test_a_front_end_of_another_rate_is_refused(card: Card) -> None:
    text = altered(card, front_end={"sample_rate": 8_000})
    with pytest.raises(
        BundleError, match=r"^card\.json: front_end\.sample_rate: expected 16000, found 8000$"
    ):
        card_from_json(text, "card.json")


@pytest.mark.parametrize(
    "network",
    [
        {"channels": [4, 6], "band_strides": [2, 2], "frame_strides": [2]},
        {"channels": [4], "band_strides": [0], "frame_strides": [1]},
        {"channels": [-4], "band_strides": [1], "frame_strides": [1]},
        {"channels": [], "band_strides": [], "frame_strides": []},
    ],
)
def test_a_network_that_cannot_be_built_is_refused(card: Card, network: dict[str, object]) -> None:
    with pytest.raises(BundleError, match=r"^card\.json: network\.\w+: expected one"):
        card_from_json(altered(card, network=network), "card.json")


def test_an_impossible_value_in_a_file_names_the_file(card: Card) -> None:
    with pytest.raises(BundleError, match=r"^mine/card\.json: the temperature is 0\.0"):
        card_from_json(altered(card, temperature=0), "mine/card.json")


@pytest.mark.parametrize("value", [math.nan, {1, 2}])
def test_settings_that_json_cannot_hold_are_refused(card: Card, value: object) -> None:
    provenance = dataclasses.replace(card.provenance, settings={"loss": value})
    with pytest.raises(BundleError, match="JSON cannot hold it"):
        card_to_json(dataclasses.replace(card, provenance=provenance))


SVM = ComparisonSystem("svm", {"C": 0.01})


def test_a_comparison_system_comes_back_as_it_was(card: Card) -> None:
    comparison = dataclasses.replace(card, network=None, comparison=SVM)
    assert card_from_json(card_to_json(comparison), "card.json") == comparison


def test_a_card_from_before_there_were_comparison_systems_is_read(card: Card) -> None:
    values = json.loads(card_to_json(card))
    del values["comparison"], values["provenance"]["libraries"]
    assert card_from_json(json.dumps(values), "card.json") == card


def test_a_card_from_before_there_was_half_precision_is_of_single(card: Card) -> None:
    values = json.loads(card_to_json(card))
    del values["precision"]
    assert card_from_json(json.dumps(values), "card.json").precision == "single"


def test_a_precision_that_is_not_known_is_refused(card: Card) -> None:
    with pytest.raises(BundleError, match=r"^card\.json: precision: "):
        card_from_json(altered(card, precision="quarter"), "card.json")


def test_a_card_names_the_system_that_it_holds(card: Card) -> None:
    assert card.system == "dycnn_bilstm"
    assert dataclasses.replace(card, network=None, comparison=SVM).system == "svm"


def test_a_card_holds_either_a_network_or_a_comparison_system(card: Card) -> None:
    with pytest.raises(BundleError, match="either a network or a comparison, found both or neither"):
        dataclasses.replace(card, network=None)
    with pytest.raises(BundleError, match="either a network or a comparison, found both or neither"):
        dataclasses.replace(card, comparison=SVM)


def test_a_network_needs_a_front_end(card: Card) -> None:
    with pytest.raises(BundleError, match="expected a front_end for the network"):
        dataclasses.replace(card, front_end=None)


def test_whoever_needs_a_network_is_told_that_there_is_none(card: Card) -> None:
    comparison = dataclasses.replace(card, network=None, comparison=SVM)
    with pytest.raises(BundleError, match="shop-floor: holds the comparison system 'svm'"):
        comparison.front_end_and_network()
