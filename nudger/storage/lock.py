"""One service for one state folder: a lock that the kernel lets go of when the process ends, however it ends.

The locked file also holds the service's pulse, for `nudger status`: neither a ledger that does not answer nor a clock
that is not believed keeps anybody from reading it.
"""

import contextlib
import errno
import fcntl
import json
import os
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Self

from nudger.domain.pulse import Pulse, Running
from nudger.errors import LedgerError

_NAME = "nudger.lock"
_HELD = frozenset({errno.EWOULDBLOCK, errno.EAGAIN, errno.EACCES})
"""What flock(2), and fcntl(2) where a network folder lends it to flock, say of a lock that another holds."""


class StateLock:
    """The state folder, held for this process until the end of the `with`."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def beat(self, pulse: Pulse) -> None:
        """Write down a pulse. A folder that cannot be written stops nothing."""
        said = {
            "at": pulse.at.isoformat(),
            "uptime": pulse.uptime.total_seconds(),
            "ticked": pulse.ticked,
            "trouble": pulse.trouble,
        }
        data = f"{os.getpid()} {json.dumps(said)}\n".encode()
        with contextlib.suppress(OSError):
            os.pwrite(self._descriptor, data, 0)
            os.ftruncate(self._descriptor, len(data))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        os.close(self._descriptor)


def lock_state_dir(state_dir: Path) -> StateLock:
    """Take the folder for this process. Raises LedgerError if another has it, or if it cannot be locked."""
    path = state_dir / _NAME
    try:
        state_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise LedgerError(f"{path} cannot be written: {error.strerror}") from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        owner = _read(descriptor).process or "unknown"
        os.close(descriptor)
        if error.errno in _HELD:
            raise LedgerError(
                f"another `nudger run` (process {owner}) is at work in {state_dir}: stop it first"
            ) from error
        raise LedgerError(
            f"the folder {state_dir} cannot be locked ({error.strerror}): put the state on a local disk, "
            "NUDGER_STATE_DIR=/var/lib/nudger or the like"
        ) from error
    return StateLock(descriptor)


def running_service(state_dir: Path) -> Running | None:
    """Return the service that holds the folder, or None when none is at work in it, or can be."""
    try:
        descriptor = os.open(state_dir / _NAME, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError as error:
        return _read(descriptor) if error.errno in _HELD else None
    else:
        return None
    finally:
        os.close(descriptor)


def _read(descriptor: int) -> Running:
    process, _, said = os.pread(descriptor, 4096, 0).decode("utf-8", "replace").partition(" ")
    number = int(process) if process.strip().isdecimal() else 0
    try:
        known = json.loads(said)
        pulse = Pulse(
            at=datetime.fromisoformat(known["at"]),
            uptime=timedelta(seconds=known["uptime"]),
            ticked=known["ticked"],
            trouble=known["trouble"],
        )
    except (ValueError, KeyError, TypeError):
        return Running(process=number, pulse=None)
    return Running(process=number, pulse=pulse)
