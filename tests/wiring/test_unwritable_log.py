"""A log that cannot be written costs a line of the log, and nothing else."""

import io
import json
import logging
import os
import threading
from pathlib import Path

import pytest
import structlog

from nudger.wiring.logs import configure_logging


@pytest.fixture(autouse=True)
def _as_it_was():
    handlers, level, raises = logging.root.handlers[:], logging.root.level, logging.raiseExceptions
    yield
    structlog.reset_defaults()
    logging.root.handlers[:], logging.raiseExceptions = handlers, raises
    logging.root.setLevel(level)


def fail(log):
    try:
        int("no number")
    except ValueError:
        log.exception("tick failed")


def logger(stream, style="json"):
    configure_logging(level="info", style=style, stream=stream)
    return structlog.get_logger("nudger")


def closed_file(tmp_path):
    file = (tmp_path / "log").open("w")
    os.close(os.dup(file.fileno()))
    file.close()
    return file


def broken_pipe(_):
    reading, writing = os.pipe()
    os.close(reading)
    return os.fdopen(writing, "w")


def full_disk(_):
    return Path("/dev/full").open("w")


class Hostile(io.StringIO):
    def write(self, text):
        raise OSError(28, "No space left on device")


@pytest.mark.parametrize("style", ["json", "console"])
@pytest.mark.parametrize("make", [closed_file, broken_pipe, full_disk, lambda _: Hostile()])
def test_a_log_that_cannot_be_written_raises_nothing(tmp_path, make, style):
    stream = make(tmp_path)
    log = logger(stream, style)
    for _ in range(3):
        log.info("nudge", state="sent")
        fail(log)
    logging.getLogger("library").warning("a library's word")
    stream.close()  # nothing is left in a buffer, to fail once more at the end


def test_a_reader_that_stands_still_holds_nobody_up_and_hears_how_much_it_missed():
    reading, writing = os.pipe()
    with os.fdopen(writing, "w") as stream, os.fdopen(reading, "rb") as reader:
        log = logger(stream)

        def much():
            for number in range(5000):
                log.info("nudge", number=number)

        worker = threading.Thread(target=much, daemon=True)
        worker.start()
        worker.join(timeout=20)
        assert not worker.is_alive()
        os.set_blocking(reading, False)
        early = reader.read()
        log.info("nudge", number=5000)
        late = reader.read().decode().splitlines()
    kept = early.count(b"\n")
    assert 100 < kept < 5000
    assert late[-2] == f"{5000 - kept} log lines could not be written"
    assert json.loads(late[-1])["number"] == 5000


def test_a_library_that_cannot_format_its_own_message_stops_nobody(tmp_path):
    with (tmp_path / "log").open("w") as stream:
        logger(stream)
        logging.getLogger("library").warning("%d people", "many")
