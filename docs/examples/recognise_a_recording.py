"""Recognise the emotion in a recording; no torch is needed.

The README shows these lines as they are; the tests run them beside a recording `call.wav`.
"""

import prosodyn

recogniser = prosodyn.load()
prediction = recogniser.from_file("call.wav")

print(f"{prediction.emotion}, {prediction.confidence:.0%} sure, after {prediction.duration:.1f} s")
for label, probability in prediction.probabilities.items():
    print(f"  {label:10} {probability:.2f}")
for remark in prediction.remarks:
    print(f"  but: {remark}")
