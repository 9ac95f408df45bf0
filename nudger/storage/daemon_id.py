"""Which daemon is at work in a state folder, among those that share a ledger.

A folder has one daemon at a time (`lock`), and a command finds its daemon by the folder; so the id is kept there. A
host's name would do less well: a container has another one at each start.
"""

import contextlib
import os
import uuid
from pathlib import Path

from nudger.domain.facts import NO_DAEMON, DaemonId

_NAME = "daemon"


def daemon_of(state_dir: Path) -> DaemonId:
    """Return the id of the daemon of a state folder; NO_DAEMON where none has given itself one."""
    try:
        return DaemonId((state_dir / _NAME).read_text(encoding="ascii").strip())
    except (OSError, ValueError):
        return NO_DAEMON


def name_daemon(state_dir: Path) -> DaemonId:
    """Return the id of the daemon that is at work here, made at its first start.

    NO_DAEMON where the folder cannot be written: then the ledger takes it for its only daemon, and nothing fails.
    """
    known = daemon_of(state_dir)
    if known != NO_DAEMON:
        return known
    with contextlib.suppress(OSError):
        fresh = state_dir / f"{_NAME}.new"
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="ascii") as file:
            file.write(f"{uuid.uuid4().hex}\n")
        fresh.replace(state_dir / _NAME)
    return daemon_of(state_dir)
