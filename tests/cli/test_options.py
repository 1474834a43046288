"""The options that repeat what other rooms name, so that `--help` stays quick: none may be missing."""

from typing import get_args

import pytest

from prosodyn.cli.options import Adaptation, AnySystem, Channel, Device, System
from prosodyn.comparison.systems import SYSTEMS
from prosodyn.errors import ConfigError
from prosodyn.evaluation import adaptation
from prosodyn.model.build import NETWORKS
from prosodyn.training.steps import choose_device
from prosodyn.types import NamedChannel


def test_every_network_can_be_trained() -> None:
    assert set(get_args(System)) == set(NETWORKS)


def test_every_system_can_be_evaluated() -> None:
    assert set(get_args(AnySystem)) == {*NETWORKS, *SYSTEMS}


def test_every_adaptation_can_be_asked_for() -> None:
    assert get_args(Adaptation) == get_args(adaptation.Adaptation)


def test_every_device_can_be_asked_for() -> None:
    with pytest.raises(ConfigError) as refused:
        choose_device("another")

    assert str(list(get_args(Device))) in str(refused.value)


def test_every_channel_can_be_asked_for() -> None:
    assert get_args(Channel) == get_args(NamedChannel)
