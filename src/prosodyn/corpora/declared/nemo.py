"""nEMO, a corpus of emotional speech in Polish.

`samples/WR0_surprised_64.wav` is speaker, emotion and sentence. The ninety sentences are the same
for all emotions. `data.tsv` repeats emotion and speaker and adds the words.
"""

import re
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from prosodyn.corpora.base import Corpus, Download, Fields
from prosodyn.corpora.naming import match_name
from prosodyn.corpora.tree import find_beside, read_list
from prosodyn.errors import CorpusError

NAME = re.compile(r"(?P<speaker>[A-Z]{2}\d)_(?P<code>[a-z]+)_(?P<text>\d{1,2})")


def parse(path: PurePosixPath) -> Fields:
    """Read speaker, emotion and sentence from a name such as `WR0_surprised_64`."""
    name = match_name(NAME, path.stem, "WR0_surprised_64.wav")
    return Fields(id=path.stem, speaker=name["speaker"], code=name["code"], text=name["text"])


def codes(root: Path) -> Mapping[str, str]:
    """Read the emotions of `data.tsv`, to compare them with the names; none where it is not there.

    Raises:
        CorpusError: it is not the table it should be
    """
    path = find_beside(root, "data.tsv", inner="samples")
    if path is None:
        return {}
    head, *rows = (line.split("\t") for line in read_list(path, "utf-8").splitlines() or [""])
    if not {"file_id", "emotion"} <= set(head) or any(len(row) != len(head) for row in rows):
        raise CorpusError(f"{path}: is no table with the columns file_id and emotion; copy it again")
    name, emotion = head.index("file_id"), head.index("emotion")
    return {PurePosixPath(row[name]).stem: row[emotion] for row in rows}


CORPUS = Corpus(
    name="nemo",
    description="Nine Polish actors, ninety sentences, six acted emotions.",
    language="pol",
    licence="CC-BY-NC-SA-4.0",
    citation="Christop, nEMO: dataset of emotional speech in Polish, LREC-COLING 2024",
    homepage="https://github.com/amu-cai/nEMO",
    how_to_get="It is open for non-commercial use: `prosodyn corpora fetch nemo`, or clone its homepage.",
    labels={
        "anger": "anger", "fear": "fear", "happiness": "happiness",
        "neutral": "neutral", "sadness": "sadness", "surprised": "surprise",
    },
    parse=parse,
    codes=codes,
    utterances=4481,
    speakers=9,
    emotions={
        "anger": 749, "fear": 736, "happiness": 749, "neutral": 809, "sadness": 769, "surprise": 669,
    },
    genders=dict.fromkeys(("EB0", "IC0", "KD0", "MK0"), "female")
    | dict.fromkeys(("KS0", "MP0", "SM0", "TP0", "WR0"), "male"),
    download=(Download("https://github.com/amu-cai/nEMO/archive/cb2e832b701d28c92fa6d220a2d8293b685a1c77.zip"),),
)  # fmt: skip
