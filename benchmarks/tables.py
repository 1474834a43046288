"""Write the tables of the pages from the result files: `python benchmarks/tables.py`."""

import json
import statistics
from pathlib import Path
from typing import Any

from prosodyn.evaluation.ablation_table import ablation_table
from prosodyn.evaluation.pages import render_page
from prosodyn.evaluation.paired import Paired
from prosodyn.evaluation.paired_table import EXPLAINED, signed, told_p, told_verdict
from prosodyn.evaluation.reference import TITLES
from prosodyn.evaluation.result_file import ResultFile, read_results
from prosodyn.evaluation.tables import markdown_table
from prosodyn.mapping import from_mapping
from prosodyn.toml_files import read_toml
from prosodyn.training.experiment import load_experiment

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "results"
SPEED, PEERS, HOUR, PROCESSES, SERVICE = (
    ROOT / "benchmarks" / "speed" / f"{name}.json"
    for name in ("one-thread", "peers", "hour", "processes", "serve")
)
SCALING = ROOT / "benchmarks" / "scale" / "scaling-local.json"
CHAOS = {name: ROOT / "benchmarks" / "scale" / f"chaos-{name}.json" for name in ("local", "ray")}
ABLATIONS = ROOT / "benchmarks" / "ablations"
PRETRAINING = ROOT / "benchmarks" / "pretraining.json"
DOCS = ("benchmark.md", "what-worked.md", "service.md", "scale.md")
PAGES = (ROOT / "README.md", *(ROOT / "docs" / name for name in DOCS))


def main() -> None:
    for page in PAGES:
        page.write_text(render(page.read_text(encoding="utf-8")), encoding="utf-8")


def render(page: str) -> str:
    """Return a page with the tables of today's result files."""
    others = {
        "speed": speed_table(),
        "processes": process_table(),
        "ablations": table_of_ablations("shortened"),
        "ablations_pretrained": table_of_ablations("pretrained"),
        "pretraining": pretraining_table(),
        "service": service_table(),
        "scaling": scaling_table(),
        "chaos": chaos_table(),
    }
    return render_page(page, read_results(RESULTS), others)


def table_of_ablations(whole: str) -> str:
    """Lay out what `benchmarks/ablations.py` measured beside one recipe."""
    name = ("dycnn_bilstm", whole)
    results = read_results(RESULTS / "ablations")
    taken = [each for each in results if [pair.rival for pair in each.paired] == [", ".join(name)]]
    itself = [each for each in [*results, *read_results(RESULTS)] if is_whole(each, name)]
    changes = {path.stem: read_toml(path)["about"] for path in ABLATIONS.glob("*.toml")}
    changes["pretrained"] = load_experiment("pretrained").about
    return ablation_table([*itself, *taken], changes, name)


def is_whole(result: ResultFile, name: tuple[str, str]) -> bool:
    """Tell whether a result is what others were taken from, on the same folds."""
    run = result.run
    is_plain = run.adaptation == "none" and not run.channel
    return is_plain and (run.system, run.recipe) == name and (run.corpus, run.protocol) == ("emodb", "loso")


def pretraining_table() -> str:
    """Lay out what `benchmarks/pretraining.py` compared."""
    header = [
        "corpus, protocol",
        "kind, less another",
        "seeds",
        "WA difference",
        "UA difference",
        "p",
        "verdict",
    ]
    rows = []
    for compared in json.loads(PRETRAINING.read_text(encoding="utf-8")):
        pair = from_mapping(Paired, compared["paired"], str(PRETRAINING))
        differences = (
            signed(pair.wa_difference, pair.wa_difference_interval),
            signed(pair.ua_difference, pair.ua_difference_interval),
        )
        place = f"{TITLES[compared['corpus']]}, `{compared['protocol']}`"
        kinds = f"{compared['of']}, less {pair.rival}"
        rows.append([place, kinds, str(compared["n_seeds"]), *differences, told_p(pair), told_verdict(pair)])
    return "\n".join([markdown_table(header, rows), "", *EXPLAINED])


