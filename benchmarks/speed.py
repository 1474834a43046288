"""Measure how fast the networks and the front ends are, on one thread of this machine.

    python benchmarks/speed.py
    python benchmarks/speed.py --experiment paper --rounds 300

Everything that is compared is measured in turns within one run, so that whatever
else the machine does slows both sides alike. Times are medians.
"""

import argparse
import dataclasses
import json
import platform
import statistics
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from prosodyn import __version__
from prosodyn.config import Experiment, NetworkConfig
from prosodyn.features import build_front_end
from prosodyn.features.build import FRONT_ENDS
from prosodyn.files import write_text
from prosodyn.model import EmotionNetwork, WaveformNetwork
from prosodyn.model.activation import NormalisedElu
from prosodyn.model.dynamic_conv import DynamicConv2d, Execution
from prosodyn.training.cost import count_multiply_adds
from prosodyn.training.experiment import load_experiment
from prosodyn.training.experiment_files import experiment_names
from prosodyn.training.steps import build_optimiser, denormals_as_zero
from prosodyn.training.workers import limit_threads
from prosodyn.types import SAMPLE_RATE

OUT = Path(__file__).resolve().parent / "speed" / "one-thread.json"

SYSTEMS = ("cnn_lstm", "dycnn_bilstm")
FORMS: tuple[Execution, ...] = ("grouped", "mix")
TRAINING_BATCH = 32
N_EMOTIONS = 7
WARM_UP = 3

Action = Callable[[], object]

Shown = tuple[Tensor, Tensor, Tensor]
"""Features, lengths and summaries, see `Heard`."""


def take_turns(actions: Mapping[str, Action], n_rounds: int) -> dict[str, list[float]]:
    """Time several actions, one after the other in every round, in seconds."""
    seconds: dict[str, list[float]] = {name: [] for name in actions}
    for turn in range(WARM_UP + n_rounds):
        for name, action in actions.items():
            started = time.perf_counter()
            action()
            if turn >= WARM_UP:
                seconds[name].append(time.perf_counter() - started)
    return seconds


def median_ms(seconds: list[float]) -> float:
    return round(1000 * statistics.median(seconds), 2)


def named(experiment: Experiment, system: str) -> NetworkConfig:
    """Return the experiment's sizes for either system."""
    return dataclasses.replace(experiment.network, name=system)  # type: ignore[arg-type]


def build(experiment: Experiment, system: str) -> WaveformNetwork:
    return WaveformNetwork(experiment.front_end, named(experiment, system), N_EMOTIONS)


def draw_batch(experiment: Experiment, seconds: float, batch_size: int) -> Shown:
    """Draw normalised features and summaries of utterances that all last equally long."""
    module = build(experiment, SYSTEMS[0])
    samples = torch.full((batch_size,), round(seconds * SAMPLE_RATE))
    shown = module.listener(torch.zeros(batch_size, int(samples[0])), samples)
    longest = experiment.augment.crop_frames or int(shown[1].max())
    features, lengths, summary = shown[0][:, :, :longest], shown[1].clamp(max=longest), shown[2]
    return torch.randn_like(features), lengths, torch.randn_like(summary)


def training_step(experiment: Experiment, system: str, shown: Shown) -> Action:
    """Return one optimiser step: forward, backward, update."""
    network = build(experiment, system).network.train()
    optimiser = build_optimiser(network, experiment.training)
    targets = torch.arange(len(shown[1])) % N_EMOTIONS

    def step() -> None:
        optimiser.zero_grad()
        votes = network(*shown).votes
        loss = sum(functional.cross_entropy(vote, targets) for vote in votes.unbind(1))
        loss.backward()  # type: ignore[union-attr]
        optimiser.step()

    return step


