"""The one training loop: from a training side to a fitted network."""

import copy
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from prosodyn.config import AugmentConfig, TrainingConfig
from prosodyn.errors import TrainingError
from prosodyn.evaluation.metrics import unweighted_accuracy
from prosodyn.model import EmotionNetwork
from prosodyn.training.augment import augment
from prosodyn.training.batches import Batch, TrainingSide, batches_per_epoch, pieces, shuffled
from prosodyn.training.checkpoint import Checkpoint, read_checkpoint, write_checkpoint
from prosodyn.training.journal import EpochReport, Journal
from prosodyn.training.loss import cross_entropy
from prosodyn.training.schedule import Schedule
from prosodyn.training.steps import (
    build_optimiser,
    class_weights,
    denormals_as_zero,
    group_by_prefix,
    predict_indices,
    set_temperature,
    to_device,
    update_average,
)

CHECKPOINT = "checkpoint.safetensors"
SECONDS_BETWEEN_CHECKPOINTS = 15.0

Progress = Callable[[EpochReport], None]


@dataclass(frozen=True, slots=True)
class RunPlace:
    """Where a run happens and what it leaves there.

    Attributes:
        device: that computes
        directory: for checkpoint and journal; None keeps neither
        fingerprint: of settings and training side, so that no other run's checkpoint is taken up
        progress: called after each epoch
        listening: called before, with how many utterances have been heard, and how many there are
    """

    device: torch.device
    directory: Path | None = None
    fingerprint: str = ""
    progress: Progress | None = None
    listening: Callable[[int, int], None] | None = None


