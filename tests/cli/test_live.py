"""The verb `live`: samples from a pipe or a microphone, until their end, Ctrl-C, or nobody reads."""

import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess
from types import ModuleType

import numpy as np
import pytest

from prosodyn.corpora import toy
from prosodyn.inference import Recogniser
from prosodyn.sounds import SoundSpeechDetector
from prosodyn.types import FloatArray

Prosodyn = Callable[..., CompletedProcess[str]]
LIVE = (sys.executable, "-m", "prosodyn", "live", "--stdin")


@pytest.fixture(scope="module")
def spoken() -> FloatArray:
    """Return half a minute: angry, then silent for long enough to be told, then sad."""
    angry = [toy.recording("anger", "f1", seed=seed) for seed in range(8)]
    sad = [toy.recording("sadness", "f1", seed=seed) for seed in range(8)]
    return np.concatenate([*angry, np.zeros(12 * 16_000), *sad]).astype(np.float32)


@pytest.fixture
def pipe(monkeypatch: pytest.MonkeyPatch) -> Callable[[bytes], None]:
    """Return what puts bytes into standard input."""

    def put(content: bytes) -> None:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BufferedReader(io.BytesIO(content))))

    return put


def ends_and_emotions(output: str) -> list[tuple[float, str]]:
    return [(entry["end"], entry["emotion"]) for entry in map(json.loads, output.splitlines())]


@pytest.mark.parametrize(("sample_format", "dtype"), [("s16le", "<i2"), ("f32le", "<f4")])
@pytest.mark.parametrize("n_channels", [1, 2])
def test_a_pipe_is_answered_like_its_samples(
    prosodyn: Prosodyn,
    bundle: Path,
    spoken: FloatArray,
    pipe: Callable[[bytes], None],
    *,
    sample_format: str,
    dtype: str,
    n_channels: int,
) -> None:
    sent = (spoken * 32_767).astype(dtype) if dtype == "<i2" else spoken.astype(dtype)
    pipe(np.repeat(sent[:, np.newaxis], n_channels, axis=1).tobytes())
    words = ("--sample-format", sample_format, "--channels", n_channels, "--jsonl")
    done = prosodyn("live", "--stdin", "--model", bundle, *words)
    expected = Recogniser.load(bundle).timeline(
        sent if dtype == "<i2" else spoken, detector=SoundSpeechDetector()
    )
    assert done.returncode == 0
    assert ends_and_emotions(done.stdout) == [(one.end, one.emotion) for one in expected.segments]


def test_a_speaker_who_is_enrolled_is_followed(
    prosodyn: Prosodyn,
    bundle: Path,
    spoken: FloatArray,
    pipe: Callable[[bytes], None],
    write_wav: Callable[..., Path],
) -> None:
    before = write_wav("before.wav", np.tile(spoken, 2), subtype="FLOAT")
    pipe(spoken.astype("<f4").tobytes())
    words = ("--sample-format", "f32le", "--enrol", before, "--jsonl")
    done = prosodyn("live", "--stdin", "--model", bundle, *words)
    expected = Recogniser.load(bundle).enrol(before).timeline(spoken)
    assert f"enrolled with {2 * len(spoken) / 16_000:.1f} s of this speaker: {before}" in done.stderr
    assert ends_and_emotions(done.stdout) == [(one.end, one.emotion) for one in expected.segments]


def test_the_rate_is_that_of_the_samples(
    prosodyn: Prosodyn, bundle: Path, spoken: FloatArray, pipe: Callable[[bytes], None]
) -> None:
    pipe((spoken * 32_767).astype("<i2").tobytes())
    done = prosodyn("live", "--stdin", "--rate", 8_000, "--model", bundle, "--jsonl")
    assert ends_and_emotions(done.stdout)[-1][0] == pytest.approx(len(spoken) / 8_000, abs=1e-3)


