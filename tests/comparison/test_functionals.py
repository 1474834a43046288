"""openSMILE as an outside peer; its licence is not free, so that it may well be missing."""

import sys

import numpy as np
import pytest

from prosodyn.comparison.functionals import Functionals, FunctionalSet
from prosodyn.corpora import toy
from prosodyn.errors import MissingExtraError


def test_without_opensmile_the_remedy_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "opensmile", None)
    with pytest.raises(MissingExtraError, match=r"'egemaps' needs .* pip install 'prosodyn\[benchmark\]'"):
        Functionals("egemaps")


@pytest.fixture(params=["egemaps", "compare"])
def name(request: pytest.FixtureRequest) -> FunctionalSet:
    pytest.importorskip("opensmile", reason="needs openSMILE: pip install 'prosodyn[benchmark]'")
    return request.param


def test_a_set_has_as_many_functionals_as_published(name: FunctionalSet) -> None:
    waveform = toy.recording("anger", "f1")

    functionals = Functionals(name)(waveform)

    assert functionals.shape == ({"egemaps": 88, "compare": 6373}[name], 1)
    assert np.isfinite(functionals).all()


def test_loudness_is_told_from_silence(name: FunctionalSet) -> None:
    waveform = toy.recording("anger", "f1")
    functionals = Functionals(name)

    assert not np.allclose(functionals(waveform), functionals(0.1 * waveform))


def test_a_click_is_padded_until_there_is_something_to_measure(name: FunctionalSet) -> None:
    assert np.isfinite(Functionals(name)(np.array([0.5], dtype=np.float32))).all()
