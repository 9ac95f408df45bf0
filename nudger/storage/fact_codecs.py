"""The facts that the ledger keeps beside the nudges: each one's key, and how it is written down.

What a released program wrote is read for ever: a key keeps its form, and a fact of another form gets another key.
No database is asked here, so that whoever only names a fact needs none.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from nudger.decisions.choosing.learn import GroupOutcomes, Outcomes
from nudger.decisions.delivering.health import SenderHealth
from nudger.domain.deliveries import SenderId
from nudger.domain.facts import NO_DAEMON, DaemonId, Forgotten, Guard, Hold, Reloaded, Serving
from nudger.domain.vocabulary import Channel, Practice

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Fact(Generic[Value]):
    """One fact: its key, and its value as text. `read` returns None for a text that says that there is none."""

    key: str
    write: Callable[[Value], str]
    read: Callable[[str], Value | None]


@dataclass(frozen=True, slots=True)
class DaemonFact(Generic[Value]):
    """A fact that each of the daemons sharing a ledger has for itself."""

    fact: Fact[Value]

    def of(self, daemon: DaemonId) -> Fact[Value]:
        """Return one daemon's fact."""
        key = self.fact.key if daemon == NO_DAEMON else f"{self.prefix}{daemon}"
        return Fact(key, self.fact.write, self.fact.read)

    @property
    def prefix(self) -> str:
        """What every daemon's key begins with."""
        return f"{self.fact.key}/"


def _object(
    key: str, write: Callable[[Value], Mapping[str, Any]], read: Callable[[Mapping[str, Any]], Value]
) -> Fact[Value]:
    """Return a fact kept as a JSON object; an empty one says that there is none."""

    def read_object(text: str) -> Value | None:
        known: Mapping[str, Any] = json.loads(text)
        return read(known) if known else None

    return Fact(key, lambda value: json.dumps(write(value)), read_object)


def _moment(key: str, name: str) -> Fact[datetime]:
    """Return a fact that is one moment."""
    return _object(key, lambda at: {name: at.isoformat()}, lambda known: datetime.fromisoformat(known[name]))


INSTALLATION: Fact[str] = Fact("installation", str, str)
"""The id that every nudge's id derives from."""

WATERMARK: Fact[datetime] = Fact("planned_until", datetime.isoformat, datetime.fromisoformat)
"""Up to when every slot has its nudge."""

PEOPLE_VERSION: Fact[int] = Fact("recipients_version", str, int)
"""A number that grows whenever people were written down or retired."""

PLANNING_BEGAN = _moment("planning_began", "at")
"""When the first start was, by the clock of that day."""

CLOCK_SET_BACK = _moment("clock_set_back", "from")
"""Where the watermark stood when the clock was last found to be behind it."""

TIMINGS: Fact[Mapping[str, str]] = _object("timings", lambda words: words, dict[str, str])
"""A short word for when each schedule happens, by its id: another word means that it was moved."""

HOLD = _object(
    "hold",
    lambda hold: {"since": hold.since.isoformat(), "reason": hold.reason},
    lambda known: Hold(since=datetime.fromisoformat(known["since"]), reason=known.get("reason", "")),
)

GUARD = _object(
    "guard",
    lambda guard: {"since": guard.since.isoformat(), "why": guard.why},
    lambda known: Guard(since=datetime.fromisoformat(known["since"]), why=known["why"]),
)


def _read_forgotten(known: Mapping[str, str]) -> Forgotten:
    moments = {name: datetime.fromisoformat(moment) for name, moment in known.items()}
    return Forgotten(since=moments.get("since", moments["until"]), until=moments["until"], found=moments.get("found"))


def _write_forgotten(span: Forgotten) -> Mapping[str, str]:
    moments = {"since": span.since, "until": span.until, "found": span.found}
    return {name: moment.isoformat() for name, moment in moments.items() if moment is not None}


FORGOTTEN = _object("restored", _write_forgotten, _read_forgotten)

GROUP_OUTCOMES = _object(
    "group_outcomes",
    lambda group: {"until": group.until.isoformat(), "practices": group.practices},
    lambda known: GroupOutcomes(
        until=datetime.fromisoformat(known["until"]),
        practices={Practice(name): Outcomes(*counts) for name, counts in known["practices"].items()},
    ),
)
"""What everybody's nudges brought, by practice, up to a full hour."""


def _write_health(health: SenderHealth) -> Mapping[str, Any]:
    known = {
        "since": health.since and health.since.isoformat(),
        "until": health.until and health.until.isoformat(),
        "width": health.width,
        "refusals": health.refusals,
        "down": health.down,
    }
    return {name: value for name, value in known.items() if value}


def _read_health(known: Mapping[str, Any]) -> SenderHealth:
    since, until = (datetime.fromisoformat(known[name]) if name in known else None for name in ("since", "until"))
    return SenderHealth(
        since=since,
        until=until,
        width=known.get("width"),
        refusals=known.get("refusals", 0),
        down=known.get("down", False),
    )


def health_of(sender: SenderId) -> Fact[SenderHealth]:
    """Return the fact that says whether a sender has to wait; none while it need not."""
    return _object(f"sender_health/{sender}", _write_health, _read_health)


FORCE_RELOAD = DaemonFact(_moment("force_reload", "at"))
"""When somebody gave a daemon the word to take whatever the files say."""

RELOADED = DaemonFact(
    _object(
        "reloaded",
        lambda word: {"at": word.at.isoformat(), "taken": word.taken, "lines": word.lines},
        lambda known: Reloaded(
            at=datetime.fromisoformat(known["at"]), taken=known["taken"], lines=tuple(known["lines"])
        ),
    )
)

SERVING = DaemonFact(
    _object(
        "service",
        lambda word: {
            "configured_at": word.configured_at.isoformat(),
            "problems": word.problems,
            "providers": word.providers,
        },
        lambda known: Serving(
            configured_at=datetime.fromisoformat(known["configured_at"]),
            problems=known["problems"],
            providers={Channel(channel): provider for channel, provider in known["providers"].items()},
        ),
    )
)
