"""What a run was taught, in one number."""

import dataclasses
import hashlib
from pathlib import Path

import numpy as np
import pytest

from prosodyn.config import (
    AugmentConfig,
    DistillationConfig,
    DistillationWeights,
    Encoder,
    Experiment,
    FrontEndConfig,
    NetworkConfig,
    SpectrogramConfig,
    TrainingConfig,
)
from prosodyn.errors import UnreadableAudioError
from prosodyn.mapping import to_mapping
from prosodyn.training.experiment_files import BY_SPEAKERS
from prosodyn.training.identity import LATER_SETTINGS, digest, settings_digest, utterance_identity
from prosodyn.types import Utterance

DISTILLATION = DistillationConfig(speech=("free/speech",), weights=DistillationWeights(states=0.0))


@pytest.fixture
def utterance(tmp_path: Path) -> Utterance:
    path = tmp_path / "a.wav"
    path.write_bytes(b"sound")
    return Utterance("a", "anger", "s", "own", path=path)


def test_the_order_of_keys_does_not_matter() -> None:
    assert digest({"a": 1, "b": [2]}) == digest({"b": [2], "a": 1})


def test_what_an_experiment_says_about_itself_does_not_count() -> None:
    assert settings_digest(Experiment("own", about="one")) == settings_digest(Experiment("own", about="two"))


def test_a_setting_counts() -> None:
    other = Experiment("own", training=TrainingConfig(seed=1))

    assert settings_digest(other) != settings_digest(Experiment("own"))


def test_a_setting_that_came_later_counts_only_where_it_changes_something() -> None:
    settings = to_mapping(Experiment("own"))
    for table, key, _ in LATER_SETTINGS:
        del settings[table][key]
    del settings["training"]["held_out_folds"]  # the weights never depend on it
    for table in (*BY_SPEAKERS, "pretraining", "pretraining_corpora", "distillation"):
        del settings[table]
    others = (
        Experiment("own", training=TrainingConfig(normalisation="speaker")),
        Experiment("own", front_end=FrontEndConfig(narrow_band=True)),
        Experiment("own", network=NetworkConfig(projection=4)),
        Experiment("own", network=NetworkConfig(projection=4, feature_dropout=0.1)),
        Experiment("own", network=NetworkConfig(residual=True)),
        Experiment("own", network=NetworkConfig(summary_size=4)),
        Experiment("own", network=NetworkConfig(summary_members=2)),
        Experiment("own", network=NetworkConfig(summary_weight=0.4)),
        Experiment("own", network=NetworkConfig(summary_dropout=0.4)),
        Experiment("own", augment=AugmentConfig(voice=0.5)),
        Experiment("own", augment=AugmentConfig(channels=("opus",))),
        Experiment("own", pretraining_corpora=("emodb",)),
        Experiment("own", pretraining={"training": {"steps": 3}}),
        Experiment("own", distillation=DISTILLATION),
        Experiment("own", training=TrainingConfig(renew_normalisation=True)),
        Experiment("own", training=TrainingConfig(balance=0.5)),
        Experiment("own", training=TrainingConfig(level=-9.0)),
        *(Experiment("own", **{table: {"training": {"steps": 3}}}) for table in BY_SPEAKERS),
    )

    assert settings_digest(Experiment("own")) == digest(settings)
    assert settings_digest(Experiment("own")) not in {settings_digest(other) for other in others}


def test_a_distillation_without_speech_is_none() -> None:
    switched_off = dataclasses.replace(DISTILLATION, speech=())

    assert settings_digest(Experiment("own", distillation=switched_off)) == settings_digest(Experiment("own"))


@pytest.mark.parametrize(("table", "key", "before"), LATER_SETTINGS)
def test_a_setting_that_came_later_stands_as_before_unless_it_is_set(
    table: str, key: str, before: object
) -> None:
    assert to_mapping(Experiment("own"))[table][key] == before


def test_who_speaks_counts_where_it_decides(utterance: Utterance) -> None:
    other = dataclasses.replace(utterance, speaker="t")

    assert utterance_identity(other) == utterance_identity(utterance)
    assert utterance_identity(other, True) != utterance_identity(utterance, True)


def test_another_channel_counts(utterance: Utterance) -> None:
    heard = [dataclasses.replace(utterance, channel=channel) for channel in ("", "telephone", "opus")]

    assert len({digest(utterance_identity(each)) for each in heard}) == 3


def test_what_goes_through_no_channel_is_identified_as_it_was_before_there_were_any(
    utterance: Utterance,
) -> None:
    sound = hashlib.sha256(b"sound").hexdigest()

    assert utterance_identity(utterance) == ["a", "anger", None, None, sound]
    assert utterance_identity(utterance, True) == ["a", "anger", None, None, sound, "own", "s"]


def test_other_sound_in_the_same_file_counts(utterance: Utterance) -> None:
    before = utterance_identity(utterance)
    assert utterance.path is not None

    utterance.path.write_bytes(b"noise")

    assert utterance_identity(utterance) != before


def test_the_same_sound_in_another_place_does_not_count(utterance: Utterance, tmp_path: Path) -> None:
    elsewhere = tmp_path / "b.wav"
    elsewhere.write_bytes(b"sound")

    assert utterance_identity(dataclasses.replace(utterance, path=elsewhere)) == utterance_identity(utterance)


def test_another_emotion_counts(utterance: Utterance) -> None:
    relabelled = dataclasses.replace(utterance, emotion="fear")

    assert utterance_identity(relabelled) != utterance_identity(utterance)


def test_sound_in_memory_counts() -> None:
    spoken = [
        Utterance("a", "anger", "s", "own", waveform=np.full(3, value, np.float32)) for value in (0.1, 0.2)
    ]

    assert utterance_identity(spoken[0]) != utterance_identity(spoken[1])


def test_a_missing_file_is_named(utterance: Utterance) -> None:
    assert utterance.path is not None
    utterance.path.unlink()

    with pytest.raises(UnreadableAudioError, match=r"a\.wav"):
        utterance_identity(utterance)


def test_an_encoder_is_identified_by_its_file_and_what_is_taken_of_it() -> None:
    shown = SpectrogramConfig(8, 0.0, 4_000.0)
    encoder = Encoder("own", "own.onnx", "CC0-1.0", ("low", "high"), shown, sha256="ab")

    def digest_with(**changes: object) -> str:
        encoders = (dataclasses.replace(encoder, **changes),)  # type: ignore[arg-type]
        return settings_digest(
            Experiment(
                "own", front_end=FrontEndConfig(encoders=encoders), network=NetworkConfig(projection=4)
            )
        )

    told = {
        "file": "moved.onnx",
        "folder": "elsewhere",
        "licence": "MIT",
        "about": "It.",
        "citation": "They.",
    }
    assert digest_with(**told) == digest_with()
    for key, value in (
        ("sha256", "cd"),
        ("blocks", ("low",)),
        ("spectrogram", SpectrogramConfig(9, 0.0, 4e3)),
    ):
        assert digest_with(**{key: value}) != digest_with()
