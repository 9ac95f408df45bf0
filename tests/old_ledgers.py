"""Ledgers as older versions left them: each lived the same three days, and was killed in the middle of the fourth.

`storage/old_ledgers/NNNN.json` is every row of one, as the last nudger with schema NNNN wrote them. Three days brought
it refusals, doubts, outages, a pause and a bad morning; when it was killed, a text was in doubt that had gone out and
one that had not, a mail was cut off before its end and one after it, one was to be tried again, and (from 0002 on)
the guard held the first hellos of people just imported, and everything was on hold.
"""

import json
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Boolean, Date, DateTime, MetaData, create_engine, func, insert, select

import nudger.storage
from nudger.domain.catalog import Catalog
from nudger.domain.deliveries import Receipt
from nudger.domain.limits import Limits
from nudger.domain.messages import Rendered
from nudger.domain.recipients import HardDay, OnHardDay, Pause, QuietHours
from nudger.domain.vocabulary import Channel, Purpose
from tests.make import make_message, make_recipient, make_schedule, utc

FOLDER = Path(__file__).parent / "storage" / "old_ledgers"
SCHEMAS = tuple(path.stem for path in sorted(FOLDER.iterdir()))
KILLED = utc("2026-11-23 12:00:40")
QUIET = QuietHours(start=time(21), end=time(8))
MESSAGES = (make_message("hello", purpose=Purpose.WELCOME), *(make_message(f"m{n}") for n in range(40)))
CATALOG = Catalog(
    schedules=(
        make_schedule("kind", at=["08:30", "12:00"], grace=timedelta(hours=2)),
        make_schedule("evening", at="21:30", grace=timedelta(hours=1)),
    ),
    messages=MESSAGES,
)


@dataclass(frozen=True)
class Old:
    """One such ledger: the rows of each table, and what its providers had taken by the end."""

    schema: str
    taken: tuple[tuple[Channel, SimpleNamespace, Receipt], ...]
    tables: dict[str, tuple[dict[str, Any], ...]]

    @property
    def nudges(self) -> tuple[dict[str, Any], ...]:
        return self.tables["nudges"]

    def nudge(self, recipient: str, when: str, schedule: str = "kind") -> dict[str, Any]:
        """Return the row of a slot, by its date and ordinal: `2026-11-23 1`."""
        day, ordinal = when.split()
        key = (recipient, schedule, day, int(ordinal))
        return next(n for n in self.nudges if (n["recipient"], n["schedule"], n["local_date"], n["ordinal"]) == key)

    @property
    def here(self) -> list:
        """Everybody who is served, as the ledger knows them."""
        return [
            replace(person, pauses=PAUSES.get(person.id, ()) if self.schema >= "0002" else ())
            for person in (*self.catalog.recipients, *self.imported)
        ]

    @property
    def imported(self) -> list:
        crowd = ["crowd00", "crowd01", "crowd02"] if self.schema >= "0002" else []
        return [make_recipient(name, sms=None, joined=date(2026, 11, 20)) for name in ("ann", "bob", *crowd)]

    @property
    def catalog(self) -> Catalog:
        """What it was served from: the file's people had no more than the version could hold."""
        joined = date(2026, 11, 20)
        people = (
            make_recipient(
                "sam",
                name="Sam",
                joined=date(2026, 1, 7),
                quiet_hours=QUIET,
                groups=frozenset({"daily"}),
                moments=(("morning", time(7, 15)),),
                **(_RESTRAINT if self.schema >= "0002" else {}),
                goals=frozenset({"sleep"} if self.schema >= "0003" else ()),
            ),
            make_recipient(
                "kim",
                email=None,
                sms="+4915112345678",
                time_zone="Europe/Lisbon",
                language="en-GB",
                joined=joined,
                quiet_hours=QUIET,
            ),
            make_recipient("lee", sms=None, joined=joined),
            make_recipient("noor", sms="+919812345678", prefer=Channel.SMS, time_zone="Africa/Accra", joined=joined),
            make_recipient("mute", email=None, sms=None, joined=joined),
        )
        return replace(CATALOG, recipients=people)


PAUSES = {
    "lee": (Pause(first=date(2026, 11, 21), last=date(2026, 11, 21)),),
    "noor": (Pause(first=date(2026, 12, 24), last=date(2027, 1, 3)),),
}
_RESTRAINT = {
    "region": "US-MA",
    "hard_days": (HardDay(month=11, day=22, then=OnHardDay.HOLD),),
    "limits": Limits(per_day=2),
    "supporter": "my sister Ana",
    "weekend_quiet_hours": QuietHours(start=time(22), end=time(9)),
}


@cache
def old_ledger(schema: str) -> Old:
    """Read what the last version with a schema left behind."""
    found = json.loads((FOLDER / f"{schema}.json").read_text(encoding="utf-8"))
    taken = tuple(
        (
            Channel.EMAIL if "email" in provider else Channel.SMS,
            SimpleNamespace(nudge=nudge, address=address, rendered=Rendered(text, subject)),
            Receipt(provider=provider, provider_id=provider_id),
        )
        for nudge, provider, provider_id, address, subject, text in found.pop("taken")
    )
    tables = {
        name: tuple(dict(zip(table["columns"], row, strict=True)) for row in table["rows"])
        for name, table in found.items()
        if isinstance(table, dict)
    }
    return Old(schema=found["schema"], taken=taken, tables=tables)


def lay_down(old: Old, url: str) -> None:
    """Make an empty database what the old ledger was, by its own migrations and its own rows."""
    if url.startswith("sqlite"):
        Path(url.removeprefix("sqlite:///")).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    engine = create_engine(url)
    with engine.begin() as connection:
        config = Config()
        config.set_main_option("script_location", str(Path(nudger.storage.__file__).parent / "migrations"))
        config.attributes["connection"] = connection
        command.upgrade(config, old.schema)
        reflected = MetaData()
        reflected.reflect(connection)
        for name, rows in old.tables.items():
            table = reflected.tables[name]
            values = [{column: _value(table.c[column], given) for column, given in row.items()} for row in rows]
            connection.execute(insert(table), values)
        if connection.dialect.name == "postgresql":
            # Its numbers go on where ours end; SQLite sees to that by itself.
            last = max(row["id"] for row in old.tables["events"])
            connection.execute(select(func.setval("events_id_seq", last)))
    engine.dispose()


def _value(column: Any, given: Any) -> Any:
    """Turn what SQLite gave into what any database takes."""
    if given is None:
        return None
    if isinstance(column.type, Date):
        return date.fromisoformat(given)
    if isinstance(column.type, DateTime):
        moment = datetime.fromisoformat(given)
        return moment.replace(tzinfo=UTC) if column.type.timezone else moment
    return bool(given) if isinstance(column.type, Boolean) else given


def moment_of(given: str | None) -> datetime | None:
    """Read a moment of a row."""
    return None if given is None else datetime.fromisoformat(given).replace(tzinfo=UTC)
