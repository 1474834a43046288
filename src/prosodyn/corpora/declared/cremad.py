"""CREMA-D, the crowd-sourced emotional multimodal actors dataset.

`AudioWAV/1001_IEO_HAP_HI.wav` is actor, sentence, emotion, level. The twelve sentences are the same
for all emotions. `AudioMP3` holds what the raters heard, some of it broken: it is not read.
"""

import re
from pathlib import PurePosixPath

from prosodyn.corpora.base import Corpus, Fields, KnownFault
from prosodyn.corpora.naming import match_name

# one X in 1040_ITH_SAD_X, as clones from before the end of 2022 have it
NAME = re.compile(r"(?P<actor>\d{4})_(?P<sentence>[A-Z]{3})_(?P<code>[A-Z]{3})_(?P<level>LO|MD|HI|XX?)")

ACTORS = range(1001, 1092)
FEMALE = frozenset(  # the last two digits, from VideoDemographics.csv
    (
        *(2, 3, 4, 6, 7, 8, 9, 10, 12, 13, 18, 20, 21, 24, 25, 28, 29, 30, 37, 43, 46, 47, 49),
        *(52, 53, 54, 55, 56, 58, 60, 61, 63, 72, 73, 74, 75, 76, 78, 79, 82, 84, 89, 91),
    )
)


def parse(path: PurePosixPath) -> Fields | None:
    """Read actor, sentence and emotion from a name such as `1001_IEO_HAP_HI`."""
    if "AudioMP3" in path.parts:
        return None
    name = match_name(NAME, path.stem, "1001_IEO_HAP_HI.wav")
    level = "XX" if name["level"] == "X" else name["level"]
    return Fields(
        id=f"{name['actor']}_{name['sentence']}_{name['code']}_{level}",
        speaker=name["actor"],
        code=name["code"],
        text=name["sentence"],
    )


LABELS = {
    "ANG": "anger", "DIS": "disgust", "FEA": "fear",
    "HAP": "happiness", "NEU": "neutral", "SAD": "sadness",
}  # fmt: skip

CORPUS = Corpus(
    name="cremad",
    description="Ninety-one actors of many origins, twelve English sentences, six acted emotions.",
    language="eng",
    licence="ODbL-1.0 AND DbCL-1.0",
    citation="Cao et al., CREMA-D, IEEE Transactions on Affective Computing 5(4), 2014",
    homepage="https://github.com/CheyneyComputerScience/CREMA-D",
    how_to_get="It is open, but its audio lies in git-lfs on GitHub, where `prosodyn corpora fetch` does not "
    "reach: install git-lfs and run "
    "`git clone https://github.com/CheyneyComputerScience/CREMA-D cremad`.",
    labels=LABELS,
    parse=parse,
    utterances=7442,
    speakers=91,
    emotions=dict.fromkeys(LABELS.values(), 1271) | {"neutral": 1087},
    genders={str(actor): "female" if actor - 1000 in FEMALE else "male" for actor in ACTORS},
    known_faults={"1076_MTI_SAD_XX": KnownFault("is silent", dropped=True)},
)
