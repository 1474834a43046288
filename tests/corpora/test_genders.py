"""Who is a woman and who a man."""

from prosodyn.corpora import genders_of
from prosodyn.types import Utterance


def test_speakers_stand_under_the_gender_that_their_corpus_declares() -> None:
    spoken = [Utterance(who, "anger", who, "emodb") for who in ("03", "08", "09")]
    assert genders_of(spoken) == {"female": {"08", "09"}, "male": {"03"}}


def test_a_gender_that_nobody_has_is_left_out() -> None:
    assert genders_of([Utterance("1", "anger", "03", "emodb")]) == {"male": {"03"}}


def test_nothing_is_known_of_recordings_of_ones_own() -> None:
    assert genders_of([Utterance("1", "anger", "03", "calls")]) == {}


def test_nothing_is_said_of_several_corpora_at_once() -> None:
    spoken = [Utterance("1", "anger", "03", "emodb"), Utterance("1", "anger", "01", "ravdess")]
    assert genders_of(spoken) == {}


def test_a_speaker_may_bear_the_name_of_the_corpus() -> None:
    spoken = [Utterance("emodb/1", "anger", "emodb/03", "emodb")]
    assert genders_of(spoken) == {"male": {"emodb/03"}}
