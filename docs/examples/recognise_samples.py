"""Recognise samples that are in memory already: from a microphone, another decoder, a synthesiser."""

import numpy as np

import prosodyn

rng = np.random.default_rng(0)
samples = (3_000 * rng.standard_normal(2 * 44_100)).astype(np.int16)  # two seconds of PCM at 44.1 kHz

prediction = prosodyn.load().from_waveform(samples, sample_rate=44_100, source="microphone")
print(prediction.emotion)
