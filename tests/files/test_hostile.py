"""No input, however hostile, takes more than two seconds or 200 MB, crashes the process, or brings a traceback."""

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

from nudger.errors import Problem
from nudger.files.catalog import read_configuration
from nudger.files.people_csv import read_people

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
    """Run `nudger check` with no more than 200 MB over what Python itself takes; return how it ended."""
    limit = 1_000_000_000  # of address space; what is resident is measured below

    def rein_in():
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))

    began = time.monotonic()
    program = "import resource, sys; from nudger.__main__ import main\ntry: main()\nfinally: print('peak', resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, file=sys.stderr)"
    done = subprocess.run(
        [sys.executable, "-c", program, "check", str(folder)], cwd=ROOT, capture_output=True, text=True, timeout=20,
        preexec_fn=rein_in, check=False, errors="replace",
    )  # fmt: skip
    return done, time.monotonic() - began


@pytest.mark.parametrize("where", ["schedules", "messages", "recipients.yaml"])
@pytest.mark.parametrize("name", HOSTILE)
def test_it_is_refused_in_time_and_in_words(name, where, tmp_path):
    if where == "messages" and "schedule" in name:
        pytest.skip("says the same in another folder")
    for folder in ("schedules", "messages"):
        (tmp_path / folder).mkdir()
    path = tmp_path / where if where.endswith(".yaml") else tmp_path / where / "hostile.yaml"
    path.write_bytes(HOSTILE[name])
    done, seconds = check(tmp_path)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert f"{path.name}:" in done.stdout
    assert len(done.stdout) < 3_000_000
    assert int(done.stderr.split("peak ")[-1]) < 200
    assert seconds < 5  # two, on a machine with nothing else to do


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
        assert people or problems or not text.strip()
