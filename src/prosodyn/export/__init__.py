"""From a trained network to a graph that runs without torch."""

from prosodyn.export.half import rounded_to_half
from prosodyn.export.onnx import export_onnx
from prosodyn.export.parity import check_parity

__all__ = ["check_parity", "export_onnx", "rounded_to_half"]
