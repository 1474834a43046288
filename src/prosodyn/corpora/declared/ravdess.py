"""RAVDESS, the Ryerson audio-visual database of emotional speech and song; its speech here.

`Actor_01/03-01-06-01-02-01-01.wav` is modality (03 audio alone), channel (01 speech, 02 song),
emotion, intensity, statement, repetition, actor. Odd actors are men. Both statements are said in
all emotions. Song and the sound of videos are no part of the speech corpus.
"""

import re
from pathlib import PurePosixPath

from prosodyn.corpora.base import Corpus, Download, Fields, KnownFault
from prosodyn.corpora.naming import match_name

NAME = re.compile(
    r"(?P<modality>0[123])-(?P<channel>0[12])-(?P<code>\d\d)-(?P<intensity>0[12])"
    r"-(?P<statement>0[12])-(?P<repetition>0[12])-(?P<actor>\d\d)"
)
AUDIO_ALONE, SPEECH = "03", "01"


def parse(path: PurePosixPath) -> Fields | None:
    """Read emotion, statement and actor from the seven numbers of a name."""
    name = match_name(NAME, path.stem, "03-01-06-01-02-01-12.wav")
    if name["modality"] != AUDIO_ALONE or name["channel"] != SPEECH:
        return None
    return Fields(id=path.stem, speaker=name["actor"], code=name["code"], text=name["statement"])


LABELS = {
    "01": "neutral", "02": "calm", "03": "happiness", "04": "sadness",
    "05": "anger", "06": "fear", "07": "disgust", "08": "surprise",
}  # fmt: skip

CORPUS = Corpus(
    name="ravdess",
    description="Twenty-four North American actors, two statements, eight acted emotions in two intensities.",
    language="eng",
    licence="CC-BY-NC-SA-4.0",
    citation="Livingstone and Russo, The Ryerson audio-visual database of emotional speech and song, "
    "PLoS ONE 13(5), 2018",
    homepage="https://zenodo.org/records/1188976",
    how_to_get="It is open for non-commercial use: `prosodyn corpora fetch ravdess`, "
    "or Audio_Speech_Actors_01-24.zip from its homepage.",
    labels=LABELS,
    parse=parse,
    utterances=1440,
    speakers=24,
    emotions=dict.fromkeys(LABELS.values(), 192) | {"neutral": 96},
    balanced=True,
    genders={f"{actor:02d}": "male" if actor % 2 else "female" for actor in range(1, 25)},
    known_faults={
        "03-01-03-01-02-02-07": KnownFault(
            "holds the same samples as 03-01-03-01-02-01-07, in the official release too",
            dropped=False,
            same_as="03-01-03-01-02-01-07",
        )
    },
    download=(
        Download(
            "https://zenodo.org/records/1188976/files/Audio_Speech_Actors_01-24.zip?download=1",
            md5="bc696df654c87fed845eb13823edef8a",
            size=208_468_073,
        ),
    ),
)
