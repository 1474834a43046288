"""The one training loop, and what it makes of a training side: a network that tells emotions."""

import copy
import math
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from functools import partial
from typing import ClassVar, Generic, TypeVar

import torch
from torch import Tensor, nn

from prosodyn.config import AugmentConfig, TrainingConfig
from prosodyn.errors import TrainingError
from prosodyn.evaluation.metrics import unweighted_accuracy
from prosodyn.model import EmotionNetwork
from prosodyn.training.augment import augment
from prosodyn.training.batches import Batch, TrainingSide, batches_per_epoch, pieces, shuffled
from prosodyn.training.checkpoint import Checkpoint, read_checkpoint, write_checkpoint
from prosodyn.training.journal import EpochReport, Journal
from prosodyn.training.loss import cross_entropy
from prosodyn.training.place import RunPlace
from prosodyn.training.ranks import adding_up
from prosodyn.training.schedule import Schedule
from prosodyn.training.steps import (
    build_optimiser,
    class_weights,
    denormals_as_zero,
    group_by_prefix,
    load_optimiser,
    predict_indices,
    set_temperature,
    to_device,
    update_average,
)

CHECKPOINT = "checkpoint.safetensors"
SECONDS_BETWEEN_CHECKPOINTS = 15.0

N = TypeVar("N", bound=nn.Module)

Terms = Mapping[str, Tensor]
"""The terms of a loss by their names, each with its weight, so that their sum is the loss."""

Part = Callable[[], Terms]
"""Computes a share of a step's loss; called when its turn has come, so that one at a time takes memory."""


