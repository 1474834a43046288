"""A room imports only from floors below its own; `docs/architecture.md` draws the floors.

The check is a pure function over sources, so that the tests can plant violations and see it go red.
Imports inside functions and under `TYPE_CHECKING` count like any other, and so does
`importlib.import_module` with a written-out name.
"""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = "prosodyn"

FLOORS = {
    **dict.fromkeys(("diagnosis", "errors", "offline"), 0),
    **dict.fromkeys(("files", "mapping", "rules", "types"), 1),
    **dict.fromkeys(("config", "experiments", "explanation", "manifest"), 2),
    **dict.fromkeys(("plots", "toml_files", "timeline"), 2),
    **dict.fromkeys(("bundle", "audio", "encoders", "formats"), 3),
    "features": 4,
    "corpora": 4,
    "sounds": 4,
    "model": 5,
    "comparison": 5,
    "evaluation": 5,
    "inference": 6,
    "export": 7,
    "estimators": 7,
    "training": 8,
    "scale": 9,
    "serve": 9,
    "cli": 10,
    "__main__": 11,
}

WEB = "fastapi starlette pydantic uvicorn h11 websockets python_multipart prometheus_client swagger_ui_bundle"
LIBRARIES = {
    "numpy": ("prosodyn",),
    "torch": (
        "prosodyn.features",
        "prosodyn.model",
        "prosodyn.comparison",
        "prosodyn.training",
        "prosodyn.export",
        "prosodyn.inference.engines",
    ),
    **dict.fromkeys(("soundfile", "soxr", "av", "sounddevice"), ("prosodyn.audio",)),
    "onnx": ("prosodyn.export", "prosodyn.features.encoders"),
    "huggingface_hub": ("prosodyn.encoders",),
    "transformers": ("prosodyn.features.encoders",),
    "onnxruntime": ("prosodyn.offline",),
    "safetensors": ("prosodyn.bundle", "prosodyn.training"),
    "sklearn": ("prosodyn.comparison", "prosodyn.estimators"),
    "hmmlearn": ("prosodyn.comparison",),
    "opensmile": ("prosodyn.comparison.functionals",),
    "swift_f0": ("prosodyn.features.prosody",),
    "pandas": ("prosodyn.formats.timelines.as_frame",),
    "pyarrow": ("prosodyn.manifest", "prosodyn.scale"),
    **dict.fromkeys(("ray", "fsspec"), ("prosodyn.scale",)),
    **dict.fromkeys(WEB.split(), ("prosodyn.serve",)),
    **dict.fromkeys(("typer", "click", "rich"), ("prosodyn.cli",)),
    "matplotlib": (),  # in every module called `plots`, nowhere else
}

SERVED = ("inference", "export", "estimators", "serve", "scale")
UNSEEN_BY_SERVED = ("corpora", "training", "evaluation")
WITHOUT_TORCH = ("bundle", "audio", "corpora", "sounds", "evaluation")


@dataclass(frozen=True)
class Import:
    """One import statement: who, where and what, by full dotted names."""

    module: str
    line: int
    target: str

    def __str__(self) -> str:
        return f"{self.module}:{self.line} imports {self.target}"


def find_violations(sources: Mapping[str, str]) -> list[str]:
    """Return every breach of the floors and of the libraries' rooms, as readable sentences.

    Args:
        sources: dotted name of each module to its source; the front door `prosodyn` is exempt
    """
    imports = [
        found
        for module in sources
        if module != PACKAGE
        for found in dict.fromkeys(find_imports(module, sources[module], sources))
    ]
    rooms = sorted({room_of(module) for module in sources if module != PACKAGE})
    own = [found for found in imports if is_inside(found.target, PACKAGE)]
    foreign = [found for found in imports if not is_inside(found.target, PACKAGE)]
    return [
        *(f"room '{room}' has no floor; give it one in FLOORS" for room in rooms if room not in FLOORS),
        *(fault for found in own if (fault := floor_fault(found))),
        *(fault for found in foreign if (fault := library_fault(found))),
        *reach_faults(own, foreign),
    ]


