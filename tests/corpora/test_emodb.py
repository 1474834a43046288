"""EmoDB: names, and what human listeners recognised."""

from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import Any

import pytest

from prosodyn import corpora
from prosodyn.corpora.declared import emodb
from prosodyn.errors import CorpusError, CorpusNotFoundError

TABLE = (
    "Nr.\tSatz\terkannt\tnatuerlich\r\n"
    "1\xa0 \xa0 \t03a01Fa.wav\t90,00\xa0 \xa0 \t75,00\xa0 \r\n"
    "2\xa0 \t16b10Wb.wav\t97,37\t60,0\r\n"
)


def test_a_name_holds_speaker_sentence_and_emotion() -> None:
    fields = emodb.parse(PurePosixPath("wav/16b10Td.wav"))
    assert (fields.id, fields.speaker, fields.text, fields.code) == ("16b10Td", "16", "b10", "T")


def test_the_folder_wav_may_be_left_out(tree: Any) -> None:
    tree.add("03a01Fa.wav")
    (utterance,) = corpora.load("emodb", tree.root, allow_partial=True)
    assert utterance.emotion == "happiness"


@pytest.mark.parametrize("given", [".", "wav", ".."])
def test_human_rates_are_read_from_the_table_beside_the_audio(tree: Any, given: str) -> None:
    tree.add("wav/03a01Fa.wav")
    tree.add("erkennung.txt", TABLE.encode("latin-1"))
    assert emodb.human_recognition((tree.root / given).resolve()) == {"03a01Fa": 90.0, "16b10Wb": 97.37}


def test_missing_human_rates_raise(tmp_path: Path) -> None:
    with pytest.raises(CorpusNotFoundError, match=r"erkennung\.txt: not found"):
        emodb.human_recognition(tmp_path)


@pytest.mark.parametrize("line", ["1 03a01Fa.wav viele 75,00", "1 03a01Fa.wav"])
def test_a_broken_table_of_human_rates_raises_with_its_line(tree: Any, line: str) -> None:
    tree.add("erkennung.txt", f"Nr. Satz erkannt natuerlich\n{line}\n".encode())
    with pytest.raises(CorpusError, match=r"erkennung\.txt, line 2: expected a file and a percentage"):
        emodb.human_recognition(tree.root)


@pytest.mark.corpora
def test_the_real_corpus_is_complete(corpus_root: Callable[[str], Path]) -> None:
    assert corpora.verify(emodb.CORPUS, corpus_root("emodb")).ok
    assert len(corpora.load("emodb", corpus_root("emodb"))) == 535


@pytest.mark.corpora
def test_listeners_rated_every_real_utterance(corpus_root: Callable[[str], Path]) -> None:
    rates = emodb.human_recognition(corpus_root("emodb"))
    released = {utterance.id for utterance in corpora.load("emodb", corpus_root("emodb"))}
    assert len(rates) == 816
    assert released <= set(rates)
    assert all(0 <= rate <= 100 for rate in rates.values())
    # the released ones are those that four listeners in five recognised
    assert min(rates[name] for name in released) >= 80
