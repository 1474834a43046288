"""TESS: folders spelt in several ways, one file misnamed, two not what they seem."""

from pathlib import PurePosixPath
from typing import Any

import pytest

from prosodyn import corpora
from prosodyn.corpora.declared import tess


@pytest.mark.parametrize(
    "path",
    ["OAF_Pleasant_surprise/OAF_back_ps.wav", "OAF_pleasant_surprised/OAF_back_ps.wav", "OAF_back_ps.wav"],
)
def test_the_spelling_of_the_folder_does_not_matter(tree: Any, path: str) -> None:
    tree.add(path)
    (utterance,) = corpora.load("tess", tree.root, allow_partial=True)
    assert (utterance.id, utterance.emotion, utterance.text) == ("OAF_back_ps", "surprise", "back")


def test_the_misnamed_file_belongs_to_the_older_woman() -> None:
    fields = tess.parse(PurePosixPath("OAF_neutral/OA_bite_neutral.wav"))
    assert (fields.id, fields.speaker) == ("OAF_bite_neutral", "OAF")


def test_the_misnamed_file_and_its_correction_are_the_same(tree: Any) -> None:
    tree.add("OAF_neutral/OA_bite_neutral.wav")
    report = corpora.verify(tess.CORPUS, tree.root)
    assert list(report.faults) == ["OAF_bite_neutral"]
    assert report.unexpected == ()


def test_files_that_are_no_riff_are_known_and_kept(tree: Any) -> None:
    tree.add("YAF_angry/YAF_germ_angry.wav", b"FORM....AIFF and so on")
    assert len(corpora.load("tess", tree.root, allow_partial=True)) == 1
    assert "AIFF" in corpora.verify(tess.CORPUS, tree.root).faults["YAF_germ_angry"].reason
