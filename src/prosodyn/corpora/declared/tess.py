"""TESS, the Toronto emotional speech set.

`OAF_Fear/OAF_back_fear.wav` is the older (OAF) or the younger (YAF) woman, the word that ends "Say
the word …", and the emotion. The two hundred words are the same for all emotions. The folders are
spelt in several ways (`OAF_Pleasant_surprise`, `YAF_pleasant_surprised`) or missing, so that only
the names of the files count.
"""

import re
from pathlib import PurePosixPath

from prosodyn.corpora.base import Corpus, Download, Fields, KnownFault
from prosodyn.corpora.naming import match_name

# OA for OAF in OA_bite_neutral, in the official release too
NAME = re.compile(r"(?P<speaker>OAF?|YAF)_(?P<word>[a-z]+)_(?P<code>[a-z]+)", re.IGNORECASE)
NOT_RIFF = KnownFault(
    "is AIFF under the name of a wav file: readers that trust names refuse it", dropped=False
)


def parse(path: PurePosixPath) -> Fields:
    """Read speaker, word and emotion from a name such as `OAF_back_fear`."""
    name = match_name(NAME, path.stem, "OAF_back_fear.wav")
    speaker = "YAF" if name["speaker"].upper() == "YAF" else "OAF"
    word, code = name["word"].lower(), name["code"].lower()
    return Fields(id=f"{speaker}_{word}_{code}", speaker=speaker, code=code, text=word)


LABELS = {
    "angry": "anger", "disgust": "disgust", "fear": "fear", "happy": "happiness",
    "neutral": "neutral", "ps": "surprise", "sad": "sadness",
}  # fmt: skip

CORPUS = Corpus(
    name="tess",
    description="Two Canadian women, two hundred words in a carrier phrase, seven acted emotions.",
    language="eng",
    licence="CC-BY-NC-ND-4.0",
    citation="Pichora-Fuller and Dupuis, Toronto emotional speech set (TESS), Borealis 2020",
    homepage="https://doi.org/10.5683/SP2/E8H2MF",
    how_to_get="It is open for non-commercial use: `prosodyn corpora fetch tess`, or its homepage.",
    labels=LABELS,
    parse=parse,
    utterances=2800,
    speakers=2,
    emotions=dict.fromkeys(LABELS.values(), 400),
    balanced=True,
    genders={"OAF": "female", "YAF": "female"},
    known_faults={
        "OAF_bite_neutral": KnownFault("its file is called OA_bite_neutral", dropped=False),
        "YAF_germ_angry": NOT_RIFF,
        "YAF_neat_fear": NOT_RIFF,
    },
    download=(
        Download(
            "https://borealisdata.ca/api/access/dataset/:persistentId/?persistentId=doi:10.5683/SP2/E8H2MF"
        ),
    ),
)
