"""Planted leaks of every kind are found, told and refused; what a protocol allows passes."""

from dataclasses import replace
from pathlib import Path

import pytest

from prosodyn.errors import EvaluationError
from prosodyn.evaluation.duplicates import Duplicate
from prosodyn.evaluation.leakage import Leak, find_leaks, judge, place_of, refuse_leaks
from prosodyn.evaluation.protocols import PROTOCOLS, ProtocolOptions, find_protocol, splits
from prosodyn.evaluation.validation import Unit
from prosodyn.types import Split, Utterance

CORPUS = [
    Utterance(f"{speaker}-{text}-{emotion}", emotion, speaker, "own", text=text, session=f"with {speaker}")
    for speaker in ("ann", "bob", "cay")
    for text in ("x", "y", "z")
    for emotion in ("anger", "fear")
]
KEPT: dict[str, Unit] = {
    "loso": "speaker",
    "groups_of_2": "speaker",
    "leave_one_session_out": "session",
    "text_independent": "text",
}


def duplicate(first: str, second: str, exact: bool = True) -> Duplicate:
    return Duplicate(first, second, exact, 1.0 if exact else 0.8)


def moved(folds: tuple[Split, ...], name: str) -> tuple[Split, ...]:
    """Plant a leak: train on an utterance of the first fold's test side."""
    first, *others = folds
    rest = tuple(each for each in first.test if each != name)
    return (replace(first, train=(*first.train, name), test=rest), *others)


@pytest.mark.parametrize("protocol", KEPT)
def test_a_protocol_keeps_its_own_promise(protocol: str) -> None:
    assert find_leaks(find_protocol(protocol), splits(protocol, CORPUS), CORPUS) == ()


@pytest.mark.parametrize(("protocol", "unit"), KEPT.items())
def test_a_planted_speaker_text_or_session_is_found(protocol: str, unit: Unit) -> None:
    folds = splits(protocol, CORPUS)
    planted = moved(folds, folds[0].test[0])

    (leak,) = find_leaks(find_protocol(protocol), planted, CORPUS)

    name = getattr(next(item for item in CORPUS if item.id == folds[0].test[0]), unit)
    assert (leak.kind, leak.fold, leak.names) == (unit, folds[0].name, (name,))
    assert f"{unit} '{name}' on both sides" in leak.message


def test_validation_counts_as_heard() -> None:
    first, *others = splits("loso", CORPUS)
    planted = (replace(first, validation=first.test[:1], test=first.test[1:]), *others)

    assert [leak.kind for leak in find_leaks(PROTOCOLS["loso"], planted, CORPUS)] == ["speaker"]


@pytest.mark.parametrize("protocol", ["kfold3", "loso"])
def test_what_a_protocol_may_share_is_no_leak(protocol: str) -> None:
    verdict = judge(protocol, CORPUS)

    assert verdict.audit.texts == 3
    assert verdict.leaks == ()


@pytest.mark.parametrize("exact", [True, False])
@pytest.mark.parametrize("protocol", ["loso", "kfold3", "text_independent", "leave_one_session_out"])
def test_one_take_on_both_sides_is_a_leak_under_every_protocol(protocol: str, exact: bool) -> None:
    tested = {name: split.name for split in splits(protocol, CORPUS) for name in split.test}
    first = CORPUS[0].id
    second = next(name for name in tested if tested[name] != tested[first])

    (leak,) = judge(protocol, CORPUS, duplicates=[duplicate(first, second, exact)]).leaks

    assert leak.kind == ("exact duplicate" if exact else "near-duplicate")
    assert set(leak.names) == {first, second}


def test_one_take_on_one_side_is_no_leak() -> None:
    verdict = judge("loso", CORPUS, duplicates=[duplicate("ann-x-anger", "ann-y-anger")])

    assert (verdict.audit.exact_duplicates, verdict.leaks) == (0, ())


def test_a_pair_is_counted_once_however_many_folds_it_crosses() -> None:
    pairs = [duplicate("ann-x-anger", "bob-y-fear"), duplicate("ann-y-anger", "cay-x-fear", exact=False)]

    audit = judge("loso", CORPUS, duplicates=pairs).audit

    assert (audit.exact_duplicates, audit.near_duplicates) == (1, 1)


