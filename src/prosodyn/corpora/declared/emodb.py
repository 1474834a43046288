"""EmoDB, the Berlin Database of Emotional Speech.

`wav/03a01Fa.wav` is speaker 03, sentence a01, emotion F, take a. The sentences are the same for all
emotions. `erkennung.txt` says how many of some twenty listeners recognised the emotion,
also for utterances that were not released.
"""

import re
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from prosodyn.corpora.base import Corpus, Download, Fields
from prosodyn.corpora.naming import match_name
from prosodyn.corpora.tree import find_beside, read_list
from prosodyn.errors import CorpusError, CorpusNotFoundError

NAME = re.compile(r"(?P<speaker>\d\d)(?P<text>[ab]\d\d)(?P<code>[A-Z])(?P<take>[a-z])")


def parse(path: PurePosixPath) -> Fields:
    """Read speaker, sentence and emotion from a name such as `03a01Fa`."""
    name = match_name(NAME, path.stem, "03a01Fa.wav")
    return Fields(id=path.stem, speaker=name["speaker"], code=name["code"], text=name["text"])


def human_recognition(root: Path) -> Mapping[str, float]:
    """Read how many listeners recognised the intended emotion of each utterance.

    Args:
        root: the official tree, or its folder `wav`

    Returns:
        utterance to percent, also for utterances that were not released

    Raises:
        CorpusNotFoundError: `erkennung.txt` is not there
        CorpusError: it is not the table it should be
    """
    path = find_beside(root, "erkennung.txt", inner="wav")
    if path is None:
        raise CorpusNotFoundError(f"{root / 'erkennung.txt'}: not found; it comes with the official archive")
    rates = {}
    for number, line in enumerate(read_list(path, "latin-1").splitlines(), start=1):
        row = line.split()  # number, file, recognised, natural; Latin-1 has hard spaces in between
        if not row or row[0] == "Nr.":
            continue
        try:
            rates[Path(row[1]).stem] = float(row[2].replace(",", "."))
        except (IndexError, ValueError) as fault:
            raise CorpusError(
                f"{path}, line {number}: expected a file and a percentage; copy it again"
            ) from fault
    return rates


CORPUS = Corpus(
    name="emodb",
    description="Ten German actors, ten everyday sentences, seven acted emotions.",
    language="deu",
    licence="CC0-1.0",
    citation="Burkhardt et al., A database of German emotional speech, Interspeech 2005",
    homepage="http://emodb.bilderbar.info/",
    how_to_get="It is open: `prosodyn corpora fetch emodb`, or download.zip from its homepage.",
    labels={
        "W": "anger", "L": "boredom", "E": "disgust", "A": "fear",
        "F": "happiness", "T": "sadness", "N": "neutral",
    },
    parse=parse,
    utterances=535,
    speakers=10,
    emotions={
        "anger": 127, "boredom": 81, "disgust": 46, "fear": 69,
        "happiness": 71, "sadness": 62, "neutral": 79,
    },
    genders=dict.fromkeys(("03", "10", "11", "12", "15"), "male")
    | dict.fromkeys(("08", "09", "13", "14", "16"), "female"),
    download=(Download("http://emodb.bilderbar.info/download/download.zip"),),
)  # fmt: skip
