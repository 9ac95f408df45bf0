"""One service for one state folder: a lock that the kernel lets go of when the process ends, however it ends."""

import fcntl
import os
from pathlib import Path
from typing import IO

from nudger.errors import LedgerError

_NAME = "nudger.lock"


def lock_state_dir(state_dir: Path) -> IO[str]:
    """Take the folder for this process until the returned file is closed. Raises LedgerError if it is taken."""
    state_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = _open(state_dir / _NAME)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        owner = file.read().strip() or "unknown"
        file.close()
        raise LedgerError(f"another `nudger run` (process {owner}) is at work in {state_dir}: stop it first") from error
    file.truncate(0)
    file.write(f"{os.getpid()}\n")
    file.flush()
    return file


def running_process(state_dir: Path) -> int | None:
    """Return the process that holds the folder, or None when no service is at work in it."""
    try:
        file = (state_dir / _NAME).open(encoding="ascii")
    except OSError:
        return None
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            words = file.read().split()
            return int(words[0]) if words else 0
        return None


def _open(path: Path) -> IO[str]:
    try:
        return os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+", encoding="ascii")
    except OSError as error:
        raise LedgerError(f"{path} cannot be written: {error.strerror}") from error
