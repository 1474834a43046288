"""Experiments by name: the settings that ship with the package, or a TOML file of one's own."""

import dataclasses
from importlib import resources
from pathlib import Path

from prosodyn.config import Experiment, read_toml
from prosodyn.errors import ConfigError
from prosodyn.evaluation.adaptation import Adaptation
from prosodyn.mapping import from_mapping


def experiment_names() -> tuple[str, ...]:
    """List the experiments that ship with the package."""
    folder = resources.files("prosodyn.experiments")
    return tuple(
        sorted(file.name.removesuffix(".toml") for file in folder.iterdir() if file.name.endswith(".toml"))
    )


def load_experiment(name_or_path: str, system: str | None = None, seed: int | None = None) -> Experiment:
    """Read an experiment.

    Args:
        name_or_path: one of `experiment_names`, or the path of a TOML file
        system: takes the place of the experiment's network, all its sizes kept
        seed: takes the place of the experiment's seed

    Raises:
        ConfigError: there is no such experiment, or its file holds what it must not
    """
    if name_or_path in experiment_names():
        with resources.as_file(resources.files("prosodyn.experiments") / f"{name_or_path}.toml") as path:
            values = read_toml(path)
    elif name_or_path.endswith(".toml"):
        values = read_toml(Path(name_or_path))
    else:
        raise ConfigError(
            f"experiment: no '{name_or_path}', expected one of {list(experiment_names())} or a .toml file"
        )
    name = Path(name_or_path).stem
    experiment = from_mapping(Experiment, {"name": name, **values}, name_or_path)
    if system is not None:
        network = from_mapping(type(experiment.network), {"name": system}, "system").name
        experiment = dataclasses.replace(
            experiment, network=dataclasses.replace(experiment.network, name=network)
        )
    if seed is not None:
        experiment = dataclasses.replace(
            experiment, training=dataclasses.replace(experiment.training, seed=seed)
        )
    return experiment


def adapted_settings(experiment: Experiment, adaptation: Adaptation) -> Experiment:
    """Return the settings that teach a recogniser to follow speakers, where it shall be adapted to them."""
    if adaptation == "none":
        return experiment
    return dataclasses.replace(
        experiment, training=dataclasses.replace(experiment.training, normalisation="speaker")
    )
