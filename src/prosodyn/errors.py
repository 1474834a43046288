"""Every error that prosodyn raises on purpose.

A message says what is wrong, where, and what to do instead; the command line
prints it without a traceback and ends with the class's exit code.

    ProsodynError               1
    ├── ConfigError             2   a setting or an experiment file
    ├── AudioError              3   a recording
    │   ├── UnreadableAudioError    missing, not audio, truncated, forbidden
    │   ├── EmptyAudioError         no samples
    │   ├── SilentAudioError        samples, but no sound
    │   ├── InvalidSamplesError     NaN, infinity, wrong shape or type
    │   └── FatalAudioError         ends the process that reads it
    ├── CorpusError             4   a corpus, a folder of recordings, a manifest
    │   ├── CorpusNotFoundError     not where it was looked for
    │   ├── CorpusIncompleteError   other counts than declared
    │   ├── UnknownLabelError       a code or an emotion outside the vocabulary
    │   ├── ManifestError           a row or column of a manifest
    │   └── FetchError              a download that failed or does not match
    ├── EvaluationError         5   a protocol or metric that cannot be computed
    ├── BundleError             6   a trained recogniser on disk
    ├── TrainingError           7   a training run
    ├── ExportError             8   an exported graph that does not match
    ├── MissingExtraError       9   an optional package that is not installed
    └── OutputError            10   a file that cannot be written
"""

from typing import ClassVar


class ProsodynError(Exception):
    """Base of every error that prosodyn raises on purpose."""

    exit_code: ClassVar[int] = 1


class ConfigError(ProsodynError):
    """A setting is unknown, of the wrong type or out of range."""

    exit_code = 2


class AudioError(ProsodynError):
    """A recording cannot be used."""

    exit_code = 3


class UnreadableAudioError(AudioError):
    """A file is missing, forbidden, truncated or not audio."""


class EmptyAudioError(AudioError):
    """A recording holds no samples."""


class SilentAudioError(AudioError):
    """A recording holds samples, but no sound."""


class InvalidSamplesError(AudioError):
    """Samples are not finite numbers of a usable shape and type."""


class FatalAudioError(AudioError):
    """A file ended every process that read it, by a crash, by filling the memory, or by taking forever."""


class CorpusError(ProsodynError):
    """A corpus, a folder of recordings or a manifest is not as declared."""

    exit_code = 4


class CorpusNotFoundError(CorpusError):
    """A corpus is not where it was looked for."""


class CorpusIncompleteError(CorpusError):
    """A corpus holds other counts than it declares."""


class UnknownLabelError(CorpusError):
    """A code or an emotion lies outside the vocabulary."""


class ManifestError(CorpusError):
    """A row or a column of a manifest cannot be used."""


class FetchError(CorpusError):
    """A download failed or does not match its checksum."""


class EvaluationError(ProsodynError):
    """A protocol or a metric cannot be computed from what was given."""

    exit_code = 5


class BundleError(ProsodynError):
    """A trained recogniser on disk is missing, broken or of another version."""

    exit_code = 6


class TrainingError(ProsodynError):
    """A training run cannot start or go on."""

    exit_code = 7


class ExportError(ProsodynError):
    """An exported graph differs from the network it was made from."""

    exit_code = 8


class MissingExtraError(ProsodynError, ImportError):
    """An optional package is not installed."""

    exit_code = 9

    def __init__(self, package: str, extra: str, purpose: str) -> None:
        # an exception is rebuilt from these where it passes from one process to another
        super().__init__(package, extra, purpose)

    def __str__(self) -> str:
        package, extra, purpose = self.args
        return f"{purpose} needs the package '{package}': pip install 'prosodyn[{extra}]'"


class OutputError(ProsodynError):
    """A file cannot be written where it was asked for."""

    exit_code = 10
