"""SAVEE, the Surrey audio-visual expressed emotion database.

`AudioData/DC/a01.wav`, or flattened `DC_a01.wav`, is speaker, emotion and number. The number counts
the sentences of one emotion; three sentences are common to all of them and twelve return as
neutral ones, but the names do not tell which, so that utterances carry no text.
"""

import re
from pathlib import PurePosixPath

from prosodyn.corpora.base import Corpus, Fields
from prosodyn.corpora.naming import match_name

NAME = re.compile(r"(?P<speaker>[A-Z]{2})[_/](?P<code>[a-z]{1,2})(?P<number>\d\d)")


def parse(path: PurePosixPath) -> Fields:
    """Read speaker and emotion from either layout."""
    name = NAME.fullmatch(path.stem) or match_name(
        NAME, "/".join((*path.parts[-2:-1], path.stem)), "DC/a01.wav or DC_a01.wav"
    )
    utterance = f"{name['speaker']}_{name['code']}{name['number']}"
    return Fields(id=utterance, speaker=name["speaker"], code=name["code"])


LABELS = {
    "a": "anger", "d": "disgust", "f": "fear", "h": "happiness",
    "n": "neutral", "sa": "sadness", "su": "surprise",
}  # fmt: skip

CORPUS = Corpus(
    name="savee",
    description="Four English men, TIMIT sentences, seven acted emotions.",
    language="eng",
    licence="research use, registration needed",
    citation="Haq and Jackson, Multimodal emotion recognition, in Machine Audition, IGI Global 2010",
    homepage="http://kahlan.eps.surrey.ac.uk/savee/",
    how_to_get="Register on its homepage and take AudioData.zip.",
    labels=LABELS,
    parse=parse,
    utterances=480,
    speakers=4,
    emotions=dict.fromkeys(LABELS.values(), 60) | {"neutral": 120},
    balanced=True,
    genders=dict.fromkeys(("DC", "JE", "JK", "KL"), "male"),
)
