"""Standard streams as they may be found: closed, full, left by their reader, short of letters. Each in a process of its own."""

import codecs
import io
import json
import os
import subprocess
import sys
import time
from datetime import datetime

import pytest

from nudger.cli.streams import spelled
from nudger.wiring import clock
from tests.homes import write_short_starter

FULL = "nudger: the output cannot be written: no space left on device\n"


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    folder = tmp_path_factory.mktemp("streams") / "home"
    write_short_starter(folder, time_zone="Etc/UTC")
    return folder


def shell(home, line, **variables):
    """What a shell command says and how it ends; $N is nudger with this configuration."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("NUDGER_")}
    environment = kept | {"N": f"{sys.executable} -m nudger --config {home}"} | variables
    return subprocess.run(
        ["bash", "-c", line], env=environment, capture_output=True, text=True, check=False, errors="replace"
    )


@pytest.mark.parametrize(
    ("line", "ends", "says"),
    [
        ("$N schema schedules | head -1 >/dev/null; exit ${PIPESTATUS[0]}", 0, ""),
        ("$N --help | true; exit ${PIPESTATUS[0]}", 0, ""),
        ("$N schema schedules >/dev/full", 1, FULL),
        ("$N --help >/dev/full", 1, FULL),
        ("$N --help >/dev/full 2>/dev/full", 1, ""),
        ("$N prevew 2>/dev/full", 2, ""),
        ("$N check >&- 2>&- <&-", 0, ""),
    ],
)
def test_output_that_nobody_can_take_is_no_bug(home, line, ends, says):
    done = shell(home, line)
    assert (done.returncode, done.stderr, done.stdout) == (ends, says, "")


def test_a_reader_that_left_does_not_hide_that_there_are_mistakes(home, tmp_path):
    done = shell(tmp_path, "$N check | true; exit ${PIPESTATUS[0]}")
    assert (done.returncode, done.stderr) == (1, "")


@pytest.mark.parametrize("codec", ["ascii", "latin-1"])
def test_no_encoding_is_a_bug(home, codec):
    done = shell(home, "$N preview --days 3 && $N record --help", PYTHONIOENCODING=codec, PYTHONUTF8="0")
    assert (done.returncode, done.stderr) == (0, "")


def test_what_programs_read_is_utf8_in_any_locale(tmp_path):
    (tmp_path / "Łódź").mkdir()
    done = shell(tmp_path / "Łódź", "$N check --format json", PYTHONIOENCODING="latin-1")
    assert "Łódź" in json.loads(done.stdout)[0]["file"]


def test_a_closed_output_is_not_where_the_ledger_goes(home):
    assert shell(home, "$N send you --anyway >&- 2>&-").returncode == 0
    ledger = (home / "var" / "nudger.db").read_bytes()
    assert ledger.startswith(b"SQLite format 3")
    assert b"sent: " not in ledger


def test_what_an_encoding_lacks_is_spelled():
    codecs.register_error("nudger.spelled", spelled)
    stream = io.TextIOWrapper(io.BytesIO(), encoding="latin-1", errors="nudger.spelled")
    stream.write("┌─┐ “café” – Łódź … \udcff 😀 →")
    stream.flush()
    assert stream.buffer.getvalue().decode("latin-1") == '+-+ "café" - ?ódz ... ? ? ->'
    with pytest.raises(UnicodeDecodeError):
        spelled(UnicodeDecodeError("utf-8", b"", 0, 0, ""))


@pytest.mark.parametrize(("umask", "mode"), [("777", 0o700), ("000", 0o775), ("077", 0o700), ("022", 0o755)])
def test_any_umask_leaves_files_that_we_can_read_and_not_all_can_write(tmp_path, umask, mode):
    shell(tmp_path, f"umask {umask}; {sys.executable} -m nudger init {tmp_path}/new")
    assert (tmp_path / "new" / "schedules").stat().st_mode & 0o777 == mode


def test_a_folder_that_is_gone_is_one_line(tmp_path):
    (tmp_path / "gone").mkdir()
    done = shell(tmp_path, f"cd {tmp_path}/gone && rmdir {tmp_path}/gone && {sys.executable} -m nudger check")
    assert "Traceback" not in done.stderr
    assert done.returncode == 1


@pytest.fixture
def zone(monkeypatch):
    """Set TZ, and take it back afterwards."""
    clock.machine_time_zone.cache_clear()

    def zone(value):
        monkeypatch.setenv("TZ", value)
        time.tzset()

    yield zone
    monkeypatch.undo()
    time.tzset()
    clock.machine_time_zone.cache_clear()


@pytest.mark.parametrize(
    "odd",
    [
        "GMT+0100",
        "IST-0530",
        "UTC+25",
        "/nonexistent",
        "x" * 5000,
        "Nowhere/Land",
        "\udcff\udcfe",
        "../..",
        " ",
        "A",
        "/etc",
    ],
)
def test_an_odd_zone_is_utc_and_one_line(zone, odd):
    zone(odd)
    said = clock.settle_time_zone()
    assert "is no time zone, so times of this machine are in UTC" in said
    assert len(said) < 200
    assert datetime.now().astimezone().utcoffset().total_seconds() == 0
    assert clock.machine_time_zone() == "UTC"


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("Europe/Berlin", "Europe/Berlin"),
        (":Europe/Berlin", "Europe/Berlin"),
        ("EST5EDT", "EST5EDT"),
        ("CET-1CEST,M3.5.0,M10.5.0/3", "UTC"),
        ("<+0330>-3:30", "UTC"),
    ],
)
def test_a_zone_that_the_system_knows_is_taken(zone, given, name):
    zone(given)
    assert clock.settle_time_zone() is None
    assert clock.machine_time_zone() == name
