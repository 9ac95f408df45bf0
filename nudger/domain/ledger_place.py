"""Where the ledger is kept: read from what an administrator wrote, and named on a screen without any secret.

A path stays a path: it is never put into a URL and taken out again, so that `%` and `?` are letters like any other.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qsl, unquote

SETTING = "NUDGER_DATABASE_URL"

MARKER = "installation.json"
"""Beside the ledger, in the state folder: says that there is a history, and whose."""

_FORMS = "postgresql://user:password@host/database, or sqlite:////absolute/path/nudger.db"
_SQLITE = frozenset({"sqlite", "sqlite+pysqlite"})
_POSTGRESQL = frozenset({"postgres", "postgresql", "postgresql+psycopg"})
_URL = re.compile(r"(?P<scheme>[A-Za-z][\w+.-]*)://(?P<rest>.*)", re.DOTALL)
_HOST = re.compile(r"(?P<host>\[[0-9A-Fa-f:.]+(?:%[\w.]+)?\]|[^:\[\]\s]*)(?::(?P<port>\d{1,5}))?")
_LAST_PORT = 65535


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerFile:
    """An SQLite file, which the service has for itself."""

    path: Path

    def __str__(self) -> str:
        return str(self.path)


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerServer:
    """A PostgreSQL database. As text it is only where it is: never a user, a password or an option."""

    host: str
    port: int | None
    database: str
    user: str | None = field(default=None, repr=False)
    password: str | None = field(default=None, repr=False)
    options: tuple[tuple[str, str], ...] = field(default=(), repr=False)

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = f":{self.port}" if self.port is not None else ""
        return f"postgresql://{host}{port}/{self.database}"


LedgerPlace = LedgerFile | LedgerServer


def read_ledger_place(url: str) -> LedgerPlace:
    """Return the place that a database URL names. Raises ValueError, whose text repeats no part of the URL."""
    found = _URL.fullmatch(url.strip())
    if found is None:
        raise ValueError(f"a database URL is expected: {_FORMS}")
    scheme, rest = found["scheme"].lower(), found["rest"]
    if scheme in _SQLITE:
        return _file(rest)
    if scheme in _POSTGRESQL:
        return _server(rest)
    if scheme.partition("+")[0] in ("postgres", "postgresql"):
        raise ValueError("PostgreSQL is reached by psycopg only: begin it with postgresql://")
    raise ValueError(f"nudger keeps its ledger in PostgreSQL or SQLite: {_FORMS}")


def _file(rest: str) -> LedgerFile:
    if "?" in rest:
        raise ValueError("an SQLite file takes no options; a '?' in its name is written %3F")
    if rest and not rest.startswith("/"):
        raise ValueError("three slashes go before a relative path and four before an absolute one: sqlite:////var/x.db")
    path = unquote(rest[1:])
    if path in ("", ":memory:"):
        raise ValueError(
            "a ledger in memory would forget what was sent: give it a file, sqlite:////var/lib/x/nudger.db"
        )
    if "\0" in path:
        raise ValueError("no file can have this name")
    return LedgerFile(path=Path(path))


def _server(rest: str) -> LedgerServer:
    before, _, query = rest.partition("?")
    authority, _, database = before.partition("/")
    login, at, address = authority.rpartition("@")
    # A raw @ or / in a password could end it too early, and the rest of it would be taken, and shown, as a host.
    if rest.count("@") > 1 or (not at and "@" in rest):
        raise ValueError(
            "an '@' too many, or in the wrong place: in a user name or password write %40 for @, %2F for /, %3F for ?, "
            "%23 for #, %25 for %"
        )
    user, colon, password = login.partition(":")
    place = _HOST.fullmatch(address)
    if place is None or int(place["port"] or 0) > _LAST_PORT:
        raise ValueError("after the '@' come a host and perhaps a port, host:5432, and then /database")
    return LedgerServer(
        host=place["host"].strip("[]"),
        port=int(place["port"]) if place["port"] else None,
        database=unquote(database),
        user=unquote(user) if user else None,
        password=unquote(password) if colon else None,
        options=_options(query),
    )


def _options(query: str) -> tuple[tuple[str, str], ...]:
    try:
        return tuple(parse_qsl(query, keep_blank_values=True, strict_parsing=True)) if query else ()
    except ValueError:
        raise ValueError("after the '?' come options as name=value, with & between them") from None
