"""A small source-filter voice in numpy: a fixture for tests and demonstrations, not speech.

Every glottal pulse is drawn in the frequency domain: glottal formant and spectral
tilt (Doval, d'Alessandro and Henrich 2006), aspiration noise, and a cascade of digital
resonators for the vocal tract (Klatt 1980). It is added to the waveform
at its own, jittered time, so that pitch, vowel and voice quality change from pulse to pulse.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from prosodyn.corpora.prosody import Noise, Prosody, Reals, Score, write_score
from prosodyn.types import SAMPLE_RATE, FloatArray

Spectra = NDArray[np.complex128]

RINGING = 400
"""Samples that one pulse may ring, 25 ms."""

BREATH = 160
"""Samples of aspiration noise that follow each pulse, 10 ms."""

DELAY: Spectra = np.exp(-2j * np.pi * np.arange(RINGING // 2 + 1) / RINGING)
"""`(bin,)`, the transfer function of a delay by one sample."""

DELAYS: Spectra = np.stack([DELAY**0, DELAY, DELAY**2])
"""`(3, bin)`, the same for none, one and two samples."""

BANDWIDTHS = (70.0, 90.0, 130.0)
"""Hz, of the three formants that the vowels move."""

UPPER_FORMANTS = ((3_500.0, 180.0), (4_500.0, 250.0), (5_500.0, 350.0), (6_500.0, 450.0))
"""Hz, frequency and bandwidth of the formants that no vowel moves, for a vocal tract of 17.5 cm."""

FLUTTER = (12.7, 7.1, 4.7)
"""Hz, the slow unsteadiness of a held note (Klatt and Klatt 1990)."""

SPEECH_LEVEL, ROOM_LEVEL = -34.0, -70.0
"""dB relative to full scale, root mean square."""

LARGEST_PEAK = 0.95


@dataclass(frozen=True, slots=True)
class Speaker:
    """What a speaker keeps from one utterance to the next.

    Attributes:
        name: unique
        pitch: resting fundamental frequency, Hz
        tract: factor of all formants, one for a vocal tract of 17.5 cm
        tilt_corner: above which the source falls by another 6 dB per octave, Hz
        breath: aspiration noise relative to the voice, dB
        jitter: deviation of a pulse's time and amplitude, relative to the period
        pace: factor of the syllable rate
        gain: closeness to the microphone, dB
        vividness: how far emotions move this speaker, one on average
    """

    name: str
    pitch: float
    tract: float
    tilt_corner: float
    breath: float
    jitter: float
    pace: float
    gain: float
    vividness: float


@dataclass(frozen=True, slots=True)
class Pulses:
    """The closures of the glottis: `times`, `periods` in seconds and `amplitudes`, each `(pulse,)`."""

    times: Reals
    periods: Reals
    amplitudes: Reals


def speak(text: str, speaker: Speaker, prosody: Prosody, rng: np.random.Generator) -> FloatArray:
    """Synthesise one utterance.

    Args:
        text: syllables of a consonant and a vowel, joined by hyphens, such as `ba-ti-so`
        speaker: whose voice
        prosody: how it is spoken
        rng: source of the small differences between two utterances

    Returns:
        `(time,)` at `SAMPLE_RATE`, in (-1, 1)

    Raises:
        CorpusError: a syllable that the voice cannot say
    """
    score = write_score(text, prosody, rng)
    pulses = place_pulses(score, speaker, prosody, rng)
    spectra = source(pulses, speaker, prosody, rng) * tract(pulses.times, score, speaker)
    waveform = add_pulses(pulses, spectra, score.duration)
    waveform /= _strength(waveform)
    for noise in score.noises:
        start = int(noise.start * SAMPLE_RATE)
        hiss = _hiss(noise, rng)
        waveform[start : start + len(hiss)] += hiss
    loudness = SPEECH_LEVEL + speaker.gain + prosody.loudness
    waveform *= _amplitude(loudness) / _strength(waveform)
    waveform += _amplitude(ROOM_LEVEL) * rng.standard_normal(len(waveform))
    waveform *= min(1.0, LARGEST_PEAK / np.abs(waveform).max())
    return waveform.astype(np.float32)


def melody(score: Score, speaker: Speaker, prosody: Prosody, rng: np.random.Generator) -> tuple[Reals, Reals]:
    """Draw the fundamental frequency: level, declination, accents, final movement, flutter.

    Returns:
        times in steps of 1 ms, and the fundamental frequency in Hz there, both `(step,)`
    """
    times = np.arange(0.0, score.duration, 0.001)
    heights = prosody.span * score.accents * rng.uniform(0.8, 1.2, len(score.accents))
    heights[-1] += prosody.final
    semitones = np.interp(times, score.peaks, heights) - 1.5 * times / score.duration
    smoother = np.hanning(121) / np.hanning(121).sum()
    semitones = np.convolve(np.pad(semitones, 60, mode="edge"), smoother, mode="valid")
    phases = rng.uniform(0.0, 2 * np.pi, (len(FLUTTER), 1))
    flutter = np.sin(2 * np.pi * np.outer(FLUTTER, times) + phases).sum(axis=0)
    return times, speaker.pitch * 2 ** ((prosody.level + semitones) / 12) * (1.0 + 0.005 * flutter)


def place_pulses(score: Score, speaker: Speaker, prosody: Prosody, rng: np.random.Generator) -> Pulses:
    """Place a pulse at each cycle of the melody, with jitter and shimmer, where there is voice."""
    times, pitch = melody(score, speaker, prosody, rng)
    cycles = np.cumsum(pitch) * 0.001
    closures = np.interp(np.arange(1.0, cycles[-1]), cycles, times)
    amplitudes = np.interp(closures, score.knots, score.voicing, left=0.0, right=0.0)
    closures, amplitudes = closures[amplitudes > 0.0], amplitudes[amplitudes > 0.0]
    periods = 1.0 / np.interp(closures, times, pitch)
    jitter = speaker.jitter * 2**prosody.roughness
    return Pulses(
        times=closures + jitter * periods * rng.standard_normal(len(closures)),
        periods=periods,
        amplitudes=amplitudes * (1.0 + 4.0 * jitter * rng.standard_normal(len(closures))),
    )


def source(pulses: Pulses, speaker: Speaker, prosody: Prosody, rng: np.random.Generator) -> Spectra:
    """Draw the spectrum of each pulse at the glottis, `(pulse, bin)`.

    The derivative of the flow is a resonance near the fundamental, the glottal formant, and a
    low-pass, the spectral tilt; a short noise stands for the breath.
    """
    glottal_formant = (1.0 + 0.2 * prosody.brightness) / pulses.periods
    tilt = np.exp(-2 * np.pi * speaker.tilt_corner * 2**prosody.brightness / SAMPLE_RATE)
    flow: Spectra = (1.0 - DELAY) / (1.0 - tilt * DELAY) * resonance(glottal_formant, glottal_formant)
    flow /= np.sqrt(np.mean(np.abs(flow) ** 2, axis=1, keepdims=True))
    window = np.hanning(BREATH) / np.linalg.norm(np.hanning(BREATH))
    breath = np.fft.rfft(window * rng.standard_normal((len(pulses.times), BREATH)), RINGING)
    flow += _amplitude(speaker.breath + prosody.breath) * breath
    flow *= pulses.amplitudes[:, None]
    return flow


def tract(times: Reals, score: Score, speaker: Speaker) -> Spectra:
    """Compute the transfer function of the vocal tract at some times, `(time, bin)`."""
    upper = [resonance(speaker.tract * frequency, bandwidth) for frequency, bandwidth in UPPER_FORMANTS]
    response: Spectra = np.prod(upper, axis=0)
    for formant, bandwidth in enumerate(BANDWIDTHS):
        frequency = speaker.tract * np.interp(times, score.anchors, score.formants[:, formant])
        response = response * resonance(frequency, bandwidth)
    return response


def resonance(frequency: ArrayLike, bandwidth: ArrayLike) -> Spectra:
    """Compute the transfer function of a digital resonator (Klatt 1980).

    Args:
        frequency: `(…)`, Hz
        bandwidth: `(…)`, Hz

    Returns:
        `(…, bin)`, one at 0 Hz
    """
    radius = np.exp(-np.pi * np.asarray(bandwidth) / SAMPLE_RATE)
    angle = 2 * np.pi * np.asarray(frequency) / SAMPLE_RATE
    one, first, second = np.broadcast_arrays(1.0, -2 * radius * np.cos(angle), radius**2)
    recursion = np.stack([one, first, second], axis=-1)
    gain = recursion.sum(axis=-1, keepdims=True)
    response: Spectra = gain / (recursion @ DELAYS)
    return response


def add_pulses(pulses: Pulses, spectra: Spectra, duration: float) -> Reals:
    """Add up pulses at their times, to a fraction of a sample.

    Args:
        pulses: when
        spectra: `(pulse, bin)`, what
        duration: of the result, seconds; what rings beyond is cut

    Returns:
        `(time,)`
    """
    positions = pulses.times * SAMPLE_RATE
    starts = np.floor(positions).astype(np.int64)
    angles = -2 * np.pi / RINGING * np.outer(positions - starts, np.arange(RINGING // 2 + 1))
    ringing = np.fft.irfft(spectra * np.exp(1j * angles), RINGING)
    places = starts[:, None] + np.arange(RINGING)
    n_samples = int(duration * SAMPLE_RATE)
    waveform: Reals = np.bincount(places.ravel(), ringing.ravel(), minlength=n_samples).astype(np.float64)
    return waveform[:n_samples]


def _hiss(noise: Noise, rng: np.random.Generator) -> Reals:
    """Draw the noise of a consonant, `(time,)`: a broad band that swells quickly and fades."""
    n_samples = int(noise.duration * SAMPLE_RATE)
    frequencies = np.fft.rfftfreq(n_samples, 1 / SAMPLE_RATE)
    band = np.exp(-0.5 * ((frequencies - noise.centre) / 1_000.0) ** 2)
    hiss: Reals = np.fft.irfft(band * np.fft.rfft(rng.standard_normal(n_samples)), n_samples)
    hiss *= noise.amplitude / _strength(hiss)
    return hiss * np.hanning(n_samples + 2)[1:-1] ** 0.5


def _amplitude(level: float) -> float:
    """Convert a level in dB to an amplitude."""
    return float(10.0 ** (level / 20))


def _strength(waveform: Reals) -> float:
    """Return the root mean square."""
    return float(np.sqrt(np.mean(waveform**2)))
