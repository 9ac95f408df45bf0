"""Upgrading a ledger that was lived with, on PostgreSQL: every test of `storage/test_upgrade`, once more."""

import pytest
from sqlalchemy import create_engine, text

from tests.storage import test_upgrade
from tests.storage.test_upgrade import ask, ledger, old  # noqa: F401 - fixtures, which here stand on this `url`

pytestmark = pytest.mark.system

globals().update({name: test for name, test in vars(test_upgrade).items() if name.startswith("test_")})


@pytest.fixture
def url(postgresql_url):
    """The URL of a database with nothing in it."""
    engine = create_engine(postgresql_url)
    with engine.begin() as connection:
        connection.execute(text("drop schema public cascade"))
        connection.execute(text("create schema public"))
    engine.dispose()
    return postgresql_url
