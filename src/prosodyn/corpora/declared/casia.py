"""CASIA, the Chinese emotional speech corpus of the Institute of Automation.

What is known: four speakers act six emotions at 16 kHz. The owners describe 9600 utterances: each
speaker says, in each emotion, 300 sentences that are the same for all emotions and 100 whose words
fit that emotion. In free circulation are 1200: the shared sentences 201 to 250. Their layouts are
`liuchanhg/angry/201.wav`, beside `.lab`, `.peak` and `.tag` files, and, flattened, `201-angry-liuchanhg.wav`.
Whatever liuchanhg says in fear is, in these 1200, the same take as her sadness, cut otherwise.

What is assumed: the 9600 continue these layouts, 1 to 300 being the shared sentences and 301 to 400
those of each emotion. Nothing public shows the whole tree; where it differs, loading fails by name.
"""

import re
from pathlib import PurePosixPath

from prosodyn.corpora.base import Corpus, Fields, KnownFault, Variant
from prosodyn.corpora.naming import match_name

FLAT = re.compile(r"(?P<text>\d{1,3})-(?P<code>[a-z]+)-(?P<speaker>[a-z]+)", re.IGNORECASE)
NESTED = re.compile(r"(?P<speaker>[a-z]+)/(?P<code>[a-z]+)/(?P<text>\d{1,3})", re.IGNORECASE)
GENDERS = {"liuchanhg": "female", "zhaoquanyin": "female", "wangzhe": "male", "ZhaoZuoxiang": "male"}
SPEAKERS = {name.lower(): name for name in GENDERS}
SHARED = range(1, 301)
OWN = range(301, 401)
FREE = range(201, 251)


def parse(path: PurePosixPath) -> Fields:
    """Read speaker, emotion and sentence from either layout."""
    flat = FLAT.fullmatch(path.stem)
    tail = "/".join((*path.parts[-3:-1], path.stem))
    name = flat or match_name(NESTED, tail, "liuchanhg/angry/201.wav or 201-angry-liuchanhg.wav")
    code, number = name["code"].lower(), int(name["text"])
    if number not in SHARED and number not in OWN:
        raise ValueError(f"its sentence {number} is not one of 1 to {OWN[-1]}")
    speaker = SPEAKERS.get(name["speaker"].lower(), name["speaker"])
    sentence = f"{number:03d}" if number in SHARED else f"{code}-{number}"
    return Fields(id=f"{number:03d}-{code}-{speaker}", speaker=speaker, code=code, text=sentence)


def is_free(fields: Fields) -> bool:
    """Tell whether an utterance is one of the 1200 in free circulation."""
    return fields.text in {f"{number:03d}" for number in FREE}


LABELS = {
    "angry": "anger", "fear": "fear", "happy": "happiness",
    "neutral": "neutral", "sad": "sadness", "surprise": "surprise",
}  # fmt: skip

# Without `same_as`: which of the two labels is wrong is not known, and published figures hold all 1200.
TWO_LABELS = KnownFault(
    "is the take of her sadness for the same sentence, cut otherwise, so that one of the labels is wrong; "
    "under random folds 47 of the 50 pairs stand on both sides",
    dropped=False,
)

CORPUS = Corpus(
    name="casia",
    description="Four Mandarin speakers, six acted emotions; 9600 utterances, 1200 in free circulation.",
    language="cmn",
    licence="proprietary, research use",
    citation="Tao et al., Design of speech corpus for Mandarin text to speech, Blizzard workshop 2008",
    homepage="http://www.chineseldc.org/resource_info.php?rid=76",
    how_to_get="Ask the Chinese Linguistic Data Consortium; it is not offered openly.",
    labels=LABELS,
    parse=parse,
    variant="1200",
    includes=is_free,
    utterances=1200,
    speakers=4,
    emotions=dict.fromkeys(LABELS.values(), 200),
    balanced=True,
    other_variants={"9600": Variant(9600, 4, dict.fromkeys(LABELS.values(), 1600), balanced=True)},
    genders=GENDERS,
    known_faults={f"{number}-fear-liuchanhg": TWO_LABELS for number in FREE},
)
