"""The diagnosis of recordings: every fault is found, and a sound recording has none."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from prosodyn.audio import through
from prosodyn.corpora import toy
from prosodyn.diagnosis import Diagnosis
from prosodyn.errors import InvalidSamplesError, UnreadableAudioError
from prosodyn.inference.diagnose import diagnose, diagnose_file
from prosodyn.inference.symptoms import LEAST_RATIO, level_range
from prosodyn.types import FloatArray

WriteWav = Callable[..., Path]
VOICE = np.concatenate([toy.recording("neutral", name) for name in ("f1", "m1", "f2")])
TIME = np.arange(5 * 16_000) / 16_000


def kinds(diagnosis: Diagnosis) -> set[str]:
    return {finding.kind for finding in diagnosis.findings}


def white_noise(n_samples: int = 80_000) -> FloatArray:
    return (0.1 * np.random.default_rng(0).standard_normal(n_samples)).astype(np.float32)


def babble() -> FloatArray:
    """Return six generated voices at once."""
    voices = [
        np.resize(np.concatenate([toy.recording(emotion, name.name) for emotion in toy.EMOTIONS]), 80_000)
        for name in toy.SPEAKERS
    ]
    return (sum(np.roll(voice, 9_000 * place) for place, voice in enumerate(voices)) / 6).astype(np.float32)


@pytest.mark.parametrize("emotion", toy.EMOTIONS)
@pytest.mark.parametrize("speaker", ["f1", "m2", "f2"])
def test_a_sound_recording_has_no_findings(emotion: str, speaker: str) -> None:
    assert diagnose(toy.recording(emotion, speaker)).findings == ()


def test_who_speaks_all_the_time_has_nearly_all_the_share() -> None:
    assert diagnose(VOICE).speech_share > 0.8


@pytest.mark.parametrize(
    ("sound", "heard"),
    [(white_noise(), "noise"), ((0.3 * np.sin(2 * np.pi * 440 * TIME)).astype(np.float32), "tones")],
    ids=["white noise", "a tone"],
)
def test_what_is_no_speech_is_unfit_and_named(sound: FloatArray, heard: str) -> None:
    diagnosis = diagnose(sound)
    assert (diagnosis.is_fit, diagnosis.speech_share, kinds(diagnosis)) == (False, 0, {"no speech"})
    assert heard in diagnosis.findings[0].sentence


@pytest.mark.parametrize(
    ("waveform", "kind"),
    [
        (np.zeros(16_000), "silence"),
        (np.zeros(0), "empty"),
        (VOICE * 32_000, "wrong scale"),
        (np.where(np.arange(len(VOICE)) == 9, np.nan, VOICE), "broken samples"),
        (VOICE[4_000:7_200], "too short"),
        (babble(), "babble"),
    ],
    ids=["silence", "nothing", "integers as floats", "not a number", "0.2 s", "babble"],
)
def test_what_cannot_be_used_is_unfit(waveform: FloatArray, kind: str) -> None:
    diagnosis = diagnose(waveform)
    assert not diagnosis.is_fit
    assert kind in kinds(diagnosis)


@pytest.mark.parametrize(
    ("waveform", "kind"),
    [
        (np.clip(30 * VOICE, -1, 1), "clipping"),
        (0.3 * np.clip(30 * VOICE, -1, 1), "clipping"),
        (VOICE + 0.1, "offset"),
        (0.005 * VOICE / np.abs(VOICE).max(), "quiet"),
        (through(VOICE, "telephone"), "telephone band"),
        (np.concatenate([VOICE, white_noise(120_000) / 100]), "little speech"),
    ],
    ids=["cut off", "cut off and made quieter", "offset", "quiet", "telephone", "long pause"],
)
def test_a_fault_is_found(waveform: FloatArray, kind: str) -> None:
    assert kind in kinds(diagnose(waveform.astype(np.float32)))


@pytest.mark.parametrize(("level", "is_drowned"), [(0.2, False), (1.0, True)])
def test_a_bang_drowns_a_voice(level: float, *, is_drowned: bool) -> None:
    banged = VOICE.copy()
    banged[20_000:22_000] = level * np.random.default_rng(0).uniform(-1, 1, 2_000)
    diagnosis = diagnose(banged)
    assert ("drowned" in kinds(diagnosis)) == is_drowned
    assert diagnosis.is_fit != is_drowned


def test_noise_as_loud_as_the_voice_lowers_the_range_of_levels() -> None:
    noisy = VOICE + white_noise(len(VOICE)) * np.sqrt(np.mean(VOICE**2)) / 0.1
    assert level_range(VOICE) > 25
    assert level_range(noisy.astype(np.float32)) < LEAST_RATIO


def test_an_offset_is_no_noise() -> None:
    assert level_range(VOICE + np.float32(0.3)) == pytest.approx(level_range(VOICE), abs=0.1)


def test_a_lost_channel_is_named(write_wav: WriteWav) -> None:
    path = write_wav("half.wav", np.stack([VOICE, np.zeros_like(VOICE)], axis=1))
    lost = next(finding for finding in diagnose_file(path).findings if finding.kind == "lost channel")
    assert (lost.where, lost.severity) == ("channel 2", "warning")
    assert lost.sentence == "lost channel: 2 of 2 is silent, and mixing makes the rest quieter"


def test_several_lost_channels_are_named(write_wav: WriteWav) -> None:
    path = write_wav("third.wav", np.stack([VOICE, np.zeros_like(VOICE), np.zeros_like(VOICE)], axis=1))
    told = "\n".join(diagnose_file(path).remarks)
    assert "lost channel: 2, 3 of 3 are silent" in told


def test_two_channels_alike_are_only_noted(write_wav: WriteWav) -> None:
    diagnosis = diagnose_file(write_wav("both.wav", np.stack([VOICE, VOICE], axis=1)))
    assert [(finding.kind, finding.severity) for finding in diagnosis.findings] == [("remark", "note")]
    assert diagnosis.remarks == ("2 channels averaged into one",)


def test_a_file_is_judged_as_its_samples(write_wav: WriteWav) -> None:
    judged = diagnose_file(write_wav("voice.wav", VOICE))
    assert (judged.findings, judged.speech_share) == ((), diagnose(VOICE).speech_share)


def test_what_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UnreadableAudioError):
        diagnose_file(tmp_path / "nowhere.wav")


def test_the_worst_comes_first() -> None:
    order = [finding.severity for finding in diagnose(white_noise() * 20 + 0.2).findings]
    assert order == sorted(order, key=("unfit", "warning", "note").index)


def test_every_finding_says_what_to_do() -> None:
    findings = diagnose((white_noise() / 100 + 0.1).astype(np.float32)).findings
    assert findings
    assert all(finding.sentence and finding.advice and finding.where for finding in findings)


@pytest.mark.corpora
@pytest.mark.parametrize("corpus", ["emodb", "casia", "ravdess", "nemo"])
def test_real_utterances_are_fit(corpus: str, corpus_root: Callable[[str], Path]) -> None:
    files = sorted(
        path for path in corpus_root(corpus).rglob("*") if path.suffix in {".flac", ".ogg", ".wav"}
    )
    assert [path.name for path in files[:: len(files) // 12] if not diagnose_file(path).is_fit] == []


@pytest.mark.corpora
@pytest.mark.parametrize("kind", ["Rain", "Sea_waves", "Chainsaw", "Helicopter"])
def test_real_noise_is_no_speech(kind: str, corpus_root: Callable[[str], Path]) -> None:
    files = sorted((corpus_root("free") / "noise" / "esc10").glob(f"*{kind}*"))[:6]
    assert files
    assert [path.name for path in files if diagnose_file(path).is_fit] == []


def test_nobody_speaks_in_silence() -> None:
    assert not diagnose(np.zeros(48_000, dtype=np.float32)).has_speech


@pytest.mark.parametrize(("waveform", "rate"), [([0.1] * 9, 16_000), (np.zeros((2, 9)), 16_000), (VOICE, 10)])
def test_a_callers_mistake_is_no_fault_of_the_recording(waveform: object, rate: int) -> None:
    with pytest.raises(InvalidSamplesError):
        diagnose(waveform, rate)  # type: ignore[arg-type]