def compare_training_steps(experiment: Experiment, seconds: float, n_rounds: int) -> dict[str, Any]:
    """Compare the dynamic network's training step with the static one's."""
    shown = draw_batch(experiment, seconds, TRAINING_BATCH)
    steps = {system: training_step(experiment, system, shown) for system in SYSTEMS}
    with denormals_as_zero():
        timed = take_turns(steps, n_rounds)
    ratios = [
        dynamic / static for static, dynamic in zip(*(timed[system] for system in SYSTEMS), strict=True)
    ]
    return {
        "batch": TRAINING_BATCH,
        "frames": shown[0].shape[2],
        **{f"{system}_ms": median_ms(timed[system]) for system in SYSTEMS},
        "ratio": round(statistics.median(ratios), 3),
    }


def compare_activations(experiment: Experiment, seconds: float, n_rounds: int) -> dict[str, Any]:
    """Compare what follows the convolutions, forwards and back, with the same left to autograd."""
    network = build(experiment, "dycnn_bilstm").network.train()
    seen: list[tuple[NormalisedElu, Tensor, Tensor]] = []
    for block in network.blocks:
        block.norm.register_forward_pre_hook(lambda layer, inputs: seen.append((layer, *inputs)))
    network(*draw_batch(experiment, seconds, TRAINING_BATCH))
    given = [(layer, x.detach().requires_grad_(), mask) for layer, x, mask in seen]

    def go_there_and_back(activate: Callable[[NormalisedElu, Tensor, Tensor], Tensor]) -> None:
        for layer, x, mask in given:
            activate(layer, x, mask).sum().backward()

    ways = {"written": NormalisedElu.forward, "autograd": activate_by_autograd}
    with denormals_as_zero():
        timed = take_turns({name: partial(go_there_and_back, way) for name, way in ways.items()}, n_rounds)
    ratios = [ours / theirs for ours, theirs in zip(timed["written"], timed["autograd"], strict=True)]
    times = {f"{name}_ms": median_ms(timed[name]) for name in ways}
    return {"batch": TRAINING_BATCH, **times, "ratio": round(statistics.median(ratios), 3)}


def activate_by_autograd(layer: NormalisedElu, x: Tensor, mask: Tensor) -> Tensor:
    """Compute what `NormalisedElu` does in training, but for its running statistics."""
    true_places = mask[:, None, None, :]
    true = x * true_places
    count = mask.sum() * x.shape[2]
    mean = true.sum(dim=(2, 3)).sum(dim=0) / count
    variance = torch.linalg.vector_norm(true, dim=(0, 2, 3)).square() / count - mean.square()
    gain = layer.weight * torch.rsqrt(variance + layer.eps)
    y = torch.addcmul((layer.bias - mean * gain)[:, None, None], true, gain[:, None, None])
    return functional.elu(y) * true_places


def answer_by(form: Execution, network: EmotionNetwork, shown: Shown) -> None:
    for module in network.modules():
        if isinstance(module, DynamicConv2d):
            module.execution = form
    network(*shown)


@torch.inference_mode()
def compare_execution_forms(experiment: Experiment, seconds: float, n_rounds: int) -> list[dict[str, Any]]:
    """Compare the forms of the dynamic convolution within the whole network, forwards."""
    network = build(experiment, "dycnn_bilstm").network.eval()
    rows = []
    for batch_size in (1, TRAINING_BATCH):
        shown = draw_batch(experiment, seconds, batch_size)
        timed = take_turns({form: partial(answer_by, form, network, shown) for form in FORMS}, n_rounds)
        times = {f"{form}_ms": median_ms(timed[form]) for form in FORMS}
        rows.append({"batch": batch_size, "frames": shown[0].shape[2], **times})
    return rows


@torch.inference_mode()
def measure_front_ends(experiment: Experiment, seconds: float, n_rounds: int) -> dict[str, float]:
    """Measure how many seconds of speech each front end computes in one, an utterance at a time."""
    samples = torch.tensor([round(seconds * SAMPLE_RATE)])
    waveform = 0.1 * torch.randn(1, int(samples))
    plain = dataclasses.replace(experiment.front_end, narrow_band=False)
    configs = {name: dataclasses.replace(plain, name=name) for name in FRONT_ENDS}  # type: ignore[arg-type]
    configs["logmel, narrow band"] = dataclasses.replace(plain, name="logmel", narrow_band=True)
    actions = {name: partial(build_front_end(config), waveform, samples) for name, config in configs.items()}
    timed = take_turns(actions, n_rounds)
    return {name: round(seconds / statistics.median(times)) for name, times in timed.items()}


