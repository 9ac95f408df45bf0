"""Odd environments, each with a process of its own; NUDGER_TEST_ENVIRONMENTS=2000 is the long form, of half an hour.

tests/cli/test_odd_environments.py tries more of them in one process.
"""

import os
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random

import pytest

from tests.odd_environments import leaked, odd_environment, write_small

pytestmark = pytest.mark.system

ROOT = Path(__file__).parents[2]
COUNT = int(os.environ.get("NUDGER_TEST_ENVIRONMENTS", "120"))
COMMANDS = (
    "check",
    "status",
    "preview",
    "recipients list",
    "check --format json",
    "--help",
    "explain",
    "library",
    "send sam",
)


def test_no_environment_is_a_bug(tmp_path):
    with ThreadPoolExecutor(2) as pool:
        ends = Counter()
        for part in pool.map(lambda first: _some(tmp_path / str(first), range(first, COUNT, 2)), (0, 1)):
            ends += part
    assert sum(ends.values()) == COUNT
    assert set(ends) <= {0, 1, 2}
    assert ends[0] > COUNT / 5


def _some(folder, seeds):
    home = folder / "home"
    write_small(home)
    (folder / "credentials").mkdir()
    ends = Counter()
    for seed in seeds:
        rng = Random(seed)
        odd = odd_environment(rng)
        words = rng.choice(COMMANDS).split()
        variables = odd.lay_out(home, folder / "credentials")
        kept = {name: value for name, value in os.environ.items() if not name.startswith("NUDGER_")}
        environment = {name: value for name, value in (kept | variables).items() if "\0" not in value}
        command = [sys.executable, "-m", "nudger", "--config", ".", *words]
        done = subprocess.run(
            command, cwd=home, env=environment | {"PYTHONPATH": str(ROOT)}, capture_output=True, timeout=60, check=False
        )
        said = (done.stdout + done.stderr).decode(errors="replace")
        assert done.returncode in (0, 1, 2), (seed, odd, words, said[-3000:])
        assert "Traceback" not in said, (seed, odd, words, said[-3000:])
        assert not leaked(said), (seed, odd, words, said[-3000:])
        ends[done.returncode] += 1
    return ends
