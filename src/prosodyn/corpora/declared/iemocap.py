"""IEMOCAP, the interactive emotional dyadic motion capture database.

`Session1/sentences/wav/Ses01F_impro01/Ses01F_impro01_M000.wav` is said by the *man* of session 1:
the speaker is the session and the letter after the last underscore. The letter in front names who
wore the markers in that dialogue; loaders that read the speaker there put the same voice on both
sides of a split. Labels stand in `Session1/dialog/EmoEvaluation/Ses01F_impro01.txt`.

The field's four classes are anger, happiness with excitement merged into it, neutral and sadness:
5531 utterances (1103, 595 + 1041, 1708, 1084). Other labels are excluded by name. How many of the
5531 are improvised was found in no reliable source, so that the variant `improvised` is not counted.
"""

import re
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from prosodyn.corpora.base import Corpus, Fields, Variant
from prosodyn.corpora.naming import match_name
from prosodyn.corpora.tree import read_list, visible_files
from prosodyn.errors import CorpusError, CorpusNotFoundError

NAME = re.compile(r"(?P<session>Ses0[1-5])[FM]_(?:impro|script)\w+_(?P<letter>[FM])(?:\d{3}|XX\d)")
LABEL = re.compile(r"\[[\d.]+ - [\d.]+\]\t(?P<id>\S+)\t(?P<code>\w+)\t.*")


def parse(path: PurePosixPath) -> Fields | None:
    """Read session and speaker from the name of a sentence; whole dialogues are none."""
    if path.parts[-3:-1] == ("dialog", "wav"):
        return None
    name = match_name(NAME, path.stem, "Ses01F_impro01_M000.wav")
    speaker = name["session"] + name["letter"]
    return Fields(id=path.stem, speaker=speaker, code=None, session=name["session"])


def codes(root: Path) -> Mapping[str, str]:
    """Read the majority label of every utterance from the evaluation lists.

    Raises:
        CorpusNotFoundError: there are no lists
        CorpusError: two of them disagree
    """
    found: dict[str, str] = {}
    lists = [path for path in visible_files(root, {".txt"}) if path.parent.name == "EmoEvaluation"]
    if not lists:
        raise CorpusNotFoundError(f"{root}: holds no dialog/EmoEvaluation/*.txt; copy the whole sessions")
    for path in lists:
        for line in read_list(path, "latin-1").splitlines():
            label = LABEL.fullmatch(line)
            if label and found.setdefault(label["id"], label["code"]) != label["code"]:
                raise CorpusError(
                    f"{path}: {label['id']} is '{label['code']}' here, '{found[label['id']]}' elsewhere"
                )
    return found


def is_improvised(fields: Fields) -> bool:
    """Tell whether an utterance comes from an improvised dialogue."""
    return "_impro" in fields.id


CORPUS = Corpus(
    name="iemocap",
    description="Ten English actors in five dyadic sessions, scripted and improvised; four classes.",
    language="eng",
    licence="signed licence of the University of Southern California, research use",
    citation="Busso et al., IEMOCAP, Language Resources and Evaluation 42, 2008",
    homepage="https://sail.usc.edu/iemocap/",
    how_to_get="Sign the release form on its homepage; the owners then send a link.",
    labels={
        "ang": "anger", "hap": "happiness", "exc": "happiness", "neu": "neutral", "sad": "sadness",
    },
    excluded={
        "xxx": "the annotators reached no majority",
        **dict.fromkeys(("fru", "sur", "fea", "dis", "oth"), "not one of the field's four classes"),
    },
    parse=parse,
    codes=codes,
    variant="5531",
    utterances=5531,
    speakers=10,
    emotions={"anger": 1103, "happiness": 1636, "neutral": 1708, "sadness": 1084},
    other_variants={"improvised": Variant(None, 10, includes=is_improvised)},
    genders={f"Ses0{n}{g}": name for n in range(1, 6) for g, name in (("F", "female"), ("M", "male"))},
)  # fmt: skip
