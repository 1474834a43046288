"""Settings by name: the experiments that ship with the package, a TOML file of one's own, the comparisons."""

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, overload

from prosodyn.comparison.settings import RECIPE, Comparison, load_comparison
from prosodyn.comparison.systems import SYSTEMS
from prosodyn.config import Experiment
from prosodyn.encoders import find_encoder
from prosodyn.errors import ConfigError
from prosodyn.evaluation.adaptation import Adaptation
from prosodyn.evaluation.protocols import Protocol
from prosodyn.mapping import from_mapping, to_mapping
from prosodyn.toml_files import packaged_names, read_named

Settings = Experiment | Comparison
"""What decides what a system becomes: of a network, or of a classical system."""

FOLDER = "prosodyn.experiments"
"""The package of those that ship."""

Speakers = Literal["known", "new", "followed"]
"""Whose emotions are to be recognised."""


def experiment_names() -> tuple[str, ...]:
    """List the experiments that ship with the package."""
    return packaged_names(FOLDER)


def load_settings(name_or_path: str | None, system: str | None = None, seed: int | None = None) -> Settings:
    """Read the settings of a network or of a classical system.

    Args:
        name_or_path: as `load_experiment`, or `classical`; None for `classical` where the system is
            one of the classical ones, else for `recommended`
        system: a network, or a classical system
        seed: takes the place of the settings' seed

    Raises:
        ConfigError: as `load_experiment`, or a recipe that is not the system's
    """
    is_classical = system in SYSTEMS
    recipe = name_or_path or (RECIPE if is_classical else "recommended")
    if is_classical is not (recipe == RECIPE):
        raise ConfigError(
            f"experiment: '{recipe}' is no recipe for {system or 'the network by default'}; "
            f"'{RECIPE}' is the one of {', '.join(sorted(SYSTEMS))}, and of nothing else"
        )
    if system is not None and is_classical:
        return load_comparison(system, seed)
    return load_experiment(recipe, system, seed)


def load_experiment(name_or_path: str, system: str | None = None, seed: int | None = None) -> Experiment:
    """Read an experiment.

    Args:
        name_or_path: one of `experiment_names`, or the path of a TOML file
        system: takes the place of the experiment's network, all its sizes kept
        seed: takes the place of the experiment's seed

    Raises:
        ConfigError: there is no such experiment, or its file holds what it must not
    """
    values = _with_encoders(_read(name_or_path))
    name = Path(name_or_path).stem
    experiment = from_mapping(Experiment, {"name": name, **values}, name_or_path)
    pretraining_settings(settle(experiment, "followed"))  # so that what is wrong is told now
    if system is not None:
        network = from_mapping(type(experiment.network), {"name": system}, "system").name
        experiment = dataclasses.replace(
            experiment, network=dataclasses.replace(experiment.network, name=network)
        )
    return experiment if seed is None else with_seed(experiment, seed)


def _read(name_or_path: str, built_on_it: tuple[str, ...] = ()) -> dict[str, Any]:
    """Read a file, put over what its `base` names: a shipped experiment, or a file beside it."""
    values = _with_own_encoders(read_named(FOLDER, name_or_path, "experiment"), Path(name_or_path).parent)
    if "base" not in values:
        return values
    base = values.pop("base")
    if isinstance(base, str) and base.endswith(".toml"):
        base = str((Path(name_or_path).parent / base).resolve())
    elif base not in experiment_names():
        expected = f"the name of a file beside it or one of {list(experiment_names())}"
        raise ConfigError(f"{name_or_path}: base: expected {expected}, found {base!r}")
    if base in built_on_it:
        raise ConfigError(f"{name_or_path}: base: {base} is built on itself")
    below = _read(base, (*built_on_it, base))
    return _merged({key: value for key, value in below.items() if key != "about"}, values)


