"""No input, however hostile, takes more than two seconds or 200 MB, crashes the process, or brings a traceback."""

import multiprocessing
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nudger.config.catalog import read_configuration
from nudger.config.report import as_text
from nudger.config.tables.people import read_people
from nudger.errors import Problem

ROOT = Path(__file__).parents[2]
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40
BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{b}: &{b} [{','.join('*' + a for _ in range(9))}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
)

HOSTILE = {
    "alias bomb": BOMB.encode(),
    "50 MB of a list": b"schedules:\n" + b"- a\n" * 12_500_000,
    "50 MB of one word": b"a" * 50_000_000,
    "brackets": b"[" * 60_000,
    "braces": b"{a: " * 60_000,
    "a ladder of dashes": b"- " * 60_000 + b"a",
    "deep indentation": "".join(" " * n + f"k{n}:\n" for n in range(900)).encode(),
    "NULs": b"\0" * 900_000,
    "UTF-16": "schedules: []\n".encode("utf-16") * 1000,
    "Latin-1": b"schedules:\n  - id: caf\xe9\n",
    "a PNG": PNG,
    "one long quoted line": b'schedules: "' + b"x" * 900_000 + b'"',
    "an open quote": b'schedules: "' + b"x\n" * 400_000,
    "100,000 keys": b"".join(b"k%d: v\n" % n for n in range(80_000)),
    "100,000 schedules": b"schedules:\n" + b"- {}\n" * 150_000,
    "many tabs": b"\t" * 900_000,
    "many colons": b": " * 400_000,
    "a long cron": b'schedules:\n  - {id: a, to: everyone, when: {cron: "' + b"1," * 100_000 + b'1 * * * *"}}\n',
    "a rule that never happens": b'schedules:\n  - {id: a, to: everyone, when: {rrule: "FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30", at: "09:00"}}\n',
    "a huge number": b"schedules:\n  - {id: a, to: everyone, when: {every: " + b"9" * 5000 + b" days}}\n",
    "hostile placeholders": b'library: a\nmessages:\n  - {id: a, component: mindfulness, practice: journal, sms: "'
    + b"{a|" * 100_000
    + b'"}\n',
    "right-to-left": "schedules:\n  - id: \u202egnirts\n".encode(),
}


def check(folder):
    """Run `nudger check` as a person would; return how it ended, and after how many seconds."""
    began = time.monotonic()
    command = [sys.executable, "-m", "nudger", "check", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=20, check=False)
    return done, time.monotonic() - began


def read_apart(folder):
    """Read a folder in a process of its own; return the report, the seconds, and the MB that it took."""

    def work(sender):
        before, began = peak_in_mb(), time.process_time()
        reading = read_configuration(folder, folder / "recipients.yaml")
        report = as_text(reading.problems, files=reading.files)
        sender.send((report, time.process_time() - began, peak_in_mb() - before))

    fork = multiprocessing.get_context("fork")
    receiver, sender = fork.Pipe(duplex=False)
    process = fork.Process(target=work, args=(sender,))
    process.start()
    sender.close()
    assert receiver.poll(30), "it hangs"
    try:
        return receiver.recv()
    except EOFError:
        pytest.fail("the process crashed")
    finally:
        process.join()


def peak_in_mb():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


@pytest.mark.parametrize("name", HOSTILE)
def test_it_is_refused_in_time_and_in_words(name, tmp_path):
    places = [
        tmp_path / "schedules" / "hostile.yaml",
        tmp_path / "messages" / "hostile.yaml",
        tmp_path / "recipients.yaml",
    ]
    for path in places:
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(HOSTILE[name])
    report, seconds, megabytes = read_apart(tmp_path)
    assert all(f"{path}:" in report for path in places)
    assert len(report) < 300_000
    assert megabytes < 200
    assert seconds < 6  # two for each of the three


@pytest.mark.parametrize("kind", ["fifo", "folder", "nowhere", "device"])
def test_what_is_no_file_is_refused_and_nobody_waits(kind, tmp_path):
    for folder in ("schedules", "messages"):
        (tmp_path / folder).mkdir()
    path = tmp_path / "schedules" / "odd.yaml"
    if kind == "fifo":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    else:
        path.symlink_to("/dev/zero" if kind == "device" else "/nowhere/at/all")
    done, seconds = check(tmp_path)
    assert (done.returncode, "Traceback" in done.stderr) == (1, False)
    assert seconds < 5


@settings(max_examples=150)
@given(
    text=st.one_of(
        st.text(), st.text(alphabet="abc:-[]{}\"'\n \t#&*!|>%@`,?0189"), st.binary().map(lambda b: b.decode("latin-1"))
    ),
    where=st.sampled_from(["schedules/a.yaml", "messages/a.yaml", "recipients.yaml"]),
)
def test_any_text_brings_problems_and_nothing_else(text, where):
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "schedules").mkdir()
        (folder / "messages").mkdir()
        (folder / where).write_text(text, encoding="utf-8", errors="surrogatepass")
        reading = read_configuration(folder, folder / "recipients.yaml")
        assert reading.catalog is None
        assert all(isinstance(problem, Problem) for problem in reading.problems)


@settings(max_examples=100)
@given(
    st.one_of(
        st.text(),
        st.text(alphabet='id,name,time_zone,sms\n"+1234567890 ab'),
        st.binary().map(lambda b: b.decode("latin-1")),
    )
)
def test_any_table_brings_people_or_problems(text):
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "people.csv"
        path.write_text("id,time_zone,email\n" + text, encoding="utf-8", errors="surrogatepass")
        people, problems = read_people(path)
        assert people or problems
