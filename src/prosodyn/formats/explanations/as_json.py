"""An explanation as JSON."""

from dataclasses import asdict

from prosodyn.explanation import Attention, Explanation, Occlusion
from prosodyn.formats.as_json import one_line_of_json
from prosodyn.formats.entries import entry


def explanation_to_json(explanation: Explanation) -> str:
    """Return one object on one line: the answer, with the keys of `to_json`, and what it rests on.

    Beside these there are `start` and `end` (seconds into the recording), `against` (the emotion that the
    answer is compared with, or null), `evidence` (bits), `occlusion` (`times`, `frequencies`, `cells`, a row
    for each band, `moments`, `bands` and `regions`) and `attention` (`times`, `frames`, `kernels`, a row for
    each layer, `choice`, `core` and `share`; null where no network answered). The nouns of
    `prosodyn.explanation` say what each means.
    """
    told = {
        **entry(explanation.prediction),
        "start": explanation.start,
        "end": explanation.end,
        "against": explanation.against or None,
        "evidence": explanation.evidence,
        "occlusion": _occlusion(explanation.occlusion),
        "attention": None if explanation.attention is None else _attention(explanation.attention),
    }
    return f"{one_line_of_json(told)}\n"


def _occlusion(occlusion: Occlusion) -> dict[str, object]:
    return {
        "times": occlusion.times.tolist(),
        "frequencies": occlusion.frequencies.tolist(),
        "cells": occlusion.cells.tolist(),
        "moments": occlusion.moments.tolist(),
        "bands": occlusion.bands.tolist(),
        "regions": [asdict(region) for region in occlusion.regions],
    }


def _attention(attention: Attention) -> dict[str, object]:
    return {
        "times": attention.times.tolist(),
        "frames": attention.frames.tolist(),
        "kernels": attention.kernels.tolist(),
        "choice": attention.choice().tolist(),
        "core": list(attention.core()),
        "share": attention.share,
    }
