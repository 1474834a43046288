"""What a declaration offers to those who read it."""

import dataclasses

import pytest

from prosodyn import corpora
from prosodyn.corpora.base import Corpus, Download, Variant, everything


def declare(**changes: object) -> Corpus:
    """Declare a corpus of two speakers."""
    return dataclasses.replace(corpora.get("tess"), **changes)  # type: ignore[arg-type]


def test_the_only_variant_holds_the_counts_of_the_corpus() -> None:
    corpus = declare()
    (variant,) = corpus.variants.values()
    assert (variant.utterances, variant.speakers, variant.includes) == (2800, 2, everything)


def test_the_default_variant_comes_first() -> None:
    corpus = declare(variant="small", other_variants={"large": Variant(9, 3)})
    assert list(corpus.variants) == ["small", "large"]


def test_a_declaration_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        corpora.get("emodb").utterances = 1  # type: ignore[misc]


def test_a_download_is_a_zip_archive_without_a_checksum_unless_said() -> None:
    assert dataclasses.astuple(Download("https://example.org/a")) == (
        "https://example.org/a",
        "zip",
        None,
        None,
        None,
    )
