"""Where things lie."""

import os
from pathlib import Path
from pwd import getpwuid

from nudger.domain.ledger_place import MARKER

ENV_FILE = "nudger.env"
CREDENTIALS = "CREDENTIALS_DIRECTORY"
"""Where systemd says which folder holds the credentials."""
RECIPIENTS = "recipients.yaml"
LEDGER_FILE = "nudger.db"
CRISIS_LINES = "crisis_lines.yaml"
FOLDERS = ("schedules", "messages")
"""The folders of a configuration."""


def state_dir(config_dir: Path, explicit: Path | None = None) -> Path:
    """Return the folder of the ledger: the one asked for, else the one that systemd made for us, else CONFIG/var."""
    systemd = os.environ.get("STATE_DIRECTORY", "").partition(":")[0]
    return explicit or (Path(systemd) if systemd else config_dir / "var")


def cache_dir() -> Path | None:
    """Return the folder for what lies apart from the state: systemd's (CacheDirectory=), else the user's own.

    None where nobody has a home (XDG Base Directory Specification; a relative path there does not count).
    """
    systemd = os.environ.get("CACHE_DIRECTORY", "").partition(":")[0]
    if systemd:
        return Path(systemd)
    given = os.environ.get("XDG_CACHE_HOME", "")
    if given.startswith("/"):
        return Path(given) / "nudger"
    home = os.environ.get("HOME", "")
    try:
        return (Path(home) if home.startswith("/") else Path(getpwuid(os.getuid()).pw_dir)) / ".cache" / "nudger"
    except KeyError:
        return None


def ledger_file(state: Path) -> Path:
    """Return where the ledger is, unless a database URL says otherwise."""
    return state / LEDGER_FILE


def may_have_ledger(state: Path) -> bool:
    """Say whether the ledger, or the sign of one, is in the state folder."""
    return ledger_file(state).exists() or (state / MARKER).exists()


def recipients_places(config_dir: Path, state: Path, explicit: Path | None = None) -> tuple[Path, ...]:
    """Return where the people may be, the first that exists counts: the file asked for, or one of the two usual ones.

    The last need not exist; it is where `nudger run --example` writes the example person.
    """
    return (explicit,) if explicit is not None else (config_dir / RECIPIENTS, state / RECIPIENTS)


def recipients_file(config_dir: Path, state: Path, explicit: Path | None = None) -> Path:
    """Return where the people are, or would be."""
    *usual, last = recipients_places(config_dir, state, explicit)
    return next((path for path in usual if path.exists()), last)
