"""That nothing is heard before which is tested."""

import dataclasses
from collections.abc import Sequence

from prosodyn.errors import TrainingError
from prosodyn.training.identity import utterance_identity
from prosodyn.types import Utterance


def refuse_shared(heard: Sequence[Utterance], own: Sequence[Utterance], stage: str = "pretraining") -> None:
    """Refuse to hear before what is to be tested.

    Args:
        heard: before
        own: of the corpus under test
        stage: names what would hear it

    Raises:
        TrainingError: a corpus, or a file, that stands on both sides
    """
    shared = sorted({each.corpus for each in heard} & {each.corpus for each in own})
    if shared:
        raise TrainingError(f"{stage}: hears '{shared[0]}', which is tested; leave it out")
    sounds = {_file_of(each): each.id for each in heard}
    for each in own:
        twin = sounds.get(_file_of(each))
        if twin is not None:
            raise TrainingError(
                f"{stage}: '{twin}' is the same recording as '{each.id}', which must not be heard before; "
                "leave one of them out"
            )


def _file_of(utterance: Utterance) -> str:
    """Identify the whole recording, of which an utterance may be a part."""
    *_, sound = utterance_identity(dataclasses.replace(utterance, channel=""))
    return str(sound)
