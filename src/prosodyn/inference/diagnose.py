"""Whether a recording is fit to hear an emotion in, and if not, why not and what to do."""

import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from prosodyn.audio import CLIPPED, QUIET, Recording, listen, load, refuse_rate, to_float
from prosodyn.diagnosis import Diagnosis, Finding, Kind
from prosodyn.errors import AudioError, EmptyAudioError, InvalidSamplesError, SilentAudioError
from prosodyn.inference.clip import LONG, LONGEST, SHORT
from prosodyn.inference.symptoms import (
    EMPTY_BAND,
    FAR_BELOW,
    LEAST_LOUD,
    LEAST_RATIO,
    level_range,
    loud_seconds,
    loudest_second,
    upper_band,
)
from prosodyn.sounds import GROUPS, VOICE, SoundClassifier, babble_score, speech_probability
from prosodyn.types import SAMPLE_RATE, FloatArray

LEAST_SPEECH = 0.2
"""Share of a recording in which somebody speaks; below, there is no speech in it.

`benchmarks/sounds/speech-threshold.json` holds what it misses: of recordings of speech that were held out
none, as recorded and over a telephone; of noise it takes 6.2 % for speech, of music 1.9 %.
"""

LITTLE_SPEECH = 0.5
"""Likewise; below, more than half of the answer would be about something else."""

OFFSET = 0.02
"""Mean of the samples, relative to full scale: more comes from a faulty sound card, not from a voice."""

LOST = 0.01
"""Swing of a channel relative to the liveliest, -40 dB; a second microphone in the room is louder."""

_REJECTED: tuple[tuple[type[AudioError], Kind, str], ...] = (
    (EmptyAudioError, "empty", "record or copy it again"),
    (SilentAudioError, "silence", "check the microphone and the cable"),
    (InvalidSamplesError, "wrong scale", "give floating point in [-1, 1], or integers as integers"),
)
_ORDER = ("unfit", "warning", "note")
_WHOLE = "whole recording"


def diagnose(waveform: NDArray[Any], sample_rate: int = SAMPLE_RATE, source: str = "waveform") -> Diagnosis:
    """Say what is wrong with samples that the caller holds.

    Args:
        waveform: `(time,)`, floating point in [-1, 1] or PCM; never changed
        sample_rate: Hz
        source: the caller's own name for it

    Raises:
        InvalidSamplesError: no samples of one channel at a rate that a recorder has: nothing can be said
    """
    refuse_rate(sample_rate, source)
    to_float(waveform, source)
    return _judge(source, lambda: listen(waveform, sample_rate, name=source))


def diagnose_file(path: Path | str) -> Diagnosis:
    """Say what is wrong with a recording.

    Raises:
        UnreadableAudioError: nothing can be said: missing, forbidden, not audio, damaged
        AudioError: longer than `LONGEST`
        MissingExtraError: as `audio.load`
    """
    return _judge(str(path), lambda: load(path, longest=LONGEST))


def _judge(source: str, hear: Callable[[], Recording]) -> Diagnosis:
    try:
        recording = hear()
    except (EmptyAudioError, SilentAudioError, InvalidSamplesError) as fault:
        return Diagnosis(source, 0.0, 0.0, (), (_rejection(fault, source),))
    return examine(recording, source)


def examine(recording: Recording, source: str) -> Diagnosis:
    """Say what is wrong with a recording that has been read, or heard.

    Args:
        recording: stays as it is
        source: its name
    """
    logits = SoundClassifier().classify(recording.waveform)
    spoken = speech_probability(logits) >= 0.5
    share = float(spoken.mean())
    sounds = _sounds_beside(logits, spoken)
    findings = (
        *_findings_on_length(recording),
        *_findings_on_speech(share, sounds),
        *_findings_on_voices(logits[spoken], share),
        *_findings_on_loud_sounds(recording, share),
        *_findings_on_level(recording),
        *_findings_on_spectrum(recording, share),
        *_findings_on_file(recording),
    )
    worst_first = sorted(findings, key=lambda finding: _ORDER.index(finding.severity))
    return Diagnosis(source, recording.duration, share, sounds, tuple(worst_first))


def _rejection(fault: AudioError, source: str) -> Finding:
    kind, advice = next((kind, advice) for error, kind, advice in _REJECTED if isinstance(fault, error))
    said = str(fault).removeprefix(f"{source}: ")
    if "finite" in said:
        kind = "broken samples"
    sentence, _, remedy = said.partition("; ")
    return Finding(kind, "unfit", _WHOLE, sentence, remedy or advice)


def _sounds_beside(logits: FloatArray, spoken: NDArray[np.bool_]) -> tuple[str, ...]:
    """Return the likeliest groups of the hops without speech, the commonest first."""
    names = [name for name in GROUPS if name not in VOICE and name != "surroundings"]
    places = [list(GROUPS).index(name) for name in names]
    likeliest = logits[~spoken][:, places].argmax(axis=1)
    counts = np.bincount(likeliest, minlength=len(names))
    return tuple(names[place] for place in np.argsort(-counts, kind="stable") if counts[place] > 0)


