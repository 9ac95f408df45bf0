"""Where the ledger is: every form of URL is a place or one line, and no part of a secret is ever in either."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nudger.domain.ledger_place import LedgerFile, LedgerServer, read_ledger_place


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("sqlite:///nudger.db", "nudger.db"),
        ("sqlite:////var/lib/nudger.db", "/var/lib/nudger.db"),
        ("SQLite:////var/a%20b.db", "/var/a b.db"),
        ("sqlite:////var/100%25%3F.db", "/var/100%?.db"),
        ("sqlite+pysqlite:////var/x.db", "/var/x.db"),
    ],
)
def test_a_file_is_a_path(url, path):
    assert read_ledger_place(url) == LedgerFile(path=Path(path))


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg", "POSTGRESQL"])
def test_a_server_may_be_named_as_hosts_hand_it_out(scheme):
    place = read_ledger_place(f"{scheme}://kim:p%40ss@db.example:6543/nudger?sslmode=require&application_name=a%20b")
    assert place == LedgerServer(
        host="db.example",
        port=6543,
        database="nudger",
        user="kim",
        password="p@ss",
        options=(("sslmode", "require"), ("application_name", "a b")),
    )
    assert str(place) == "postgresql://db.example:6543/nudger"
    assert "kim" not in repr(place)
    assert "p@ss" not in repr(place)


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("postgresql://h", LedgerServer(host="h", port=None, database="")),
        (
            "postgresql:///d?host=/run/pg",
            LedgerServer(host="", port=None, database="d", options=(("host", "/run/pg"),)),
        ),
        ("postgresql://kim@[::1]:5/d", LedgerServer(host="::1", port=5, database="d", user="kim")),
        ("postgresql://kim:a:b#c@h/d", LedgerServer(host="h", port=None, database="d", user="kim", password="a:b#c")),
        ("postgresql://kim:@h/d", LedgerServer(host="h", port=None, database="d", user="kim", password="")),
        (" postgresql://h/d\n", LedgerServer(host="h", port=None, database="d")),
    ],
)
def test_other_forms_of_a_server(url, place):
    assert read_ledger_place(url) == place


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("garbage", "postgresql://user:password@host/database"),
        ("", "database URL"),
        ("://", "database URL"),
        ("/var/lib/nudger.db", "sqlite:////absolute"),
        ("mysql://kim:hunter2@h/d", "PostgreSQL or SQLite"),
        ("postgresql+asyncpg://kim:hunter2@h/d", "postgresql://"),
        ("postgresql+psycopg2://kim:hunter2@h/d", "postgresql://"),
        ("postgresql://kim:hunter2@s%s/w:#@127.0.0.1/n", "%40"),
        ("postgresql://kim:hunt/er2@h/d", "%2F"),
        ("postgresql://kim:hunt?er2@h/d", "%3F"),
        ("postgresql://kim:hunter2/d", "host:5432"),
        ("postgresql://kim:x@h:99999/d", "host:5432"),
        ("postgresql://kim:x@h:hunter2/d", "host:5432"),
        ("postgresql://kim:x@h,i/d?hunter2", "name=value"),
        ("sqlite://", "memory"),
        ("sqlite:///:memory:", "memory"),
        ("sqlite://nudger.db", "three slashes"),
        ("sqlite:////var/a?b", "%3F"),
        ("sqlite:////var/a%00b", "no file"),
    ],
)
def test_what_is_no_place_is_said_with_what_is_expected(url, words):
    with pytest.raises(ValueError) as refused:
        read_ledger_place(url)
    assert words in str(refused.value)
    assert "hunt" not in str(refused.value)


def shown(url):
    """What is said of a URL: the place, or why it is none."""
    try:
        return " ".join(str(read_ledger_place(url)).splitlines())
    except ValueError as refused:
        return str(refused)


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), min_size=3, max_size=12))
def test_no_part_of_a_password_is_ever_shown(tail):
    password = f"Q§{tail}§Q"  # what stands between two characters that no word of ours has
    said = shown(f"postgresql://kim:{password}@db/nudger")
    assert "§" not in said
    assert "Q" not in said.replace("PostgreSQL", "").replace("SQLite", "").replace("URL", "")


@given(st.text())
def test_any_text_is_a_place_or_one_line(text):
    for url in (text, f"postgresql://{text}", f"sqlite:///{text}"):
        assert "\n" not in shown(url)