def speed_table() -> str:
    """Lay out what `benchmarks/speed.py` and `benchmarks/peers.py` measured."""
    measured = json.loads(SPEED.read_text(encoding="utf-8"))
    rows = [
        *step_rows(measured["training_step"]),
        *activation_rows(measured["activation"]),
        *form_rows(measured["execution_forms"]),
    ]
    rows += [
        [f"front end `{name}`", f"{factor} × real time"]
        for name, factor in measured["front_end_times_real_time"].items()
    ]
    rows += peer_rows(json.loads(PEERS.read_text(encoding="utf-8")))
    rows += hour_rows(json.loads(HOUR.read_text(encoding="utf-8")))
    return markdown_table(["what", "measured"], rows)


def step_rows(step: dict[str, Any]) -> list[list[str]]:
    where = f"training step, batch of {step['batch']}, {step['frames']} frames"
    figures = f"{step['dycnn_bilstm_ms']:.0f} and {step['cnn_lstm_ms']:.0f} ms: {step['ratio']:.2f} times"
    return [[f"{where}: DyCNN + Bi-LSTM and CNN + LSTM", figures]]


def activation_rows(activation: dict[str, Any]) -> list[list[str]]:
    what = f"normalisation, ELU and mask of all blocks there and back, batch of {activation['batch']}"
    times = f"{activation['written_ms']:.1f} and {activation['autograd_ms']:.1f} ms"
    return [[f"{what}: written gradient and autograd", f"{times}: {activation['ratio']:.2f} times"]]


def form_rows(forms: list[dict[str, Any]]) -> list[list[str]]:
    return [
        [
            f"dynamic convolutions, batch of {form['batch']}: grouped, unfold, mix",
            ", ".join(f"{form[name]:.1f}" for name in ("grouped_ms", "unfold_ms", "mix_ms")) + " ms",
        ]
        for form in forms
    ]


def peer_rows(measured: dict[str, Any]) -> list[list[str]]:
    real_time, faster = measured["times_real_time"], measured["times_as_fast_as_egemaps"]
    what = f"from waveform to logits by the exported graph, {measured['recordings']} recordings of EmoDB"
    return [
        [f"{what}: `{name}`", f"{real_time[name]} × real time, {times:.2f} times as fast as eGeMAPS"]
        for name, times in faster.items()
    ]


def hour_rows(measured: dict[str, Any]) -> list[list[str]]:
    """Lay out what `benchmarks/hour.py` measured."""
    real_time, faster = measured["times_real_time"], measured["times_as_fast_as_egemaps"]
    window, hop = measured["window"], measured["hop_default"]
    ways = {
        "back_to_back": "back to back, without a detector",
        "default_with_detector": f"every {hop:g} s, with the detector, as by default",
    }
    what = (
        f"`{measured['bundle']}` follows {measured['minutes']:g} minutes of speech, windows of {window:g} s"
    )
    rows = [
        [f"{what} {told}", f"{real_time[way]:.0f} × real time, {faster[way]:.2f} times as fast as eGeMAPS"]
        for way, told in ways.items()
    ]
    held = [f"{megabytes:.0f} MB for {hours}" for hours, megabytes in measured["megabytes"].items()]
    return [*rows, ["the most memory of that, as by default", ", ".join(held)]]


def process_table() -> str:
    """Lay out what `benchmarks/processes.py` measured."""
    measured = json.loads(PROCESSES.read_text(encoding="utf-8"))
    apart, faster = measured["loss_apart"], measured["times_as_fast_as_one"]
    curves = {
        "two processes, without dropout": "two_processes_without_dropout",
        "two processes, which draw dropout otherwise": "two_processes",
        "one process with another seed": "another_seed",
    }
    epochs = f"`{measured['experiment']}`, {measured['epochs']} epochs, batch of {measured['batch_size']}"
    rows = [
        [f"loss, {epochs}: one process and {what}", f"at most {apart[name]:.2g} apart"]
        for what, name in curves.items()
    ]
    for size, way in (("batch_size", ""), ("large_batch_size", "large_batches_")):
        by_processor, by_clock = (faster[f"{way}by_{each}"] for each in ("processor", "clock"))
        what = f"an epoch, batch of {measured[size]}: two processes, by the processor's time and by the clock"
        rows.append([what, f"{by_processor:.2f} and {by_clock:.2f} times as fast as one"])
    table = markdown_table(["what", "measured"], rows)
    busy = f"{min(measured['load']):.0f} to {max(measured['load']):.0f}"
    return (
        f"{table}\n\n- While {busy} processes, these among them, wanted to run on {measured['cores']} cores. "
        "By the processor's time it is as if each had a core of its own, and nobody waited for anybody."
    )