def test_lines_are_written_where_nobody_watches(
    prosodyn: Prosodyn, bundle: Path, spoken: FloatArray, pipe: Callable[[bytes], None]
) -> None:
    pipe((spoken[:32_000] * 32_767).astype("<i2").tobytes())
    (line,) = prosodyn("live", "--stdin", "--model", bundle).stdout.splitlines()
    start, end, _, _, unit = line.split()
    assert (start, end, unit) == ("0:00.0", "0:02.0", "%")


def test_an_input_without_samples_says_nothing(
    prosodyn: Prosodyn, bundle: Path, pipe: Callable[[bytes], None]
) -> None:
    pipe(b"")
    done = prosodyn("live", "--stdin", "--model", bundle)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_half_a_sample_at_the_end_is_told(
    prosodyn: Prosodyn, bundle: Path, spoken: FloatArray, pipe: Callable[[bytes], None]
) -> None:
    pipe((spoken * 32_767).astype("<i2").tobytes() + b"\0")
    assert "last 1 bytes are no whole sample" in prosodyn("live", "--stdin", "--model", bundle).stderr


def test_what_is_no_number_ends_it_after_what_was_heard(
    prosodyn: Prosodyn, bundle: Path, spoken: FloatArray, pipe: Callable[[bytes], None]
) -> None:
    pipe(np.append(spoken, np.float32(np.nan)).astype("<f4").tobytes())
    done = prosodyn("live", "--stdin", "--sample-format", "f32le", "--model", bundle, "--jsonl")
    assert done.returncode == 3
    assert "standard input: holds nan at" in done.stderr
    assert done.stdout


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["--stdin", "--rate", "100"], 3, "standard input: sampled at 100 Hz"),
        (["--channels", "2"], 2, "add --stdin"),
        (["--stdin", "--sample-format", "mp3"], 2, "sample-format"),
        (["--stdin", "--hop", "9"], 2, "timeline.hop: expected"),
    ],
)
def test_a_mistake_has_its_exit_code(
    prosodyn: Prosodyn, bundle: Path, words: list[str], code: int, said: str
) -> None:
    done = prosodyn("live", "--model", bundle, *words)
    assert done.returncode == code
    assert said in done.stderr


def test_a_keyboard_is_no_input(bundle: Path) -> None:
    outside, inside = os.openpty()
    done = subprocess.run(
        [*LIVE, "--model", str(bundle)], stdin=inside, capture_output=True, text=True, check=False
    )
    os.close(inside)
    os.close(outside)
    assert done.returncode == 2
    assert "nothing is piped into it" in done.stderr


def begin(bundle: Path, content: bytes) -> subprocess.Popen[bytes]:
    """Start listening to a pipe that stays open after some content."""
    command = [*LIVE, "--model", str(bundle), "--jsonl"]
    started = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert started.stdin is not None
    started.stdin.write(content)
    started.stdin.flush()
    return started


def test_ctrl_c_ends_it_with_what_was_heard(bundle: Path, spoken: FloatArray) -> None:
    started = begin(bundle, (spoken * 32_767).astype("<i2").tobytes())
    assert started.stdout is not None
    assert started.stdin is not None
    first = started.stdout.readline()
    time.sleep(0.5)  # until it waits for more
    started.send_signal(signal.SIGINT)
    ends = ends_and_emotions((first + started.stdout.read()).decode())
    started.stdin.close()
    assert started.stderr is not None
    assert (started.wait(timeout=30), started.stderr.read()) == (0, b"")
    assert ends[-1][0] == len(spoken) / 16_000
    started.stdout.close()
    started.stderr.close()


def test_a_reader_who_leaves_ends_it_quietly(bundle: Path, spoken: FloatArray) -> None:
    started = begin(bundle, (spoken * 32_767).astype("<i2").tobytes())
    assert started.stdout is not None
    started.stdout.readline()
    started.stdout.close()
    assert started.stdin is not None
    started.stdin.close()
    started.wait(timeout=30)
    assert started.stderr is not None
    said = started.stderr.read()
    started.stderr.close()
    assert (started.returncode, said) == (1, b"")


