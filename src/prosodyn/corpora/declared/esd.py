"""ESD, the emotional speech dataset: Mandarin and English in parallel emotions.

`0001/Angry/0001_000351.wav`, in some copies `0001/Angry/train/0001_000351.wav`, is speaker and
number. Speakers 0001 to 0010 speak Mandarin, the others English. Numbers run through the emotions
in blocks of 350: neutral, angry, happy, sad, surprise. Within a block the sentences come in the
same order, so that the place in the block, with the language, identifies the sentence.
"""

import re
from pathlib import PurePosixPath

from prosodyn.corpora.base import Corpus, Fields, Variant
from prosodyn.corpora.naming import match_name

NAME = re.compile(r"(?P<code>[A-Za-z]+)(?:/(?:train|evaluation|test))?/(?P<speaker>\d{4})_(?P<number>\d{6})")
BLOCKS = ("Neutral", "Angry", "Happy", "Sad", "Surprise")
SENTENCES = 350
MANDARIN = tuple(f"{n:04d}" for n in range(1, 11))
ENGLISH = tuple(f"{n:04d}" for n in range(11, 21))
FEMALE = frozenset(f"{n:04d}" for n in (1, 2, 3, 7, 9, 15, 16, 17, 18, 19))


def parse(path: PurePosixPath) -> Fields:
    """Read emotion, speaker and sentence from the last parts of a path."""
    n_folders = 2 if path.parent.name in ("train", "evaluation", "test") else 1
    tail = "/".join((*path.parts[-1 - n_folders : -1], path.stem))
    name = match_name(NAME, tail, "0001/Angry/0001_000351.wav")
    block, place = divmod(int(name["number"]) - 1, SENTENCES)
    if name["code"] in BLOCKS and BLOCKS.index(name["code"]) != block:
        raise ValueError(f"its number lies outside the block of {name['code']}")
    language = "cmn" if name["speaker"] in MANDARIN else "eng"
    sentence = f"{language}-{place + 1:03d}"
    return Fields(id=path.stem, speaker=name["speaker"], code=name["code"], text=sentence)


def is_mandarin(fields: Fields) -> bool:
    """Tell whether an utterance is in Mandarin."""
    return fields.speaker in MANDARIN


def is_english(fields: Fields) -> bool:
    """Tell whether an utterance is in English."""
    return fields.speaker in ENGLISH


LABELS = {
    "Neutral": "neutral",
    "Angry": "anger",
    "Happy": "happiness",
    "Sad": "sadness",
    "Surprise": "surprise",
}
HALF = dict.fromkeys(LABELS.values(), 3500)

CORPUS = Corpus(
    name="esd",
    description="Ten Mandarin and ten English speakers, 350 sentences in each language, five acted emotions.",
    language="cmn+eng",
    licence="research use, signed licence",
    citation="Zhou et al., Emotional voice conversion: theory, databases and ESD, Speech Commun. 137, 2022",
    homepage="https://github.com/HLTSingapore/Emotional-Speech-Data",
    how_to_get="Sign the licence on its homepage and send it to the authors.",
    labels=LABELS,
    parse=parse,
    utterances=35_000,
    speakers=20,
    emotions=dict.fromkeys(LABELS.values(), 7000),
    balanced=True,
    other_variants={
        "mandarin": Variant(17_500, 10, HALF, balanced=True, includes=is_mandarin),
        "english": Variant(17_500, 10, HALF, balanced=True, includes=is_english),
    },
    genders={name: "female" if name in FEMALE else "male" for name in MANDARIN + ENGLISH},
)
