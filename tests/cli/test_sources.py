"""What a user names, and what results and cards call it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from prosodyn.cli.sources import Source, as_name, make_folder
from prosodyn.errors import OutputError


@pytest.mark.parametrize(
    ("source", "name"),
    [
        (Source("emodb"), "emodb"),
        (Source("iemocap", variant="improvised"), "iemocap-improvised"),
        (Source("casia", variant="1200"), "casia"),
        (Source("toy"), "toy"),
        (Source("cremad", allow_partial=True), "cremad-partial"),
        (Source("emodb", emotions=("fear", "anger")), "emodb-anger-fear"),
        (Source("my/calls"), "calls"),
        (Source("my/calls.csv"), "calls"),
        (Source("folder:emodb"), "emodb"),
    ],
)
def test_results_call_it_by_its_name(source: Source, name: str) -> None:
    assert source.name == name


def test_only_a_corpus_declares_its_licence() -> None:
    assert [Source(spec).declared for spec in ("emodb", "toy", "folder:emodb")] == [True, False, False]


def test_listeners_were_not_asked_about_ones_own_recordings() -> None:
    assert Source("my/calls").human_rates() is None


def test_what_a_folder_leaves_out_is_counted_and_named(
    write_wav: Callable[..., Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("anger/a.wav", "fear/b.wav"):
        write_wav(f"calls/{name}")
    for name in ("a", "b.txt", "c.csv", "d.bak"):
        (tmp_path / "calls" / name).touch()
    Source(str(tmp_path / "calls")).load()
    assert capsys.readouterr().err == (
        f"{tmp_path / 'calls'}: left out, not named like a recording: 4 (a, b.txt, c.csv and 1 more)\n"
    )


@pytest.mark.corpora
def test_listeners_recognised_most_of_every_emotion_of_emodb(corpus_root: Callable[[str], Path]) -> None:
    rates = Source("emodb", corpus_root("emodb")).human_rates()
    assert rates is not None
    assert len(rates["emodb"]) == 7
    assert all(80 <= rate <= 100 for rate in rates["emodb"].values())


@pytest.mark.corpora
def test_a_copy_without_the_list_of_listeners_is_good_enough(corpus_root: Callable[[str], Path]) -> None:
    copy = Path("emodb")
    copy.mkdir()
    (copy / "wav").symlink_to(corpus_root("emodb") / "wav")
    assert Source("emodb", copy).human_rates() is None


@pytest.mark.parametrize(
    ("text", "name"),
    [("calls", "calls"), ("My Calls!", "my-calls"), ("v1.2_b", "v1.2_b"), ("悲", "recogniser"), (".x", "x")],
)
def test_a_name_is_lower_case_without_blanks(text: str, name: str) -> None:
    assert as_name(text) == name


def test_a_made_folder_is_left_empty() -> None:
    make_folder(Path("a", "b"))
    assert list(Path("a", "b").iterdir()) == []


def test_a_folder_that_cannot_be_made_is_named() -> None:
    Path("a").write_text("")
    with pytest.raises(OutputError, match="a"):
        make_folder(Path("a", "b"))