class Loop(ABC, Generic[N]):
    """Fits a network; a run that was killed goes on where its checkpoint stands.

    Everything random in an epoch is drawn from generators that are seeded by
    the run's seed and the epoch's number, so that a resumed run ends with the
    very weights of one that was never interrupted.

    Attributes:
        network: that is fitted
        parallel: what is called in its place in training, so that processes that train together share a step
        uses_all: every weight of it has a part in every loss
    """

    uses_all: ClassVar[bool] = True

    def __init__(self, network: N, training: TrainingConfig, place: RunPlace) -> None:
        self.network = network.to(place.device)
        self.parallel: nn.Module = self.network
        self.training = training
        self.place = place
        self.average = copy.deepcopy(self.network) if training.weight_average else None
        self.best: dict[str, Tensor] = {}
        self.best_ua = -1.0
        self.optimiser = build_optimiser(self.network, training)

    @abstractmethod
    def steps(self, epoch: int, generator: torch.Generator) -> Iterator[Iterable[Part]]:
        """Yield the parts of the loss of every step of an epoch, whose gradients add up.

        Args:
            epoch: counted from zero
            generator: of everything that is random in it but for dropout
        """

    def validate(self) -> float | None:
        """Return the UA after an epoch; None where nothing is held back."""
        return None

    def run(self, per_epoch: int) -> None:
        """Train to the end, from the checkpoint where there is one.

        Args:
            per_epoch: optimiser steps of one pass

        Raises:
            TrainingError: the loss is no longer a number, or neither steps nor epochs are wanted
        """
        if not self.training.steps and not self.training.epochs:
            raise TrainingError("training: one of 'steps' and 'epochs' must be above zero, or both")
        with denormals_as_zero(), self._sharing() as self.parallel:
            self._run(per_epoch)
        self.parallel = self.network

    def _sharing(self) -> AbstractContextManager[nn.Module]:
        return self.place.ranks.sharing(self.network, uses_all=self.uses_all)

    def _run(self, per_epoch: int) -> None:
        n_steps = max(self.training.steps, self.training.epochs * per_epoch)
        n_epochs = -(-n_steps // per_epoch)
        schedule = Schedule(self.training, n_steps, per_epoch)
        done = self._resume()
        self.place.ranks.check_alike(
            done,
            f"{self.place.directory}: not every process finds the same checkpoint here; give all one folder",
        )
        journal = Journal(None if self.place.keeps is None else self.place.keeps / "journal.jsonl")
        journal.rewind(done)
        saved_at = time.monotonic()
        for epoch in range(done, n_epochs):
            started = time.monotonic()
            terms = self._run_epoch(epoch, schedule)
            ua = self.validate()
            rate = self.optimiser.param_groups[0]["lr"]
            loss, shown = sum(terms.values()), terms if len(terms) > 1 else {}
            seconds = time.monotonic() - started
            report = EpochReport(epoch + 1, n_epochs, loss, rate, seconds, ua, shown)
            journal.append(report)
            if time.monotonic() - saved_at > SECONDS_BETWEEN_CHECKPOINTS or epoch + 1 == n_epochs:
                self._save(epoch + 1)
                saved_at = time.monotonic()
            if self.place.progress is not None and self.place.ranks.leads:
                self.place.progress(report)

    def _run_epoch(self, epoch: int, schedule: Schedule) -> dict[str, float]:
        """Train for an epoch, and return the mean of each term of the loss over its steps."""
        seed = self.training.seed * 1_000_003 + epoch
        generator = torch.Generator().manual_seed(seed)
        totals: dict[str, float] = {}
        count = 0
        self.network.train()
        cuda = [self.place.device] if self.place.device.type == "cuda" else []
        with torch.random.fork_rng(devices=cuda):
            # dropout draws from the global generator: what is added up must not be dropped alike
            torch.manual_seed(seed + self.place.ranks.rank * 998_244_353)
            for position, parts in enumerate(self.steps(epoch, generator)):
                step = epoch * schedule.steps_per_epoch + position
                if step >= schedule.n_steps:
                    break
                for name, value in self._step(parts, schedule, step).items():
                    totals[name] = totals.get(name, 0.0) + value
                count += 1
        return {name: total / count for name, total in totals.items()}

    def _step(self, parts: Iterable[Part], schedule: Schedule, step: int) -> dict[str, float]:
        set_temperature(self.network, schedule.temperature(step))
        for group in self.optimiser.param_groups:
            group["lr"] = group["share"] * schedule.learning_rate(step)
        self.optimiser.zero_grad()
        found: dict[str, float] = {}
        waiting = list(parts)
        for number, part in enumerate(waiting, start=1):
            with adding_up(self.parallel, is_last=number == len(waiting)):
                terms = part()
                self.place.ranks.backward(torch.stack(list(terms.values())).sum())
            for name, value in terms.items():
                found[name] = found.get(name, 0.0) + value.item()
        found = self.place.ranks.totals(found)
        loss = sum(found.values())
        if not math.isfinite(loss):
            raise TrainingError(f"training: the loss is {loss} at step {step}; lower the learning rate")
        if self.training.gradient_clip:
            torch.nn.utils.clip_grad_norm_(self.network.parameters(), self.training.gradient_clip)
        self.optimiser.step()
        if self.average is not None:
            update_average(
                self.average, self.network, min(self.training.weight_average, (1 + step) / (10 + step))
            )
        return found

    def selected(self) -> N:
        """Return the network as the settings select it, in evaluation mode."""
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
        if self.place.keeps is not None:
            checkpoint = Checkpoint(epoch, self.place.fingerprint, self._tensors(), self.best_ua)
            write_checkpoint(self.place.keeps / CHECKPOINT, checkpoint)

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
        load_optimiser(self.optimiser, parts.get("optimiser", {}))
        return checkpoint.epoch


class Trainer(Loop[EmotionNetwork]):
    """Fits a network to the emotions of a training side."""

    def __init__(
        self, network: EmotionNetwork, training: TrainingConfig, augmentation: AugmentConfig, place: RunPlace
    ) -> None:
        super().__init__(network, training, place)
        self.augmentation = augmentation
        self.side: TrainingSide | None = None
        self.validation: TrainingSide | None = None
        self.weights: Tensor | None = None

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
        if len(side) == 0:
            raise TrainingError("training: the training side is empty")
        if self.training.selection == "best_validation" and validation is None:
            raise TrainingError("training: selection 'best_validation' needs 'validation_share' above zero")
        self.side, self.validation = side, validation
        self.weights = class_weights(side).to(self.place.device) if self.training.class_weights else None
        self.run(batches_per_epoch(side, self.training.batch_size))
        return self.selected()

    def steps(self, epoch: int, generator: torch.Generator) -> Iterator[Iterable[Part]]:
        """Yield the pieces of every batch, changed at random; see `Loop`."""
        assert self.side is not None
        for batch in shuffled(self.side, self.training.batch_size, epoch, self.training.seed):
            changed = augment(to_device(batch, self.place.device), self.augmentation, generator)
            size = len(changed.lengths)
            yield [
                partial(self._loss, piece, len(piece.lengths) / size)
                for piece in pieces(changed, self.training.micro_batch_size)
            ]

    def _loss(self, piece: Batch, share: float) -> Terms:
        """Return this process's part of a piece's share of the loss of a step.

        Each learns to answer by itself: what one knows already, the others learn all the same.
        """
        portion = self.place.ranks.portion(len(piece.lengths))
        own = piece.part(portion.rows)
        votes = self.parallel(own.features, own.lengths, own.summary).votes
        smoothing = self.training.label_smoothing
        loss = cross_entropy(votes, own.targets, own.allowed, self.weights, smoothing)
        return {"emotion": share * portion.weight * loss}

    def validate(self) -> float | None:
        """Return the UA of the validation side, and keep the network where it is the best so far."""
        if self.validation is None:
            return None
        candidate = self.average or self.network
        ranks = self.place.ranks
        predicted = predict_indices(candidate, self.validation, self.place.device, ranks=ranks)
        truth = [str(i) for i in self.validation.targets.tolist()]
        ua = unweighted_accuracy(truth, [str(i) for i in predicted])
        if ua > self.best_ua:
            self.best_ua = ua
            self.best = {name: tensor.clone() for name, tensor in candidate.state_dict().items()}
        return ua
