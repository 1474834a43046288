"""The shipped experiments, and one's own."""

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from prosodyn.comparison.settings import load_comparison
from prosodyn.comparison.systems import SYSTEMS
from prosodyn.config import AugmentConfig, Experiment
from prosodyn.errors import ConfigError
from prosodyn.evaluation.adaptation import Adaptation
from prosodyn.evaluation.protocols import find_protocol
from prosodyn.training.experiment import (
    fold_settings,
    load_experiment,
    load_settings,
    settle,
)
from prosodyn.training.experiment_files import BY_SPEAKERS, experiment_names
from prosodyn.training.identity import settings_digest

shipped = pytest.mark.parametrize("name", experiment_names())


def test_the_shipped_experiments_are_listed_by_name() -> None:
    assert list(experiment_names()) == sorted(experiment_names())
    assert {"demo", "paper", "recommended"} <= set(experiment_names())


@shipped
def test_a_shipped_experiment_says_what_it_is(name: str) -> None:
    experiment = load_experiment(name)

    assert experiment.name == name
    assert experiment.about.endswith(".")


@shipped
def test_a_shipped_experiment_counts_steps_or_epochs(name: str) -> None:
    training = load_experiment(name).training

    assert training.steps > 0 or training.epochs > 0


@shipped
def test_both_systems_share_everything_but_their_name(name: str) -> None:
    network = load_experiment(name, system="dycnn_bilstm")
    baseline = load_experiment(name, system="cnn_lstm")

    assert baseline.network.name == "cnn_lstm"
    assert network == dataclasses.replace(
        baseline, network=dataclasses.replace(baseline.network, name="dycnn_bilstm")
    )


def test_paper_trains_as_the_paper_says() -> None:
    training = load_experiment("paper").training

    assert training.optimiser == "rmsprop"
    assert (training.learning_rate, training.schedule) == (0.01, "constant")
    assert training.batch_size == 200
    assert (training.steps, training.epochs) == (1000, 0)


def test_paper_adds_nothing_of_its_own() -> None:
    experiment = load_experiment("paper")
    training = experiment.training

    assert experiment.augment == AugmentConfig()
    assert training.label_smoothing == training.weight_decay == training.gradient_clip == 0
    assert training.weight_average == training.validation_share == 0
    assert not training.class_weights
    assert training.selection == "last"


def test_papers_front_end_is_the_papers() -> None:
    front_end = load_experiment("paper").front_end

    assert (front_end.window, front_end.hop, front_end.pre_emphasis) == (480, 240, 0.97)


