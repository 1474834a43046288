"""The systems by name: what each hears, what is fitted to it, and which sizes of that are tried."""

from collections.abc import Mapping
from dataclasses import dataclass

from prosodyn.comparison.ann import Perceptron
from prosodyn.comparison.feature_sets import ENCODERS, FeatureSetName
from prosodyn.comparison.gmm import GaussianMixtures
from prosodyn.comparison.hmm import MarkovModels
from prosodyn.comparison.knn import NearestNeighbours
from prosodyn.comparison.method import Method
from prosodyn.comparison.svm import LinearSvm
from prosodyn.comparison.tree import DecisionTree
from prosodyn.config import FrontEndConfig


@dataclass(frozen=True, slots=True)
class System:
    """What a name stands for.

    Attributes:
        about: in a few words
        feature_set: what it hears
        front_end: of the feature set; None where encoders or openSMILE are one
        method: what is fitted to that
        parameter: name of the method's one hyper-parameter
        candidates: its values, the plainest first; an inner split of the training side chooses
    """

    about: str
    feature_set: FeatureSetName
    front_end: FrontEndConfig | None
    method: type[Method]
    parameter: str
    candidates: tuple[float, ...]

    @property
    def packages(self) -> tuple[str, ...]:
        """Return the packages that make a difference to what is fitted, torch aside."""
        wanted = (self.method.fitted_by, "opensmile" if self.by_opensmile else "")
        return tuple(package for package in wanted if package)

    @property
    def by_opensmile(self) -> bool:
        """Tell whether it hears by openSMILE, whose licence is not free."""
        return self.feature_set in ("egemaps", "compare")

    @property
    def encoders(self) -> tuple[str, ...]:
        """Return the pretrained encoders that it hears by."""
        return ENCODERS if self.feature_set == "states" else ()


LOGMEL, MFCC = FrontEndConfig(), FrontEndConfig(name="mfcc")
PRICES = (1e-4, 1e-3, 1e-2, 1e-1, 1.0)

SYSTEMS: Mapping[str, System] = {
    "ann": System(
        about="Multilayer perceptron on statistics of log-mel bands",
        feature_set="statistics",
        front_end=LOGMEL,
        method=Perceptron,
        parameter="units",
        candidates=(16, 64, 256),
    ),
    "gmm": System(
        about="Gaussian mixtures of MFCC frames",
        feature_set="frames",
        front_end=MFCC,
        method=GaussianMixtures,
        parameter="components",
        candidates=(8, 16, 32),
    ),
    "hmm": System(
        about="Hidden Markov models of MFCC frames",
        feature_set="frames",
        front_end=MFCC,
        method=MarkovModels,
        parameter="states",
        candidates=(2, 4, 8),
    ),
    "knn": System(
        about="Nearest neighbours by statistics of log-mel bands",
        feature_set="statistics",
        front_end=LOGMEL,
        method=NearestNeighbours,
        parameter="k",
        candidates=(25, 9, 5, 1),
    ),
    "svm": System(
        about="Linear SVM on statistics of log-mel bands",
        feature_set="statistics",
        front_end=LOGMEL,
        method=LinearSvm,
        parameter="C",
        candidates=PRICES,
    ),
    "svm_compare": System(
        about="Linear SVM on openSMILE's ComParE 2016",
        feature_set="compare",
        front_end=None,
        method=LinearSvm,
        parameter="C",
        candidates=PRICES,
    ),
    "svm_egemaps": System(
        about="Linear SVM on openSMILE's eGeMAPSv02",
        feature_set="egemaps",
        front_end=None,
        method=LinearSvm,
        parameter="C",
        candidates=PRICES,
    ),
    "svm_states": System(
        about="Linear SVM on pooled hidden states of pretrained encoders",
        feature_set="states",
        front_end=None,
        method=LinearSvm,
        parameter="C",
        candidates=PRICES,
    ),
    "tree": System(
        about="Decision tree on statistics of log-mel bands",
        feature_set="statistics",
        front_end=LOGMEL,
        method=DecisionTree,
        parameter="depth",
        candidates=(3, 5, 7, 10, 15),
    ),
}
"""The six that the seed paper names, two outside peers, and the simple use of pretrained encoders."""
