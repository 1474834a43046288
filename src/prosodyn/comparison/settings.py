"""Every setting of a comparison, as `config.Experiment` holds those of a network."""

from dataclasses import dataclass

from prosodyn.comparison.systems import SYSTEMS
from prosodyn.config import FrontEndConfig
from prosodyn.errors import ConfigError

RECIPE = "classical"
"""Name of the recipe that all systems share."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """One comparison: everything that decides what a classical system becomes.

    Attributes:
        system: a name of `SYSTEMS`
        about: one sentence on the system
        front_end: waveform to features; None where encoders or openSMILE are one
        candidates: values of the system's hyper-parameter, the plainest first
        seed: of everything random
        name: of the recipe
    """

    system: str
    about: str
    front_end: FrontEndConfig | None
    candidates: tuple[float, ...]
    seed: int = 0
    name: str = RECIPE

    @property
    def validation_share(self) -> float:
        """Return the share of the training side that is held back: none, an inner split takes its turns."""
        return 0.0

    @property
    def outside_data(self) -> tuple[str, ...]:
        """Return what was learnt from beyond the corpus: the encoders that the system hears by."""
        return SYSTEMS[self.system].encoders

    @property
    def expects_enrolment(self) -> bool:
        """Tell whether other recordings of a speaker are heard first: a classical system follows nobody."""
        return False


def load_comparison(system: str, seed: int | None = None) -> Comparison:
    """Return the settings of a classical system.

    Args:
        system: a name of `SYSTEMS`
        seed: in place of zero

    Raises:
        ConfigError: there is no such system
    """
    if system not in SYSTEMS:
        raise ConfigError(f"system: expected one of {sorted(SYSTEMS)}, found '{system}'")
    declared = SYSTEMS[system]
    return Comparison(system, declared.about, declared.front_end, declared.candidates, seed or 0)
