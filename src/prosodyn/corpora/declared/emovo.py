"""EMOVO, the Italian emotional speech corpus of the Fondazione Ugo Bordoni.

`f1/dis-f1-b1.wav` is emotion, speaker and sentence: short (b), long (l), nonsense (n) or a question
(d). The fourteen sentences are the same for all emotions.
"""

import re
from pathlib import PurePosixPath

from prosodyn.corpora.base import Corpus, Fields
from prosodyn.corpora.naming import match_name

NAME = re.compile(r"(?P<code>[a-z]{3})-(?P<speaker>[fm]\d)-(?P<text>[bdln]\d)", re.IGNORECASE)


def parse(path: PurePosixPath) -> Fields:
    """Read emotion, speaker and sentence from a name such as `dis-f1-b1`."""
    name = match_name(NAME, path.stem.lower(), "dis-f1-b1.wav")
    return Fields(id=path.stem.lower(), speaker=name["speaker"], code=name["code"], text=name["text"])


LABELS = {
    "dis": "disgust", "gio": "happiness", "neu": "neutral", "pau": "fear",
    "rab": "anger", "sor": "surprise", "tri": "sadness",
}  # fmt: skip

CORPUS = Corpus(
    name="emovo",
    description="Six Italian actors, fourteen sentences, seven acted emotions.",
    language="ita",
    licence="research use",
    citation="Costantini et al., EMOVO corpus: an Italian emotional speech database, LREC 2014",
    homepage="http://voice.fub.it/activities/corpora/emovo/index.html",
    how_to_get="Take it from its homepage, or write to the authors of the paper.",
    labels=LABELS,
    parse=parse,
    utterances=588,
    speakers=6,
    emotions=dict.fromkeys(LABELS.values(), 84),
    balanced=True,
    genders={f"{letter}{n}": name for n in (1, 2, 3) for letter, name in (("f", "female"), ("m", "male"))},
)
