"""Small facts that the ledger keeps beside the nudges: what stands still, and what a daemon said of itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NewType

from nudger.domain.vocabulary import Channel

DaemonId = NewType("DaemonId", str)
"""Which of the daemons that share a ledger: the id kept in its state folder."""

NO_DAEMON = DaemonId("")
"""The one daemon of a ledger, by word of a program that knew of no others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """Somebody stopped everything, and why; '' where they gave no reason."""

    since: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """The guard holds something, and why."""

    since: datetime
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgotten:
    """The span that a ledger has no memory of, because a backup was put back; `found` is when that was noticed."""

    since: datetime
    until: datetime
    found: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reloaded:
    """What came of a daemon's last reload that began `at` a moment, in lines for whoever asked for it."""

    at: datetime
    taken: bool
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving:
    """What a daemon serves from: since when, what is wrong with newer files, and the provider of each channel."""

    configured_at: datetime
    problems: str
    providers: Mapping[Channel, str]


def served_by(known: Mapping[DaemonId, Serving], daemon: DaemonId) -> Serving | None:
    """Return what a daemon serves from; where it never said, what the one configured last does."""
    return known.get(daemon) or max(known.values(), key=lambda serving: serving.configured_at, default=None)
