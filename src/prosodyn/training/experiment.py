"""Settings by name, of networks and of the systems to compare with, and what follows from them."""

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, overload

from prosodyn.comparison.settings import RECIPE, Comparison, load_comparison
from prosodyn.comparison.systems import SYSTEMS
from prosodyn.config import AnyEncoder, Experiment, NetworkConfig, TrainingConfig
from prosodyn.errors import ConfigError
from prosodyn.evaluation.adaptation import Adaptation
from prosodyn.evaluation.protocols import Protocol
from prosodyn.mapping import from_mapping, to_mapping
from prosodyn.training.experiment_files import merged, read_tables

Settings = Experiment | Comparison
"""What decides what a system becomes: of a network, or of a classical system."""

Speakers = Literal["known", "new", "followed"]
"""Whose emotions are to be recognised."""


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
    values = read_tables(name_or_path)
    name = Path(name_or_path).stem
    experiment = from_mapping(Experiment, {"name": name, **values}, name_or_path)
    settle(experiment, "known")  # so that what is wrong is told now
    followed = settle(experiment, "followed")
    pretraining_settings(followed)
    if experiment.distils:
        distillation_settings(followed)
    if system is not None:
        network = from_mapping(type(experiment.network), {"name": system}, "system").name
        experiment = dataclasses.replace(
            experiment, network=dataclasses.replace(experiment.network, name=network)
        )
    return experiment if seed is None else with_seed(experiment, seed)


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
        experiment: with what differs in the tables `BY_SPEAKERS` of `experiment_files`
        speakers: `known` from training, `new`, or new and `followed`: enrolled before any answer

    Returns:
        an experiment in which these are empty; who is followed normalises the features

    Raises:
        ConfigError: one of them holds what an experiment must not
    """
    settled = dataclasses.replace(experiment, known_speakers={}, new_speakers={}, followed_speakers={})
    if speakers == "known":
        settled = _changed(settled, experiment.known_speakers, "known_speakers")
    else:
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
    usual = dataclasses.replace(experiment.training, selection="last", validation_share=0.0, held_out_folds=0)
    before = dataclasses.replace(
        experiment, pretraining={}, pretraining_corpora=(), distillation=None, training=usual
    )
    changed = _changed(before, experiment.pretraining, "pretraining")
    same = dataclasses.replace(changed.network, summary_weight=experiment.network.summary_weight)
    heard, wanted = ((each.front_end, each.training.level) for each in (changed, experiment))
    if (heard, same) != (wanted, experiment.network):
        raise ConfigError(
            f"{experiment.name}: pretraining: front end, training.level and network must stay as they are "
            "but for network.summary_weight; change what they are trained by"
        )
    if experiment.expects_enrolment:
        return _changed(changed, {"training": {"normalisation": "speaker"}}, "pretraining")
    return changed


def distillation_settings(experiment: Experiment) -> Experiment:
    """Return what a network is distilled by, which experiments share that differ in what comes after.

    Args:
        experiment: settled, that distils

    Raises:
        ConfigError: `distillation.training` holds what a training must not
    """
    assert experiment.distillation is not None
    usual = TrainingConfig()
    # whatever is about emotions, speakers and what is held back has no meaning there
    training = dataclasses.replace(
        experiment.training,
        selection="last",
        validation_share=0.0,
        level=usual.level,
        normalisation="corpus",
        renew_normalisation=False,
        balance=0.0,
        label_smoothing=usual.label_smoothing,
        class_weights=usual.class_weights,
        heads=usual.heads,
    )
    votes = NetworkConfig()
    network = dataclasses.replace(
        experiment.network,
        summary_weight=votes.summary_weight,
        summary_members=votes.summary_members,
        summary_dropout=votes.summary_dropout,
    )
    alone = Experiment(
        "distillation",
        front_end=experiment.front_end,
        network=network,
        training=training,
        distillation=dataclasses.replace(experiment.distillation, training={}),
    )
    try:
        changed = _changed(alone, {"training": experiment.distillation.training}, "training")
    except ConfigError as fault:
        raise ConfigError(f"{experiment.name}: {fault}") from fault
    trained = changed.training
    if (trained.selection, trained.validation_share, trained.level) != ("last", 0.0, usual.level):
        raise ConfigError(
            f"{experiment.name}: distillation.training: nothing is held back there that could select, and "
            "speech is as loud as it is; leave 'selection', 'validation_share' and 'level' out"
        )
    return changed


def without_folders(experiment: Experiment) -> Experiment:
    """Return settings that do not tell where on this machine the files of encoders lie."""
    front_end = dataclasses.replace(experiment.front_end, encoders=_anywhere(experiment.front_end.encoders))
    distillation = experiment.distillation
    if distillation is not None:
        distillation = dataclasses.replace(distillation, encoders=_anywhere(distillation.encoders))
    return dataclasses.replace(experiment, front_end=front_end, distillation=distillation)


def _anywhere(encoders: tuple[AnyEncoder, ...]) -> tuple[AnyEncoder, ...]:
    return tuple(dataclasses.replace(encoder, folder="") for encoder in encoders)


def _changed(experiment: Experiment, changes: Mapping[str, Any], where: str) -> Experiment:
    return from_mapping(Experiment, merged(to_mapping(experiment), changes), f"{experiment.name}: {where}")


def fold_settings(settings: Settings, protocol: Protocol, adaptation: Adaptation) -> Settings:
    """Return what the folds of a protocol are trained by.

    Args:
        settings: as they were loaded
        protocol: tells whether the speakers that are tested are heard in training
        adaptation: but for `none`, speakers are enrolled, and what is trained follows them

    Raises:
        ConfigError: a classical system, which follows nobody, is to be adapted, or a network without a
            summary to be self-trained
    """
    if isinstance(settings, Comparison):
        if adaptation != "none":
            raise ConfigError(f"system: {settings.system} follows no speaker; leave the adaptation out")
        return settings
    if adaptation == "self_training" and not settings.network.summary_size:
        raise ConfigError(
            f"{settings.name}: self-training goes by the summary of an utterance, which network.summary_size "
            "leaves out; take another adaptation"
        )
    if adaptation != "none":
        return settle(settings, "followed")
    return settle(settings, "new" if protocol.new_speakers else "known")
