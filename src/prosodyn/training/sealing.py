"""That nothing is heard before which is tested."""

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
    sounds = {tuple(utterance_identity(each)[2:5]): each.id for each in heard}
    for each in own:
        twin = sounds.get(tuple(utterance_identity(each)[2:5]))
        if twin is not None:
            raise TrainingError(
                f"{stage}: '{twin}' is the recording that is tested as '{each.id}'; leave one of them out"
            )