def test_an_own_file_is_named_by_its_stem(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text("[training]\nepochs = 3\n", encoding="utf-8")

    experiment = load_experiment(str(path))

    assert (experiment.name, experiment.training.epochs) == ("mine", 3)


def test_system_and_seed_take_the_place_of_the_files(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text("[network]\nhidden_size = 6\n[training]\nseed = 1\n", encoding="utf-8")

    experiment = load_experiment(str(path), system="cnn_lstm", seed=9)

    assert (experiment.network.name, experiment.network.hidden_size) == ("cnn_lstm", 6)
    assert experiment.training.seed == 9


def test_an_unknown_experiment_is_refused() -> None:
    with pytest.raises(
        ConfigError, match=r"^experiment: no 'papre', expected one of \['demo', .*\.toml file"
    ):
        load_experiment("papre")


def test_an_unknown_system_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"^system: name: expected one of \['dycnn_bilstm', .*'cnn_lstm'\]"):
        load_experiment("paper", system="transformer")


def test_a_fault_in_an_own_file_is_named_where_it_stands(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text("[training]\nepoch = 3\n", encoding="utf-8")

    with pytest.raises(ConfigError, match=r"mine\.toml: unknown key 'training\.epoch'"):
        load_experiment(str(path))


def test_the_digest_changes_with_every_setting_but_not_with_what_is_said() -> None:
    recommended = load_experiment("recommended")
    others = [
        load_experiment("paper"),
        load_experiment("recommended", system="cnn_lstm"),
        load_experiment("recommended", seed=1),
    ]

    assert len({settings_digest(experiment) for experiment in (recommended, *others)}) == 4
    assert settings_digest(dataclasses.replace(recommended, about="Else.")) == settings_digest(recommended)


@pytest.mark.parametrize("recipe", [None, "classical"])
def test_a_classical_system_has_a_recipe_of_its_own(recipe: str | None) -> None:
    assert load_settings(recipe, "svm", 3) == load_comparison("svm", 3)


@pytest.mark.parametrize("system", [None, "cnn_lstm"])
def test_a_network_is_recommended_where_nothing_is_said(system: str | None) -> None:
    assert load_settings(None, system) == load_experiment("recommended", system)


@pytest.mark.parametrize(
    ("recipe", "system"), [("recommended", "svm"), ("classical", "cnn_lstm"), ("classical", None)]
)
def test_a_recipe_of_the_other_kind_is_refused(recipe: str, system: str | None) -> None:
    with pytest.raises(ConfigError, match=f"'{recipe}' is no recipe for .*'classical' is the one of ann, "):
        load_settings(recipe, system)


@pytest.mark.parametrize("system", SYSTEMS)
def test_what_a_classical_system_is_decides_its_digest(system: str) -> None:
    settings = load_comparison(system)
    others = [
        dataclasses.replace(settings, seed=1),
        dataclasses.replace(settings, candidates=settings.candidates[:1]),
        load_comparison("svm" if system != "svm" else "tree"),
    ]

    assert settings_digest(settings) not in [settings_digest(other) for other in others]
    assert settings_digest(settings) == settings_digest(dataclasses.replace(settings, about="other words"))


def test_a_classical_system_follows_no_speaker() -> None:
    settings = load_comparison("svm")

    assert fold_settings(settings, find_protocol("loso"), "none") == settings
    with pytest.raises(ConfigError, match="svm follows no speaker"):
        fold_settings(settings, find_protocol("loso"), "enrolment")


def test_what_an_experiment_does_not_say_is_that_of_its_base(tmp_path: Path) -> None:
    path = tmp_path / "longer.toml"
    path.write_text('base = "recommended"\nabout = "Longer."\n[training]\nsteps = 1300\n')

    longer, recommended = load_experiment(str(path)), load_experiment("recommended")

    training = dataclasses.replace(recommended.training, steps=1300)
    assert longer == dataclasses.replace(recommended, name="longer", about="Longer.", training=training)


def test_a_file_is_built_on_a_file_beside_it(tmp_path: Path) -> None:
    (tmp_path / "longer.toml").write_text(
        'base = "recommended"\nabout = "Longer."\n[training]\nsteps = 1300\n'
    )
    path = tmp_path / "wider.toml"
    path.write_text('base = "longer.toml"\n[network]\nhidden_size = 32\n')

    wider = load_experiment(str(path))

    assert (wider.training.steps, wider.network.hidden_size) == (1300, 32)
    assert wider.training.batch_size == load_experiment("recommended").training.batch_size


def test_what_is_built_on_nothing_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "built-on-sand.toml"
    path.write_text('base = "sand"\n')

    with pytest.raises(ConfigError, match=r"base: expected .* beside it or one of \['demo', .*found 'sand'"):
        load_experiment(str(path))


@pytest.mark.parametrize("spelling", ["hen.toml", "./hen.toml", "../{folder}/hen.toml"])
def test_what_is_built_on_itself_is_refused(tmp_path: Path, spelling: str) -> None:
    hen = tmp_path / "hen.toml"
    hen.write_text('base = "egg.toml"\n')
    (tmp_path / "egg.toml").write_text(f'base = "{spelling.format(folder=tmp_path.name)}"\n')

    with pytest.raises(ConfigError, match="is built on itself"):
        load_experiment(str(hen))


@pytest.fixture
def for_strangers_too(tmp_path: Path) -> Experiment:
    """Return an experiment that shows the network another view where speakers are new."""
    path = tmp_path / "two.toml"
    path.write_text(
        '[network]\nviews = ["plain", "centred"]\nhidden_size = 32\n'
        '[new_speakers.network]\nviews = ["centred"]\n[new_speakers.training]\nsteps = 7\n'
        "[followed_speakers.training]\nsteps = 9\n[known_speakers.training]\nsteps = 5\n"
    )
    return load_experiment(str(path))


@pytest.mark.parametrize(
    ("protocol", "adaptation", "views"),
    [
        ("kfold10", "none", ("plain", "centred")),
        ("text_independent", "none", ("plain", "centred")),
        ("loso", "none", ("centred",)),
        ("leave_one_session_out", "none", ("centred",)),
        ("cross_corpus", "none", ("centred",)),
        ("loso", "all", ("centred",)),
        ("loso", "enrolment", ("centred",)),
    ],
)
def test_the_protocol_tells_whether_speakers_are_new(
    for_strangers_too: Experiment, protocol: str, adaptation: Adaptation, views: tuple[str, ...]
) -> None:
    settings = fold_settings(for_strangers_too, find_protocol(protocol), adaptation)
    assert isinstance(settings, Experiment)
    assert settings.network.views == views


def test_what_new_speakers_do_not_change_stays(for_strangers_too: Experiment) -> None:
    settled = settle(for_strangers_too, "new")
    assert (settled.network.hidden_size, settled.training.steps) == (32, 7)
    assert settled.new_speakers == {}


def test_settling_for_known_speakers_changes_nothing_else(for_strangers_too: Experiment) -> None:
    settled = settle(for_strangers_too, "known")
    training = dataclasses.replace(for_strangers_too.training, steps=5)
    nothing_left: dict[str, Any] = {table: {} for table in BY_SPEAKERS}
    assert settled == dataclasses.replace(for_strangers_too, training=training, **nothing_left)


def test_what_a_file_says_holds_for_all_speakers_whatever_its_base_says_of_some(
    for_strangers_too: Experiment, tmp_path: Path
) -> None:
    own = tmp_path / "own.toml"
    own.write_text('base = "two.toml"\n[training]\nsteps = 3\n[followed_speakers.training]\nsteps = 4\n')

    experiment = load_experiment(str(own))

    assert [settle(experiment, whose).training.steps for whose in ("known", "new", "followed")] == [3, 3, 4]
    assert settle(experiment, "new").network == settle(for_strangers_too, "new").network


def test_who_is_self_trained_is_followed_by_a_summary(for_strangers_too: Experiment) -> None:
    with pytest.raises(ConfigError, match=r"goes by the summary .* network\.summary_size leaves out"):
        fold_settings(for_strangers_too, find_protocol("loso"), "self_training")
    network = dataclasses.replace(for_strangers_too.network, summary_size=8)
    shown = dataclasses.replace(for_strangers_too, network=network)
    assert fold_settings(shown, find_protocol("loso"), "self_training") == settle(shown, "followed")


@pytest.mark.parametrize("adaptation", ["all", "enrolment"])
def test_who_is_followed_is_new_and_normalises_the_features(
    for_strangers_too: Experiment, adaptation: Adaptation
) -> None:
    settled = fold_settings(for_strangers_too, find_protocol("loso"), adaptation)

    assert settled == settle(for_strangers_too, "followed")
    assert isinstance(settled, Experiment)
    assert settled.network.views == ("centred",)
    assert (settled.training.steps, settled.training.normalisation) == (9, "speaker")
    assert settled.known_speakers == settled.new_speakers == settled.followed_speakers == {}


@pytest.mark.parametrize("whose", BY_SPEAKERS)
def test_settings_for_some_speakers_are_checked_when_they_are_read(tmp_path: Path, whose: str) -> None:
    path = tmp_path / "wrong.toml"
    path.write_text(f"[{whose}.network]\nvews = 3\n")
    with pytest.raises(ConfigError, match=rf"wrong: {whose}: unknown key 'network\.vews'"):
        load_experiment(str(path))