def service_table() -> str:
    """Lay out what `benchmarks/serve.py` measured."""
    measured = json.loads(SERVICE.read_text(encoding="utf-8"))
    each, busy, flooded, live = (
        measured[name] for name in ("milliseconds_a_recording", "at_80_percent", "at_200_percent", "live")
    )
    rows = [
        ["from nothing to the first answer", f"{measured['start_up_seconds']:.1f} s"],
        ["a recording of 3 s by a plain loop over the recogniser", f"{each['loop']:.0f} ms"],
        ["the same by POST", f"{each['service']:.0f} ms, {100 * each['on_top']:.0f} % on top"],
        ["most that are answered", f"{measured['saturation_a_second']:.0f} a second"],
        ["at 80 % of that, arrivals at random", _latencies(busy)],
        ["at twice that", _latencies(flooded)],
        [
            f"{live['streams']} live streams for {live['seconds']} s: delay of an event",
            _within(live["milliseconds"]),
        ],
        [
            "memory meanwhile, at the beginning and at the end",
            f"{live['megabytes']['begin']} and {live['megabytes']['end']} MB",
        ],
    ]
    return f"{markdown_table(['what', 'measured'], rows)}\n\n- {measured['machine']}, shared with who asks."


def _latencies(load: dict[str, Any]) -> str:
    told = f"{100 * load['share_refused']:.0f} % refused by 429"
    return f"of the answers {_within(load['milliseconds'])}; {told}"


def _within(milliseconds: dict[str, float]) -> str:
    return f"half within {milliseconds['50']:.0f} ms, 99 % within {milliseconds['99']:.0f} ms"


def scaling_table() -> str:
    """Lay out what `benchmarks/archive.py scaling` measured."""
    measured = json.loads(SCALING.read_text(encoding="utf-8"))
    units = {"rows_a_second": "", "processor_ms_a_row": " ms", "megabytes_a_worker": " MB"}
    rows = [
        [
            n_workers,
            f"{measured['times_as_fast'][n_workers]:.2f}",
            *(f"{statistics.median(run[name] for run in runs):.0f}{unit}" for name, unit in units.items()),
        ]
        for n_workers, runs in measured["runs"].items()
    ]
    header = ["workers", "times as fast as one", "rows a second", "processor time a row", "memory a worker"]
    n_rounds = len(next(iter(measured["runs"].values())))
    return (
        f"{markdown_table(header, rows)}\n\n- {measured['rows']:,} recordings of 1.3 s on "
        f"{measured['cores']} cores, medians of {n_rounds} rounds in turns, starts included."
    )


def chaos_table() -> str:
    """Lay out what `benchmarks/archive.py chaos` found."""
    found = {
        name: json.loads(path.read_text(encoding="utf-8")) for name, path in CHAOS.items() if path.exists()
    }
    rows = [
        [
            {"local": "processes", "ray": "Ray"}[name],
            f"{one['rows']:,}",
            *(str(one["struck"][victim]) for victim in ("worker", "driver", "disk")),
            str(one["starts"]),
            str(len(one["faults"])),
        ]
        for name, one in found.items()
    ]
    harm = ["workers killed", "runs killed", "disks filled"]
    header = ["workers are", "rows", *harm, "starts", "rows lost or double"]
    return markdown_table(header, rows)


if __name__ == "__main__":
    main()