def find_imports(module: str, source: str, modules: Mapping[str, str]) -> Iterator[Import]:
    """Yield the imports of a module; `from a import b` is an import of `a.b` where that is a module."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(module, node.lineno, alias.name)
        elif isinstance(node, ast.ImportFrom):
            base = "." * node.level + (node.module or "")
            for alias in node.names:
                inner = f"{base}.{alias.name}"
                named = base == PACKAGE or is_module(inner, modules)
                yield Import(module, node.lineno, inner if named else base)
        elif isinstance(node, ast.Call) and (name := dynamic_target(node)):
            yield Import(module, node.lineno, name)


def dynamic_target(call: ast.Call) -> str | None:
    """Return the module that `import_module("…")` or `__import__("…")` names in writing."""
    function = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", None)
    if function not in {"import_module", "__import__"} or not call.args:
        return None
    name = call.args[0]
    return name.value if isinstance(name, ast.Constant) and isinstance(name.value, str) else None


def is_module(name: str, modules: Mapping[str, str]) -> bool:
    """Tell whether a dotted name is a module, or a room that the mapping shows only from inside."""
    return any(is_inside(module, name) for module in modules)


def is_inside(name: str, package: str) -> bool:
    """Tell whether a dotted name is a package or lies inside it."""
    return name == package or name.startswith(f"{package}.")


def room_of(name: str) -> str:
    """Return the room of a dotted name: `prosodyn.audio.load` is in `audio`; the front door is in none."""
    return name.split(".")[1] if "." in name else ""


def floor_fault(found: Import) -> str | None:
    """Say what is wrong with an import inside the package, if anything is."""
    here, there = room_of(found.module), room_of(found.target)
    if here == there or here not in FLOORS or there == "__version__":
        return None
    if there not in FLOORS:
        return f"{found}: that is the front door; name the room"
    if FLOORS[there] >= FLOORS[here]:
        return f"{found}: from floor {FLOORS[here]} to floor {FLOORS[there]}"
    return None


def library_fault(found: Import) -> str | None:
    """Say what is wrong with an import from outside the package, if anything is."""
    if found.target.startswith("."):
        return f"{found}: write the whole name"
    library = found.target.split(".")[0]
    if library in sys.stdlib_module_names:
        return None
    if library not in LIBRARIES:
        return f"{found}: this library has no room yet; give it one in LIBRARIES"
    if library == "matplotlib":
        at_home = found.module.endswith(".plots")
    else:
        at_home = any(is_inside(found.module, room) for room in LIBRARIES[library])
    return (
        None if at_home else f"{found}, which lives in {list(LIBRARIES[library]) or 'modules called plots'}"
    )


def reach_faults(own: list[Import], foreign: list[Import]) -> Iterator[str]:
    """Yield what a room reaches through others, and must not."""
    doors: dict[str, set[str]] = {}
    for found in own:
        doors.setdefault(room_of(found.module), set()).add(room_of(found.target))
    for room in SERVED:
        for unseen in sorted(reachable(room, doors) & set(UNSEEN_BY_SERVED)):
            yield f"{room} reaches {unseen}: what is served never sees training data"
    with_torch = {room_of(found.module) for found in foreign if is_inside(found.target, "torch")}
    for room in WITHOUT_TORCH:
        for heavy in sorted(reachable(room, doors) & with_torch):
            yield f"{room} reaches {heavy}, which imports torch"


def reachable(room: str, doors: Mapping[str, set[str]]) -> set[str]:
    """Return every room that can be reached from a room, itself included."""
    seen: set[str] = set()
    waiting = [room]
    while waiting:
        here = waiting.pop()
        if here not in seen:
            seen.add(here)
            waiting.extend(doors.get(here, ()))
    return seen


def read_package() -> dict[str, str]:
    """Return the sources of the package by dotted module name."""
    sources = {}
    for path in sorted((ROOT / "src" / PACKAGE).rglob("*.py")):
        parts = path.relative_to(ROOT / "src").with_suffix("").parts
        sources[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path.read_text(encoding="utf-8")
    return sources


def test_the_package_keeps_to_its_floors() -> None:
    assert find_violations(read_package()) == []


def test_both_guards_draw_the_same_floors() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    layers = settings["tool"]["importlinter"]["contracts"][0]["layers"]
    drawn = [{room.strip(" ()") for room in layer.split("|")} for layer in reversed(layers)]
    here = [{room for room in FLOORS if FLOORS[room] == floor} for floor in sorted(set(FLOORS.values()))]
    assert drawn == here


def test_the_picture_shows_the_same_floors() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    drawn = {room: int(floor) for floor, room in re.findall(r"^\| (\d+) \| `(\w+)` \|", page, re.MULTILINE)}
    assert drawn == FLOORS


SOUND = {
    "prosodyn": "from prosodyn.inference.recogniser import Recogniser",
    "prosodyn.types": "",
    "prosodyn.errors": "class ProsodynError(Exception): ...",
    "prosodyn.audio.load": "import soundfile\nfrom prosodyn.errors import ProsodynError",
    "prosodyn.features.logmel": "import torch\nfrom prosodyn import errors",
    "prosodyn.corpora": "from prosodyn import audio",
    "prosodyn.inference.engines.torch": "def build():\n    import torch",
    "prosodyn.inference.recogniser": "from prosodyn import __version__, errors, types",
    "prosodyn.evaluation.plots": "import matplotlib.pyplot",
    "prosodyn.cli.main": "import typer\nimport prosodyn.corpora",
}


def test_a_sound_package_has_no_violations() -> None:
    assert find_violations(SOUND) == []


@pytest.mark.parametrize(
    ("module", "source", "complaint"),
    [
        ("prosodyn.audio.wave", "from prosodyn.inference.recogniser import Recogniser", "to floor 6"),
        (
            "prosodyn.audio.wave",
            "def f():\n    from prosodyn.inference import engines",
            "from floor 3 to floor 6",
        ),
        ("prosodyn.errors", "import importlib\nimportlib.import_module('prosodyn.cli.main')", "to floor 10"),
        ("prosodyn.config", "from prosodyn import manifest", "from floor 2 to floor 2"),
        ("prosodyn.model.lstm", "import prosodyn.evaluation.metrics", "from floor 5 to floor 5"),
        ("prosodyn.comparison.svm", "import prosodyn.evaluation.metrics", "from floor 5 to floor 5"),
        ("prosodyn.training.loop", "import sklearn.svm", "which lives in ['prosodyn.comparison', '"),
        ("prosodyn.inference.loaded", "import sklearn.base", "'prosodyn.estimators']"),
        ("prosodyn.comparison.svm", "import opensmile", "in ['prosodyn.comparison.functionals']"),
        ("prosodyn.inference.batch", "import prosodyn.corpora", "inference reaches corpora"),
        ("prosodyn.model.lstm", "import prosodyn.corpora", "inference reaches corpora"),
        ("prosodyn.evaluation.cost", "import prosodyn.features.logmel", "evaluation reaches features"),
        ("prosodyn.inference.recogniser", "import torch", "which lives in"),
        ("prosodyn.bundle.card", "from torch import nn", "bundle reaches bundle, which imports torch"),
        ("prosodyn.sounds.network", "import prosodyn.corpora", "from floor 4 to floor 4"),
        ("prosodyn.cli.archive", "import pyarrow", "which lives in ['prosodyn.manifest', 'prosodyn.scale']"),
        ("prosodyn.scale.pool", "import prosodyn.corpora", "scale reaches corpora"),
        ("prosodyn.corpora.base", "import soundfile", "which lives in ['prosodyn.audio']"),
        ("prosodyn.training.loop", "from rich.progress import track", "which lives in ['prosodyn.cli']"),
        ("prosodyn.evaluation.report", "import matplotlib", "modules called plots"),
        ("prosodyn.audio.wave", "import scipy.signal", "has no room yet"),
        ("prosodyn.audio.wave", "from . import load", "write the whole name"),
        ("prosodyn.cli.show", "from prosodyn import Recogniser", "front door"),
        ("prosodyn.cli.show", "import prosodyn", "front door"),
        ("prosodyn.helpers", "", "room 'helpers' has no floor"),
    ],
)
def test_a_planted_violation_is_found(module: str, source: str, complaint: str) -> None:
    planted = {
        **SOUND,
        "prosodyn.manifest": "",
        "prosodyn.evaluation.metrics": "",
        "prosodyn.inference.recogniser": "import prosodyn.model.lstm",
        "prosodyn.model.lstm": "",
        module: source,
    }
    assert complaint in "\n".join(find_violations(planted))
