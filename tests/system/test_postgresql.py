"""The throw-away PostgreSQL itself. What nudger does with it is tested beside the ledger."""

import psycopg
import pytest

pytestmark = pytest.mark.system


def test_a_fresh_database_answers(postgresql_url):
    with psycopg.connect(postgresql_url.replace("+psycopg", "")) as connection:
        tables = connection.execute("select count(*) from pg_tables where schemaname = 'public'").fetchone()

    assert tables == (0,)
