"""What several tests of this folder share."""

import time
from contextlib import contextmanager

import pytest


@pytest.fixture(scope="session")
def deadline():
    """Give a context manager that fails when its body takes longer than so many seconds of computing."""

    @contextmanager
    def within(seconds):
        begin = time.process_time()
        yield
        assert time.process_time() - begin < seconds

    return within
