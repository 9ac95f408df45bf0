"""What a log holds, and what it never does."""

import subprocess
import sys

import pytest

PROGRAM = """
import logging, sys, structlog
from nudger.wiring.logs import configure_logging
configure_logging(level="info", style=sys.argv[1])
def fail(number):
    secret = number.replace("1", "2")
    raise ValueError("broken")
try:
    fail("+14135550123")
except ValueError:
    structlog.get_logger("nudger").exception("failed")
    logging.getLogger("library").error("failed, too", exc_info=True)
"""


@pytest.mark.parametrize("style", ["json", "console"])
def test_a_traceback_shows_no_values_of_variables(style):
    done = subprocess.run([sys.executable, "-c", PROGRAM, style], capture_output=True, text=True, check=True)
    assert done.stderr.count("broken") == 2
    assert "5550" not in done.stderr