def _with_own_encoders(values: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Put paths in the place of the names of encoders' files that lie beside an experiment's."""
    front_end = values.get("front_end")
    names = front_end.get("encoders") if isinstance(front_end, Mapping) else None
    if not isinstance(front_end, Mapping) or not isinstance(names, list):
        return values
    placed = [
        str(folder / name)
        if isinstance(name, str) and name.endswith(".toml") and (folder / name).exists()
        else name
        for name in names
    ]
    return {**values, "front_end": {**front_end, "encoders": placed}}


def _with_encoders(values: dict[str, Any]) -> dict[str, Any]:
    """Put descriptions of encoders in the place of their names, so that settings say all by themselves."""
    front_end = values.get("front_end")
    if not isinstance(front_end, Mapping):
        return values
    names = front_end.get("encoders")
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        return values  # as it was: whoever reads it says what is wrong with it
    described = [to_mapping(find_encoder(name)) for name in names]
    return {**values, "front_end": {**front_end, "encoders": described}}


def _merged(base: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return tables with others' keys put over theirs, however deep they lie."""
    both = base.keys() & changes.keys()
    deeper = {key for key in both if isinstance(base[key], Mapping) and isinstance(changes[key], Mapping)}
    return {**base, **changes, **{key: _merged(base[key], changes[key]) for key in deeper}}


@overload
def with_seed(settings: Experiment, seed: int) -> Experiment: ...
@overload
def with_seed(settings: Comparison, seed: int) -> Comparison: ...
def with_seed(settings: Settings, seed: int) -> Settings:
    """Return the same settings with another seed of everything random."""
    if isinstance(settings, Comparison):
        return dataclasses.replace(settings, seed=seed)
    return dataclasses.replace(settings, training=dataclasses.replace(settings.training, seed=seed))


def settle(experiment: Experiment, speakers: Speakers) -> Experiment:
    """Settle what depends on whose emotions are to be recognised.

    Level and timbre tell the emotion of a voice that was heard before, and mislead about a stranger's.

    Args:
        experiment: with what differs in `new_speakers` and `followed_speakers`
        speakers: `known` from training, `new`, or new and `followed`: enrolled before any answer

    Returns:
        an experiment in which both are empty; who is followed normalises the features

    Raises:
        ConfigError: one of the two holds what an experiment must not
    """
    settled = dataclasses.replace(experiment, new_speakers={}, followed_speakers={})
    if speakers != "known":
        settled = _changed(settled, experiment.new_speakers, "new_speakers")
    if speakers == "followed":
        settled = _changed(settled, experiment.followed_speakers, "followed_speakers")
        settled = _changed(settled, {"training": {"normalisation": "speaker"}}, "followed_speakers")
    return settled


def pretraining_settings(experiment: Experiment) -> Experiment:
    """Return what a network is trained by on other corpora, before its own.

    Args:
        experiment: settled; who is followed there is followed here

    Raises:
        ConfigError: `pretraining` holds what an experiment must not
    """
    # nothing is held back there, so that nothing selects
    usual = dataclasses.replace(experiment.training, selection="last", validation_share=0.0)
    before = dataclasses.replace(experiment, pretraining={}, pretraining_corpora=(), training=usual)
    changed = _changed(before, experiment.pretraining, "pretraining")
    same = dataclasses.replace(changed.network, summary_weight=experiment.network.summary_weight)
    if (changed.front_end, same) != (experiment.front_end, experiment.network):
        raise ConfigError(
            f"{experiment.name}: pretraining: front end and network must stay as they are but for "
            "network.summary_weight; change what they are trained by"
        )
    if experiment.expects_enrolment:
        return _changed(changed, {"training": {"normalisation": "speaker"}}, "pretraining")
    return changed


def _changed(experiment: Experiment, changes: Mapping[str, Any], where: str) -> Experiment:
    return from_mapping(Experiment, _merged(to_mapping(experiment), changes), f"{experiment.name}: {where}")


def fold_settings(settings: Settings, protocol: Protocol, adaptation: Adaptation) -> Settings:
    """Return what the folds of a protocol are trained by.

    Args:
        settings: as they were loaded
        protocol: tells whether the speakers that are tested are heard in training
        adaptation: but for `none`, speakers are enrolled, and what is trained follows them

    Raises:
        ConfigError: a classical system, which follows nobody, is to be adapted
    """
    if isinstance(settings, Comparison):
        if adaptation != "none":
            raise ConfigError(f"system: {settings.system} follows no speaker; leave the adaptation out")
        return settings
    if adaptation != "none":
        return settle(settings, "followed")
    return settle(settings, "new" if protocol.new_speakers else "known")
