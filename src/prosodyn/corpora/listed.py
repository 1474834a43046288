"""Recordings that a manifest lists, with the names of their classes settled."""

import dataclasses
from pathlib import Path

from prosodyn.corpora.labels import class_names
from prosodyn.manifest import read_manifest
from prosodyn.types import Utterance


def read_listed(path: Path, keep_names: bool = False) -> tuple[Utterance, ...]:
    """Read the recordings of a manifest; each must be there.

    Labels are treated as the names of folders are (`prosodyn.corpora.folder`): what spells an
    emotion of the vocabulary takes its name, anything else stays as it is.

    Args:
        path: the manifest, CSV or JSON lines
        keep_names: leave all labels as they are

    Returns:
        in the order of the manifest

    Raises:
        ManifestError: the manifest or one of its rows cannot be used
        CorpusError: two labels spell the same emotion
    """
    utterances = read_manifest(path, check_files=True)
    names = class_names((utterance.emotion for utterance in utterances), path, keep_names)
    return tuple(dataclasses.replace(utterance, emotion=names[utterance.emotion]) for utterance in utterances)