class Trainer:
    """Fits a network; a run that was killed goes on where its checkpoint stands.

    Everything random in an epoch is drawn from generators that are seeded by
    the run's seed and the epoch's number, so that a resumed run ends with the
    very weights of one that was never interrupted.
    """

    def __init__(
        self, network: EmotionNetwork, training: TrainingConfig, augmentation: AugmentConfig, place: RunPlace
    ) -> None:
        self.network = network.to(place.device)
        self.training = training
        self.augmentation = augmentation
        self.place = place
        self.average = copy.deepcopy(self.network) if training.weight_average else None
        self.best: dict[str, Tensor] = {}
        self.best_ua = -1.0
        self.optimiser = build_optimiser(self.network, training)

    def fit(self, side: TrainingSide, validation: TrainingSide | None = None) -> EmotionNetwork:
        """Train to the end, from the checkpoint where there is one.

        Args:
            side: what is fitted on
            validation: what selects the epoch, where the settings ask for it

        Returns:
            the network as the settings select it, in evaluation mode

        Raises:
            TrainingError: the loss is no longer a number, or the settings contradict each other
        """
        self._check(side, validation)
        with denormals_as_zero():
            self._run(side, validation)
        return self._selected()

    def _run(self, side: TrainingSide, validation: TrainingSide | None) -> None:
        per_epoch = batches_per_epoch(side, self.training.batch_size)
        n_steps = max(self.training.steps, self.training.epochs * per_epoch)
        n_epochs = -(-n_steps // per_epoch)
        schedule = Schedule(self.training, n_steps, per_epoch)
        weights = class_weights(side).to(self.place.device) if self.training.class_weights else None
        done = self._resume()
        journal = Journal(None if self.place.directory is None else self.place.directory / "journal.jsonl")
        journal.rewind(done)
        saved_at = time.monotonic()
        for epoch in range(done, n_epochs):
            started = time.monotonic()
            loss = self._run_epoch(side, epoch, schedule, weights)
            ua = None if validation is None else self._validate(validation)
            rate = self.optimiser.param_groups[0]["lr"]
            report = EpochReport(epoch + 1, n_epochs, loss, rate, time.monotonic() - started, ua)
            journal.append(report)
            if time.monotonic() - saved_at > SECONDS_BETWEEN_CHECKPOINTS or epoch + 1 == n_epochs:
                self._save(epoch + 1)
                saved_at = time.monotonic()
            if self.place.progress is not None:
                self.place.progress(report)

    def _check(self, side: TrainingSide, validation: TrainingSide | None) -> None:
        if len(side) == 0:
            raise TrainingError("training: the training side is empty")
        if not self.training.steps and not self.training.epochs:
            raise TrainingError("training: one of 'steps' and 'epochs' must be above zero, or both")
        if self.training.selection == "best_validation" and validation is None:
            raise TrainingError("training: selection 'best_validation' needs 'validation_share' above zero")

    def _run_epoch(self, side: TrainingSide, epoch: int, schedule: Schedule, weights: Tensor | None) -> float:
        device = self.place.device
        seed = self.training.seed * 1_000_003 + epoch
        generator = torch.Generator().manual_seed(seed)
        total, count = 0.0, 0
        self.network.train()
        cuda = [device] if device.type == "cuda" else []
        with torch.random.fork_rng(devices=cuda):
            torch.manual_seed(seed)  # dropout draws from the global generator
            for position, batch in enumerate(
                shuffled(side, self.training.batch_size, epoch, self.training.seed)
            ):
                step = epoch * schedule.steps_per_epoch + position
                if step >= schedule.n_steps:
                    break
                loss = self._step(
                    augment(to_device(batch, device), self.augmentation, generator), schedule, step, weights
                )
                total += loss
                count += 1
        return total / count

    def _step(self, batch: Batch, schedule: Schedule, step: int, weights: Tensor | None) -> float:
        set_temperature(self.network, schedule.temperature(step))
        for group in self.optimiser.param_groups:
            group["lr"] = group["share"] * schedule.learning_rate(step)
        self.optimiser.zero_grad()
        loss = sum(
            self._add_gradient(piece, weights, len(piece.lengths) / len(batch.lengths))
            for piece in pieces(batch, self.training.micro_batch_size)
        )
        if not math.isfinite(loss):
            raise TrainingError(f"training: the loss is {loss} at step {step}; lower the learning rate")
        if self.training.gradient_clip:
            torch.nn.utils.clip_grad_norm_(self.network.parameters(), self.training.gradient_clip)
        self.optimiser.step()
        if self.average is not None:
            update_average(
                self.average, self.network, min(self.training.weight_average, (1 + step) / (10 + step))
            )
        return loss

    def _add_gradient(self, piece: Batch, weights: Tensor | None, share: float) -> float:
        """Add a piece's share to the gradient of a step, and return its share of the loss.

        Each learns to answer by itself: what one knows already, the others learn all the same.
        """
        votes = self.network(piece.features, piece.lengths, piece.summary).votes
        smoothing = self.training.label_smoothing
        loss = share * cross_entropy(votes, piece.targets, piece.allowed, weights, smoothing)
        loss.backward()  # type: ignore[no-untyped-call]
        return loss.item()

    def _validate(self, validation: TrainingSide) -> float:
        candidate = self.average or self.network
        predicted = predict_indices(candidate, validation, self.place.device)
        ua = unweighted_accuracy([str(i) for i in validation.targets.tolist()], [str(i) for i in predicted])
        if ua > self.best_ua:
            self.best_ua = ua
            self.best = {name: tensor.clone() for name, tensor in candidate.state_dict().items()}
        return ua

    def _selected(self) -> EmotionNetwork:
        chosen = self.average or self.network
        if self.training.selection == "best_validation":
            chosen.load_state_dict(self.best)
        return chosen.eval()

    def _tensors(self) -> dict[str, Tensor]:
        tensors = {f"network.{name}": tensor for name, tensor in self.network.state_dict().items()}
        tensors |= {f"best.{name}": tensor for name, tensor in self.best.items()}
        if self.average is not None:
            tensors |= {f"average.{name}": tensor for name, tensor in self.average.state_dict().items()}
        for index, state in self.optimiser.state_dict()["state"].items():
            tensors |= {f"optimiser.{index}.{name}": value for name, value in state.items()}
        return tensors

    def _save(self, epoch: int) -> None:
        if self.place.directory is not None:
            checkpoint = Checkpoint(epoch, self.place.fingerprint, self._tensors(), self.best_ua)
            write_checkpoint(self.place.directory / CHECKPOINT, checkpoint)

    def _resume(self) -> int:
        """Take up the checkpoint, and return how many epochs have ended."""
        if self.place.directory is None or not (self.place.directory / CHECKPOINT).exists():
            return 0
        checkpoint = read_checkpoint(self.place.directory / CHECKPOINT, self.place.fingerprint)
        parts = group_by_prefix(checkpoint.tensors)
        self.network.load_state_dict(parts["network"])
        if self.average is not None:
            self.average.load_state_dict(parts["average"])
        self.best, self.best_ua = parts.get("best", {}), checkpoint.best_ua
        states: dict[int, dict[str, Tensor]] = {}
        for name, tensor in parts.get("optimiser", {}).items():
            index, _, key = name.partition(".")
            states.setdefault(int(index), {})[key] = tensor
        groups = self.optimiser.state_dict()["param_groups"]
        self.optimiser.load_state_dict({"state": states, "param_groups": groups})
        return checkpoint.epoch
