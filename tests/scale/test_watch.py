"""A process that gets nowhere ends; one that moves, or rests, does not."""

import subprocess
import sys

WATCHED = """
import time
from prosodyn.scale.watch import Watch
watch = Watch(0.5)
{}
"""


def code_after(what: str) -> int:
    done = subprocess.run([sys.executable, "-c", WATCHED.format(what)], check=False, timeout=60)
    return done.returncode


def test_one_that_gets_nowhere_ends() -> None:
    assert code_after("watch.move(); time.sleep(30)") == 1


def test_one_that_moves_goes_on() -> None:
    assert code_after("for _ in range(12): watch.move(); time.sleep(0.1)") == 0


def test_one_that_rests_goes_on() -> None:
    assert code_after("watch.move(); watch.rest(); time.sleep(1.5)") == 0