class Microphone:
    """Stands for `sounddevice`'s stream: gives what was spoken, then Ctrl-C."""

    spoken = np.zeros(0, dtype=np.float32)

    def __init__(self, samplerate: int, channels: int, dtype: str) -> None:
        self.place = 0

    def __enter__(self) -> "Microphone":
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def read(self, n: int) -> tuple[FloatArray, bool]:
        piece = self.spoken[self.place : self.place + n, np.newaxis]
        self.place += n
        if len(piece) == 0:
            signal.raise_signal(signal.SIGINT)
        return piece, 50_000 <= self.place < 50_000 + 3 * n


def plug_in(monkeypatch: pytest.MonkeyPatch, stream: object) -> None:
    module = ModuleType("sounddevice")
    module.InputStream = stream  # type: ignore[attr-defined]
    module.PortAudioError = OverflowError  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "sounddevice", module)


def test_a_microphone_is_heard_until_ctrl_c(
    prosodyn: Prosodyn, bundle: Path, spoken: FloatArray, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Microphone, "spoken", spoken)
    plug_in(monkeypatch, Microphone)
    done = prosodyn("live", "--model", bundle, "--jsonl")
    expected = Recogniser.load(bundle).timeline(spoken, detector=SoundSpeechDetector())
    assert done.returncode == 0
    assert ends_and_emotions(done.stdout) == [(one.end, one.emotion) for one in expected.segments]


def test_lost_sound_is_told(
    prosodyn: Prosodyn, bundle: Path, spoken: FloatArray, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Microphone, "spoken", spoken)
    plug_in(monkeypatch, Microphone)
    told = prosodyn("live", "--model", bundle).stderr
    assert (told.count("some sound was lost"), told.count("sound was lost 3 times")) == (1, 1)


def test_a_missing_microphone_says_what_to_do(
    prosodyn: Prosodyn, bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none_there(**_: object) -> None:
        raise OverflowError("no default input device")

    plug_in(monkeypatch, none_there)
    done = prosodyn("live", "--model", bundle)
    assert done.returncode == 3
    assert "microphone: cannot be used: no default input device; connect" in done.stderr


def test_without_the_package_the_message_names_the_extra(
    prosodyn: Prosodyn, bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "sounddevice", None)
    done = prosodyn("live", "--model", bundle)
    assert done.returncode == 9
    assert "pip install 'prosodyn[live]'" in done.stderr


def test_a_terminal_is_left_clean(bundle: Path, spoken: FloatArray, tmp_path: Path) -> None:
    (tmp_path / "call.raw").write_bytes((spoken * 32_767).astype("<i2").tobytes())
    outside, inside = os.openpty()
    with (tmp_path / "call.raw").open("rb") as source:
        command = [*LIVE, "--model", str(bundle)]
        surroundings = os.environ | {"COLUMNS": "60", "TERM": "xterm-256color"}
        started = subprocess.Popen(command, stdin=source, stdout=inside, env=surroundings)
        os.close(inside)
        shown = b""
        try:
            while piece := os.read(outside, 65_536):
                shown += piece
        except OSError:
            pass  # the other side has closed it
    os.close(outside)
    assert started.wait() == 0
    assert b"\x1b[?25h" in shown[-400:]  # the cursor is back
    assert b"acted emotions" in shown


def test_doubt_and_any_sound_are_those_of_predict(
    prosodyn: Prosodyn, bundle: Path, pipe: Callable[[bytes], None], rng: np.random.Generator
) -> None:
    hiss = (3_000 * rng.standard_normal(48_000)).astype("<i2")
    pipe(hiss.tobytes())
    heard = prosodyn("live", "--stdin", "--model", bundle, "--any-sound", "--jsonl")
    assert json.loads(heard.stdout)["emotion"] != "no speech"
    pipe(hiss.tobytes())
    refused = prosodyn("live", "--stdin", "--model", bundle, "--error-rate", "0.05")
    assert "no speakers were held out" in refused.stderr
