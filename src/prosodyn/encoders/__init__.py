"""Pretrained encoders: which there are, where they come from, and where their files lie."""

from prosodyn.encoders.description import (
    check_encoder,
    encoder_identity,
    encoder_names,
    encoder_path,
    find_encoder,
    read_encoder,
)
from prosodyn.encoders.folder import encoder_folder
from prosodyn.encoders.hub_model import remember_places

__all__ = [
    "check_encoder",
    "encoder_folder",
    "encoder_identity",
    "encoder_names",
    "encoder_path",
    "find_encoder",
    "read_encoder",
    "remember_places",
]
