"""Limits that cannot be are refused, and whoever listens for others is told apart."""

import dataclasses
import math
import tempfile
from pathlib import Path
from typing import Any

import pytest

from prosodyn.errors import ConfigError, OutputError
from prosodyn.inference import Recogniser
from prosodyn.serve import ServeSettings, serve
from prosodyn.serve.run import address_of, listening

NUMBERS = [each.name for each in dataclasses.fields(ServeSettings) if each.type in {"float", float}] + [
    each.name for each in dataclasses.fields(ServeSettings) if isinstance(each.default, int | float)
]


@pytest.mark.parametrize("name", sorted(set(NUMBERS)))
@pytest.mark.parametrize("value", [-1, math.nan])
def test_a_limit_is_a_number_that_means_something(name: str, value: Any) -> None:
    with pytest.raises(ConfigError, match=rf"serve\.{name}"):
        ServeSettings(**{name: value})


def test_every_setting_is_described() -> None:
    told = ServeSettings.__doc__ or ""
    assert all(f"        {each.name}: " in told for each in dataclasses.fields(ServeSettings))


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2", "::1", "localhost"])
def test_this_machine_alone_reaches_a_loopback(host: str) -> None:
    assert ServeSettings(host=host).is_local


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "voice.example"])
def test_others_reach_other_addresses(host: str) -> None:
    assert not ServeSettings(host=host).is_local


def test_there_is_a_thread_a_core_unless_it_is_said() -> None:
    assert ServeSettings().n_workers >= 1
    assert ServeSettings(workers=7).n_workers == 7


@pytest.mark.parametrize("host", ["192.0.2.1", "no.such.host.invalid", "a" * 300])
def test_an_address_that_is_not_here_is_refused(host: str) -> None:
    with pytest.raises(OutputError, match="cannot listen"):
        listening(ServeSettings(host=host, port=0))


def test_where_nothing_can_be_written_it_is_said(
    recogniser: Recogniser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))
    with pytest.raises(OutputError, match="TMPDIR"):
        serve(recogniser, ServeSettings(port=0))


def test_a_port_that_is_taken_is_refused() -> None:
    with listening(ServeSettings(port=0)) as first:
        port = first.getsockname()[1]
        assert address_of(first) == f"http://127.0.0.1:{port}/"
        with pytest.raises(OutputError, match=f"port {port}"):
            listening(ServeSettings(port=port))
