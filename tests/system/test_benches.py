"""The measurements of `bench/` still run, each with little to measure. What they say is not looked at: it depends on the day."""

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.system

BENCH = Path(__file__).parents[2] / "bench"
LITTLE = {
    "choosing": ["--people", "2"],
    "cold_start": ["--rounds", "1"],
    "idle": ["--people", "5", "--seconds", "1"],
    "one_pause": ["--people", "50", "--reloads", "1", "--newcomers", "1"],
    "planning": ["--people", "80"],
    "preview": ["--people", "5"],
}


@pytest.mark.parametrize("name", sorted(path.stem for path in BENCH.glob("[a-z]*.py")))
def test_a_measurement_runs(name):
    done = subprocess.run(
        [sys.executable, BENCH / f"{name}.py", *LITTLE[name]], capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout
