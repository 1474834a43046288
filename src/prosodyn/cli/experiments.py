"""The verb `experiments`: the settings that come with the package."""

from prosodyn.cli.terminal import show_table

EXAMPLE = "Example: prosodyn experiments"


def experiments() -> None:
    """List the experiments that come with prosodyn, for `--experiment`."""
    from prosodyn.training.experiment import load_experiment
    from prosodyn.training.experiment_files import experiment_names

    rows = [(name, load_experiment(name).about) for name in experiment_names()]
    show_table(("name", "about"), rows)