def _findings_on_length(recording: Recording) -> Iterator[Finding]:
    if recording.duration < SHORT:
        yield Finding(
            "too short", "unfit", _WHOLE,
            f"shorter than {SHORT:g} s: too little to hear an emotion in",
            "record a whole sentence",
        )  # fmt: skip
    if recording.duration > LONG:
        yield Finding(
            "too long", "warning", _WHOLE,
            f"longer than {LONG:g} s: it lasts {recording.duration:.0f} s, an answer is about one utterance",
            "ask for a timeline, or split it into utterances",
        )  # fmt: skip


def _findings_on_speech(share: float, sounds: tuple[str, ...]) -> Iterator[Finding]:
    heard = f"; what is heard is {sounds[0]}" if sounds else ""
    if share < LEAST_SPEECH:
        yield Finding(
            "no speech", "unfit", _WHOLE,
            f"no speech: somebody speaks in {100 * share:.0f} % of it{heard}",
            "check that it is the right recording, or cut out the part in which somebody speaks",
        )  # fmt: skip
    elif share < LITTLE_SPEECH:
        yield Finding(
            "little speech", "warning", _WHOLE,
            f"little speech: somebody speaks in {100 * share:.0f} % of it{heard}",
            "cut out the part in which somebody speaks",
        )  # fmt: skip


def _findings_on_voices(logits: FloatArray, share: float) -> Iterator[Finding]:
    """Find many who speak at once, from the hops in which somebody speaks, `(hop, group)`."""
    if share < LEAST_SPEECH:
        return
    if babble_score(logits) > 0:
        yield Finding(
            "babble", "unfit", _WHOLE,
            "babble: many voices at once",
            "record one person at a time, with the microphone near the mouth",
        )  # fmt: skip


def _findings_on_loud_sounds(recording: Recording, share: float) -> Iterator[Finding]:
    """Find what is so much louder than the voice that the voice counts as quiet."""
    if share < LEAST_SPEECH:
        return
    seconds = loud_seconds(recording.waveform)
    if seconds < LEAST_LOUD * share * recording.duration or seconds < SHORT <= recording.duration:
        when = f"{loudest_second(recording.waveform):.1f} s"
        yield Finding(
            "drowned", "unfit", when,
            f"drowned: all but {seconds:.1f} s lies {FAR_BELOW:g} dB or more below what is loud at {when}",
            "ask for a timeline, or cut that out: a bang, a click, a voice nearer to the microphone",
        )  # fmt: skip


def _findings_on_level(recording: Recording) -> Iterator[Finding]:
    levels = recording.levels
    clipped = max(levels.full_scale_share, levels.flat_share)
    if clipped > CLIPPED:
        yield Finding(
            "clipping", "warning", _WHOLE,
            f"clipped: {100 * clipped:.1f} % of the samples are cut off at the loudest value",
            "record again with less gain; lowering the level afterwards brings nothing back",
        )  # fmt: skip
    if levels.channel_swing < QUIET:
        decibels = -20 * math.log10(levels.channel_swing)
        yield Finding(
            "quiet", "warning", _WHOLE,
            f"very quiet: it stays {decibels:.0f} dB below full scale",
            "record with more gain; if the file was converted, check the width of its samples",
        )  # fmt: skip
    if abs(levels.offset) > OFFSET:
        yield Finding(
            "offset", "warning", _WHOLE,
            f"offset: its samples lie about {levels.offset:+.3f} instead of zero",
            "subtract the mean, and have the sound card checked",
        )  # fmt: skip
    lost = [place for place, swing in enumerate(levels.swings, 1) if swing < LOST * levels.channel_swing]
    if lost:
        named = ", ".join(map(str, lost))
        yield Finding(
            "lost channel", "warning", f"channel {named}",
            f"lost channel: {named} of {len(levels.swings)} {'is' if len(lost) == 1 else 'are'} silent, "
            "and mixing makes the rest quieter",
            "keep the other channel alone",
        )  # fmt: skip


def _findings_on_spectrum(recording: Recording, share: float) -> Iterator[Finding]:
    if recording.duration < SHORT or share < LEAST_SPEECH:
        return  # these limits are those of voices
    ratio = level_range(recording.waveform)
    if ratio < LEAST_RATIO:
        yield Finding(
            "noise", "warning", _WHOLE,
            f"noisy: its loud parts are only {ratio:.0f} dB above its quiet ones",
            "bring the microphone nearer to the mouth, or record where it is quieter",
        )  # fmt: skip
    narrow = recording.source_rate < SAMPLE_RATE or upper_band(recording.waveform) < EMPTY_BAND
    if narrow:
        rate = recording.source_rate / 1000
        yield Finding(
            "telephone band", "warning", _WHOLE,
            f"as on a telephone: nothing is left above {min(4.0, rate / 2):g} kHz, sampled at {rate:g} kHz",
            "take the recording from before the telephone line, or expect less certain answers",
        )  # fmt: skip


def _findings_on_file(recording: Recording) -> Iterator[Finding]:
    if recording.truncation is not None:
        yield Finding("truncated", "warning", "end", recording.truncation, "copy the file again")
    if recording.is_open_ended:
        yield Finding(
            "remark", "note", "end",
            "the header leaves the length open, as a stream's does: its end is the file's",
            "where it was not streamed, check that it is whole",
        )  # fmt: skip
    if recording.n_channels > 1:
        yield Finding(
            "remark", "note", _WHOLE,
            f"{recording.n_channels} channels averaged into one",
            "where each channel holds another speaker, take them apart first",
        )  # fmt: skip
