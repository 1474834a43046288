"""The house's sizes and habits that ruff and mypy do not check."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PYTHON_FILES = [
    path
    for folder in ("src", "tests", "benchmarks", "docs", "packages")
    for path in (ROOT / folder).rglob("*.py")
]
SOURCES = [path for path in PYTHON_FILES if (ROOT / "src") in path.parents]

LONGEST_FILE = 300
LONGEST_FUNCTION = 60

# Folders of somebody's machine: at the start of a path, so that neither a URL nor `train/opt/` is one.
MACHINE_PATH = re.compile(r"(?<![\w./~-])/(?:home|root|work|opt|tmp|Users|private|mnt)/\w|\b[A-Z]:\\\\?Users")

UNSAFE_MODULES = {"pickle", "cPickle", "_pickle", "cloudpickle", "dill", "joblib", "marshal", "shelve"}


def name_of(path: Path) -> str:
    """Return a path as the repository spells it."""
    return path.relative_to(ROOT).as_posix()


def find_long_functions(source: str) -> Iterator[str]:
    """Yield the functions of a module that are longer than the house allows."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > LONGEST_FUNCTION:
                yield f"{node.name} has {lines} lines"


def find_unsafe_loads(source: str) -> Iterator[str]:
    """Yield what could run code that hides in a file."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from (f"imports {alias.name}" for alias in node.names if is_unsafe(alias.name))
        elif isinstance(node, ast.ImportFrom) and is_unsafe(node.module or ""):
            yield f"imports {node.module}"
        elif isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            settings = {word.arg: ast.unparse(word.value) for word in node.keywords}
            if called == "torch.load" and settings.get("weights_only") != "True":
                yield "calls torch.load without weights_only=True"
            if settings.get("allow_pickle", "False") != "False":
                yield f"calls {called} with allow_pickle"


def is_unsafe(module: str) -> bool:
    """Tell whether a module reads code from files."""
    return module.partition(".")[0] in UNSAFE_MODULES


@pytest.mark.parametrize("path", PYTHON_FILES, ids=name_of)
def test_a_file_stays_within_the_house_sizes(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    lines = source.count("\n")
    assert lines <= LONGEST_FILE
    assert list(find_long_functions(source)) == []


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_nothing_unpickles(path: Path) -> None:
    assert list(find_unsafe_loads(path.read_text(encoding="utf-8"))) == []


def test_tracked_files_name_no_machine_paths() -> None:
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout, so nothing says which files are tracked")
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    found = []
    for name in filter(None, listed.split("\0")):
        path = ROOT / name
        if path.is_file() and b"\0" not in (content := path.read_bytes()):
            found += [
                f"{name}: {match}"
                for match in MACHINE_PATH.findall(content.decode("utf-8", errors="replace"))
            ]
    assert found == []


@pytest.mark.parametrize("root", ["home", "root", "work", "tmp"])
def test_a_machine_path_is_recognised(root: str) -> None:
    assert MACHINE_PATH.search(f'path = "/{root}/someone/call.wav"')


@pytest.mark.parametrize(
    "text", ["https://example.org/home/page", "train/opt/call", "/usr/bin/env bash", "and/or"]
)
def test_what_is_no_machine_path_passes(text: str) -> None:
    assert not MACHINE_PATH.search(text)


@pytest.mark.parametrize(
    "source",
    [
        "import pickle",
        "from joblib import load",
        "torch.load(path)",
        "torch.load(path, weights_only=False)",
        "numpy.load(path, allow_pickle=True)",
    ],
)
def test_an_unsafe_load_is_recognised(source: str) -> None:
    assert list(find_unsafe_loads(source))


def test_a_weights_only_load_passes() -> None:
    assert list(find_unsafe_loads("torch.load(path, weights_only=True)\nnumpy.load(path)")) == []


def test_a_long_function_is_recognised() -> None:
    body = "\n".join("    step()" for _ in range(LONGEST_FUNCTION))
    assert list(find_long_functions(f"def f():\n{body}")) == [f"f has {LONGEST_FUNCTION + 1} lines"]
