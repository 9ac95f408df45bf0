"""Every file that is shipped, cut, doubled or mangled at random places: problems in their places, and nothing else.

`python -m tests.config.test_mangled 500` tries so many places of every file, one after the other.
"""

import random
import shutil
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

import pytest

from nudger.config.catalog import read_configuration
from nudger.config.report import as_text
from nudger.config.starter import write_starter
from nudger.proofread.words import note_remarks

ROOT = Path(__file__).parents[2]
TODAY = date(2026, 11, 25)
ODD = [
    "\t",
    "\u00a0",
    "\u2013",
    "\u201c",
    "\uff1a",
    "\u0430",
    "\u0301",
    "\x00",
    "\u202e",
    '"',
    "'",
    ":",
    "#",
    "{",
    "}",
    "[",
    "]",
]
ODD += [
    "-",
    "|",
    ">",
    "&",
    "*",
    "!",
    "%",
    "@",
    "`",
    ",",
    "\n",
    "\r",
    "  ",
    "\n  ",
    ": ",
    " #",
    "---\n",
    "~",
    "\u2028",
    "9",
]


def shipped():
    """Return every file that a configuration begins with, by its place in the folder."""
    files = {
        f"{folder}/{path.name}": path.read_bytes()
        for folder in ("schedules", "messages")
        for path in sorted((ROOT / folder).glob("*.yaml"))
    }
    with tempfile.TemporaryDirectory() as name:
        write_starter(Path(name) / "made", time_zone="Europe/Berlin")
        for path in sorted((Path(name) / "made").rglob("*.yaml")):
            files.setdefault(str(path.relative_to(Path(name) / "made")), path.read_bytes())
    files.setdefault("crisis_lines.yaml", (ROOT / "nudger" / "config" / "data" / "crisis_lines.yaml").read_bytes())
    return files


def mangled(data, chance):
    """Return the bytes cut, doubled, or with something added, lost or exchanged, at a random place."""
    at, end = sorted(chance.choices(range(len(data) + 1), k=2))
    end = min(end, at + chance.choice([1, 3, 40, 400, 100_000]))
    odd = chance.choice(ODD).encode()
    return chance.choice(
        [
            data[:at],
            data[:end] + data[at:],
            data[:at] + odd + data[at:],
            data[:at] + odd + data[at + 1 :],
            data[:at] + data[end:],
            data[:at] + bytes([chance.randrange(256)]) + data[at + 1 :],
        ]
    )


def check(folder, name, data):
    """Return what is said about one such file beside two small ones."""
    shutil.rmtree(folder, ignore_errors=True)
    for each in ("schedules", "messages"):
        (folder / each).mkdir(parents=True)
        shutil.copy(ROOT / "tests" / "config" / "good" / f"{each}.yaml", folder / each / "a-good-one.yaml")
    path = folder / name
    path.write_bytes(data)
    people = folder / "recipients.yaml"
    return path, read_configuration(folder, people if people.exists() else None, today=TODAY, proofread=note_remarks)


def assert_all_is_in_its_place(path, data, reading):
    lines = data.decode("utf-8-sig", errors="replace").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for problem in reading.problems:
        if problem.file == str(path) and problem.line:
            assert problem.line <= len(lines), problem
            assert problem.column <= len(lines[problem.line - 1]) + 1, problem
        assert problem.what
    assert len(as_text(reading.problems, files=reading.files)) < 300_000


def try_places(name, data, count, seed):
    chance = random.Random(f"{seed} {name}")
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(count):
            bad = mangled(data, chance)
            began = time.process_time()
            path, reading = check(Path(folder) / "here", name, bad)
            assert time.process_time() - began < 5, bad[:200]
            assert_all_is_in_its_place(path, bad, reading)


FILES = shipped()


@pytest.mark.parametrize("name", FILES)
def test_problems_stand_in_their_places_whatever_happens_to_a_file(name):
    try_places(name, FILES[name], count=1, seed=1)


if __name__ == "__main__":
    for each, content in FILES.items():
        began = time.monotonic()
        try_places(each, content, count=int(sys.argv[1]), seed=sys.argv[2] if len(sys.argv) > 2 else "long")
        print(f"{each}: {sys.argv[1]} places, {time.monotonic() - began:.0f} s", flush=True)
