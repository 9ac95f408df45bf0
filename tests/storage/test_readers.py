"""Who only reads holds up nobody: two programs on one file."""

from nudger.storage.database import open_database
from nudger.storage.ledger import Ledger
from tests.make import make_recipient, utc

NOW = utc("2026-11-25 12:00")


def test_who_reads_keeps_nobody_from_writing(tmp_path):
    ledger, other = (Ledger(*open_database(f"sqlite:///{tmp_path}/nudger.db", state_dir=tmp_path)) for _ in range(2))
    person = make_recipient("a")
    ledger.read(
        lambda t: (t.people.version(), other.run(lambda mine: mine.people.keep([person], source="file", at=NOW)))
    )
    assert [each.id for each in ledger.read(lambda t: t.people.everybody())] == ["a"]
    for each in (ledger, other):
        each.close()