@torch.inference_mode()
def compare_answers(experiment: Experiment, seconds: float, n_rounds: int) -> dict[str, Any]:
    """Compare what one answer of either network costs, from waveform to logits."""
    samples = torch.tensor([round(seconds * SAMPLE_RATE)])
    waveform = 0.1 * torch.randn(1, int(samples))
    modules = {system: build(experiment, system).eval() for system in SYSTEMS}
    timed = take_turns(
        {system: partial(module, waveform, samples) for system, module in modules.items()}, n_rounds
    )
    return {
        system: {
            "latency_ms": median_ms(timed[system]),
            "n_parameters": module.n_parameters,
            "n_multiply_adds": count_multiply_adds(module.network, *module.listener(waveform, samples)),
        }
        for system, module in modules.items()
    }


def measure(experiment: Experiment, seconds: float, n_rounds: int) -> dict[str, Any]:
    """Measure everything."""
    torch.manual_seed(0)
    limit_threads(1)
    return {
        "experiment": experiment.name,
        "seconds": seconds,
        "rounds": n_rounds,
        "version": __version__,
        "torch": torch.__version__,
        "machine": platform.machine(),
        "training_step": compare_training_steps(experiment, seconds, n_rounds),
        "activation": compare_activations(experiment, seconds, n_rounds),
        "execution_forms": compare_execution_forms(experiment, seconds, n_rounds),
        "front_end_times_real_time": measure_front_ends(experiment, seconds, n_rounds),
        "answer": compare_answers(experiment, seconds, n_rounds),
    }


def show(measured: Mapping[str, Any]) -> None:
    """Print what was measured, as a person wants to read it."""
    step = measured["training_step"]
    print(f"{measured['experiment']}, {measured['seconds']:g} s an utterance, one thread, medians\n")
    print(f"training step, batch {step['batch']}, {step['frames']} frames")
    print(f"  cnn_lstm {step['cnn_lstm_ms']} ms, dycnn_bilstm {step['dycnn_bilstm_ms']} ms")
    print(f"  ratio {step['ratio']}\n")
    activation = measured["activation"]
    print("normalisation, ELU and mask of all blocks, forwards and back")
    print(f"  written {activation['written_ms']} ms, autograd {activation['autograd_ms']} ms")
    print(f"  ratio {activation['ratio']}\n")
    print("forms of the dynamic convolution, whole network forwards")
    for row in measured["execution_forms"]:
        print(f"  batch {row['batch']}: " + ", ".join(f"{form} {row[f'{form}_ms']} ms" for form in FORMS))
    print("\nfront end")
    for name, times in measured["front_end_times_real_time"].items():
        print(f"  {name} {times} × real time")
    print("\none answer, from waveform to logits")
    for system, cost in measured["answer"].items():
        print(
            f"  {system} {cost['latency_ms']} ms, {cost['n_parameters']:,} parameters, "
            f"{cost['n_multiply_adds']:,} multiply-adds"
        )


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    names = ", ".join(experiment_names())
    parser.add_argument("--experiment", default="recommended", help=f"one of {names}, or a .toml file")
    parser.add_argument("--seconds", type=float, default=3.0, help="length of an utterance (default: 3)")
    parser.add_argument("--rounds", type=int, default=100, help="turns that are timed (default: 100)")
    parser.add_argument(
        "--out", type=Path, default=OUT, help="JSON file to write (default: benchmarks/speed/one-thread.json)"
    )
    return parser.parse_args()


def main() -> None:
    arguments = read_arguments()
    measured = measure(load_experiment(arguments.experiment), arguments.seconds, arguments.rounds)
    show(measured)
    write_text(arguments.out, json.dumps(measured, indent=2) + "\n")


if __name__ == "__main__":
    main()