def test_without_listening_nobody_knows() -> None:
    audit = judge("loso", CORPUS).audit

    assert (audit.exact_duplicates, audit.near_duplicates) == (None, None)


def test_the_message_says_which_is_tested_and_where_both_are() -> None:
    folder = Path("calls")
    corpus = [
        replace(item, path=folder / f"{item.id}.wav", start=1.5 if item.speaker == "bob" else None)
        for item in CORPUS
    ]

    (leak,) = judge("loso", corpus, duplicates=[duplicate("ann-x-anger", "bob-y-fear")]).leaks

    assert leak.names == ("ann-x-anger", "bob-y-fear")
    tested, heard = folder / "ann-x-anger.wav", f"{folder / 'bob-y-fear.wav'}#1.5-"
    assert f"loso, speaker-ann: '{tested}' is tested, and training hears it as '{heard}'" in leak.message
    assert "take one of the two out" in leak.message


@pytest.mark.parametrize(
    ("start", "end", "place"), [(None, None, "a.wav"), (None, 2.0, "a.wav#0-2"), (1.25, 3.0, "a.wav#1.25-3")]
)
def test_a_piece_is_told_with_its_place(start: float | None, end: float | None, place: str) -> None:
    assert place_of(Utterance("1", "anger", "ann", "own", Path("a.wav"), start=start, end=end)) == place


# fixed lists, where people divide by hand


def fixed(folder: Path, text: str) -> ProtocolOptions:
    path = folder / "lists.toml"
    path.write_text(text)
    return ProtocolOptions(lists=path)


LISTS = '[folds.mine]\ntest = ["ann-x-anger", "ann-x-fear"]\n'


@pytest.mark.parametrize("unit", ["speaker", "session"])
def test_lists_are_held_to_what_they_promise(unit: str, tmp_path: Path) -> None:
    (leak,) = judge("fixed", CORPUS, fixed(tmp_path, f'apart = ["{unit}"]\n{LISTS}')).leaks

    assert (leak.kind, leak.fold) == (unit, "mine")


def test_lists_that_keep_their_promise_pass(tmp_path: Path) -> None:
    text = 'apart = ["speaker", "session"]\n[folds.mine]\ntest_speakers = ["ann"]\n'

    assert judge("fixed", CORPUS, fixed(tmp_path, text)).leaks == ()


def test_lists_that_promise_nothing_are_only_counted(tmp_path: Path) -> None:
    verdict = judge("fixed", CORPUS, fixed(tmp_path, LISTS))

    assert (verdict.audit.speakers, verdict.leaks) == (1, ())


def test_a_promise_that_cannot_be_checked_is_a_leak(tmp_path: Path) -> None:
    nameless = [replace(item, session=None) for item in CORPUS]

    (leak,) = judge("fixed", nameless, fixed(tmp_path, f'apart = ["session"]\n{LISTS}')).leaks

    assert "not every session is known" in leak.message


# what a run refuses


def leak(kind: str) -> Leak:
    return Leak(kind, "fold-01", ("a", "b"), f"kfold10, fold-01: {kind}")  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", ["speaker", "text", "session", "exact duplicate"])
def test_a_certain_leak_is_refused(kind: str) -> None:
    with pytest.raises(EvaluationError, match=f"^kfold10, fold-01: {kind}"):
        refuse_leaks([leak("near-duplicate"), leak(kind)])


def test_a_near_duplicate_is_let_pass_and_counted() -> None:
    refuse_leaks([leak("near-duplicate")])


def test_an_exact_duplicate_may_be_allowed() -> None:
    refuse_leaks([leak("exact duplicate")], allow_duplicates=True)


def test_no_speaker_may_be_allowed() -> None:
    with pytest.raises(EvaluationError, match="speaker"):
        refuse_leaks([leak("exact duplicate"), leak("speaker")], allow_duplicates=True)


def test_the_way_out_is_told_and_the_others_are_counted() -> None:
    with pytest.raises(EvaluationError, match=r"or allow it \(--allow-duplicates\) \(and 1 more\)$"):
        refuse_leaks([leak("exact duplicate"), leak("exact duplicate")])
