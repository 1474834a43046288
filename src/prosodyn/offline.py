"""onnxruntime, told before it is loaded that nothing is to be noted or sent: it asks only then.

Whoever wants its telemetry sets `ORT_DISABLE_TELEMETRY=0`.
"""

import os

os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")

import onnxruntime
from onnxruntime.capi import onnxruntime_pybind11_state as faults

__all__ = ["faults", "onnxruntime"]
