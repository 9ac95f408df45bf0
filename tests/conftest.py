"""Imported before any test freezes the clock: pydantic models must be built while time is real."""

import contextlib
import os
import time

import pytest
from hypothesis import HealthCheck, settings

with contextlib.suppress(ImportError):
    import nudger.cli.check
    import nudger.cli.preview
    import nudger.cli.recipients
    import nudger.cli.run
    import nudger.cli.status  # noqa: F401

from nudger.config.editors.schema import KINDS
from nudger.config.shapes.message import LibraryHeader
from nudger.config.shapes.put_in_place import SHAPES
from nudger.storage.ledger import Ledger
from tests.quick_ledger import open_quickly

for shape in (*KINDS.values(), *SHAPES.values(), LibraryHeader):
    shape.model_rebuild()

os.environ["XDG_CACHE_HOME"] = os.devnull  # nothing is kept from one test to the next, nor from the tests at home

settings.register_profile("quick", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("quick")


@pytest.fixture
def ledger(tmp_path):
    """A fresh ledger in a real SQLite file."""
    opened = Ledger(*open_quickly(tmp_path / "state"))
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def deadline():
    """Give a context manager that fails when its body takes longer than so many seconds of computing."""

    @contextlib.contextmanager
    def within(seconds):
        begin = time.process_time()
        yield
        assert time.process_time() - begin < seconds

    return within
