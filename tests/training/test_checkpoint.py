"""Checkpoints: whole, checked, and never pickled."""

import json
import struct
from pathlib import Path

import pytest
import safetensors.numpy
import torch

from prosodyn.errors import OutputError, TrainingError
from prosodyn.training.checkpoint import Checkpoint, read_checkpoint, write_checkpoint

TENSORS = {
    "network.weight": torch.randn(3, 2, generator=torch.Generator().manual_seed(0)),
    "network.count": torch.tensor(7),
    "optimiser.0.step": torch.tensor(3.0),
    "best.weight": torch.arange(6.0).view(2, 3).T,  # not contiguous
}
CHECKPOINT = Checkpoint(epoch=3, fingerprint="ours", tensors=TENSORS, best_ua=0.625)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return a file that holds `CHECKPOINT`."""
    path = tmp_path / "checkpoint.safetensors"
    write_checkpoint(path, CHECKPOINT)
    return path


def test_what_was_written_is_read(path: Path) -> None:
    found = read_checkpoint(path, "ours")

    assert (found.epoch, found.fingerprint, found.best_ua) == (3, "ours", 0.625)
    assert found.tensors.keys() == TENSORS.keys()
    for name, tensor in TENSORS.items():
        assert torch.equal(found.tensors[name], tensor)
        assert found.tensors[name].dtype == tensor.dtype
        assert found.tensors[name].shape == tensor.shape


def test_the_file_holds_plain_arrays(path: Path) -> None:
    arrays = safetensors.numpy.load(path.read_bytes())

    assert arrays["network.weight"].tolist() == TENSORS["network.weight"].tolist()


def test_a_newer_checkpoint_replaces_the_older_one(path: Path) -> None:
    write_checkpoint(path, Checkpoint(4, "ours", TENSORS))

    assert read_checkpoint(path, "ours").epoch == 4
    assert [entry.name for entry in path.parent.iterdir()] == [path.name]


@pytest.mark.parametrize("step", ["write_bytes", "replace"])
def test_a_fault_while_writing_leaves_the_older_checkpoint(
    path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def fail(self: Path, *_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, step, fail)
    with pytest.raises(OutputError, match="No space left on device"):
        write_checkpoint(path, Checkpoint(4, "ours", TENSORS))

    assert read_checkpoint(path, "ours").epoch == 3


def test_another_runs_checkpoint_is_refused(path: Path) -> None:
    with pytest.raises(TrainingError, match="belongs to a run with other settings or other recordings"):
        read_checkpoint(path, "theirs")


def with_metadata(metadata: dict[str, str]) -> bytes:
    """Return a safetensors file without any tensor."""
    header = json.dumps({"__metadata__": metadata}).encode()
    return struct.pack("<Q", len(header)) + header


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not a checkpoint",
        b"\x80\x04N.",
        safetensors.numpy.save({}),
        with_metadata({"run": "{"}),
        with_metadata({"run": "3"}),
        with_metadata({"run": "{}"}),
        with_metadata({"other": "{}"}),
    ],
    ids=["empty", "text", "pickle", "no metadata", "half", "no object", "no values", "no run"],
)
def test_a_broken_checkpoint_is_a_named_error(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "checkpoint.safetensors"
    path.write_bytes(content)

    with pytest.raises(TrainingError, match=r"checkpoint\.safetensors: is not a checkpoint .* delete it"):
        read_checkpoint(path, "ours")


@pytest.mark.parametrize("share", [0.1, 0.5, 0.99])
def test_a_truncated_checkpoint_is_a_named_error(path: Path, share: float) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])

    with pytest.raises(TrainingError, match="is not a checkpoint"):
        read_checkpoint(path, "ours")


def test_a_missing_checkpoint_is_a_named_error(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="is not a checkpoint"):
        read_checkpoint(tmp_path / "nowhere.safetensors", "ours")
