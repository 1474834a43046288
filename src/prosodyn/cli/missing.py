"""What `reproduce` needs that is not here: corpora, folders of speech, encoders."""

from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING

from prosodyn.errors import BundleError, CorpusNotFoundError

if TYPE_CHECKING:
    from prosodyn.training.cells import Cell


def heard_besides(cell: "Cell") -> tuple[str, ...]:
    """Name the encoders that a cell hears by or learns from, and the recordings that it hears before its own.

    Encoders of one's own are left out: they were here when the settings were read, or are asked for by hash.
    """
    from prosodyn.config import PITCH_TEACHER
    from prosodyn.encoders import encoder_names
    from prosodyn.training.experiment import load_settings

    settings = load_settings(cell.recipe, cell.system)
    encoders = () if settings.front_end is None else settings.front_end.encoders
    distillation = getattr(settings, "distillation", None)
    encoders += () if distillation is None else distillation.encoders
    own = {PITCH_TEACHER, *(each.name for each in encoders)} - set(encoder_names())
    return tuple(name for name in settings.outside_data if name not in own)


def lacks(cell: "Cell", missing: Mapping[str, str]) -> str:
    """Say what kind of thing a cell cannot be run without; nothing where all is here."""
    from prosodyn.encoders import encoder_names

    lacking = missing.keys() & {*cell.corpora, *heard_besides(cell)}
    if not lacking:
        return ""
    return "no encoder" if lacking <= set(encoder_names()) else "no corpus"


def folders_of(cell: "Cell") -> set[str]:
    """Name the folders of recordings, which are no corpora, that a cell hears before its own."""
    from prosodyn import corpora
    from prosodyn.training.experiment import load_settings

    distillation = getattr(load_settings(cell.recipe, cell.system), "distillation", None)
    named = () if distillation is None else (*distillation.speech, *distillation.noise)
    return {*named} - {corpora.TOY, *corpora.names()}


def find_missing(names: Iterable[str], folders: Collection[str]) -> dict[str, str]:
    """Return why each corpus, folder, and encoder that is described here, is not here.

    Raises:
        CorpusError: an unknown name
    """
    from prosodyn.corpora import TOY, find_root
    from prosodyn.corpora.unlabelled import find_folder
    from prosodyn.encoders import check_encoder, encoder_names

    missing = {}
    for name in names:
        try:
            if name in encoder_names():
                check_encoder(name)
            elif name in folders:
                find_folder(name)
            elif name != TOY:
                find_root(name)
        except (CorpusNotFoundError, BundleError) as fault:
            missing[name] = str(fault)
    return missing
