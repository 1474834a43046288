"""Without scikit-learn the room is there, and an estimator says what brings it."""

import subprocess
import sys

import pytest

import prosodyn
from prosodyn import estimators

HIDDEN = """
import sys
sys.modules["sklearn"] = None
import prosodyn
print(prosodyn.estimators.__all__)
try:
    from prosodyn.estimators import EmotionClassifier
except prosodyn.errors.MissingExtraError as fault:
    print(fault)
"""

QUICK = """
import sys
import prosodyn
prosodyn.estimators
prosodyn.signal_probabilities
print({"sklearn", "torch"} & set(sys.modules))
"""


def run(code: str) -> list[str]:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


def test_without_scikit_learn_an_estimator_names_the_extra() -> None:
    assert run(HIDDEN) == [
        "['EmotionClassifier', 'EmotionEmbedding']",
        "EmotionClassifier needs the package 'scikit-learn': pip install 'prosodyn[estimators]'",
    ]


def test_scikit_learn_is_loaded_with_the_first_estimator() -> None:
    assert run(QUICK) == ["set()"]


def test_an_editor_sees_every_estimator() -> None:
    assert set(estimators.__all__) <= set(dir(prosodyn.estimators))


def test_a_misspelt_estimator_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'EmotionClasifier'"):
        estimators.EmotionClasifier  # noqa: B018
