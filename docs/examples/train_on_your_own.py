"""Train a recogniser on one's own recordings, `calls/<speaker>/<emotion>/….wav`, and use it."""

from pathlib import Path

import prosodyn
from prosodyn.training.experiment import load_experiment
from prosodyn.training.place import RunPlace
from prosodyn.training.recipe import Lesson, Naming, train_network, write_trained
from prosodyn.training.steps import choose_device

lesson = Lesson(load_experiment("small.toml"), train=prosodyn.corpora.load_any("calls"))
module = train_network(lesson, RunPlace(choose_device("auto")))

naming = Naming(
    name="calls",
    description="Tells the emotions of our own calls apart.",
    licence="private",
    limits="Knows the speakers it was trained on.",
    command="python train_on_your_own.py",
)
write_trained(Path("my-bundle"), module, lesson, naming)

print(prosodyn.load("my-bundle").labels)
