"""How far planning came, by word of the state folder: a ledger that knows less is a backup that was put back."""

import os
from datetime import datetime
from pathlib import Path

_NAME = "planned_until"


class HighWater:
    """A small file beside the marker, written after every commit that wrote nudges down or began to send some."""

    def __init__(self, state_dir: Path) -> None:
        self._path = state_dir / _NAME
        self._written: datetime | None = None

    def read(self) -> datetime | None:
        """Return the highest mark, or None where there is none, or none that can be read."""
        try:
            return datetime.fromisoformat(self._path.read_text(encoding="ascii").strip())
        except (OSError, ValueError):
            return None

    def write(self, moment: datetime) -> None:
        """Set the mark, whole or not at all. A state folder that cannot be written stops no nudge."""
        if moment == self._written:
            return
        fresh = self._path.with_name(f"{_NAME}.new")
        try:
            with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="ascii") as file:
                file.write(moment.isoformat())
                file.flush()
                os.fdatasync(file.fileno())
            fresh.replace(self._path)
            self._written = moment
        except OSError:
            return
