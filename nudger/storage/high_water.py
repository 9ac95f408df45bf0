"""How far the ledger came, kept outside of it: the proof by which a backup that was put back is known for one.

Kept twice: beside the database, for a database that is put back alone, and in a cache folder, for a whole state
folder that is. The number of the ledger's last event is the proof; a clock has no say in it.
"""

import contextlib
import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

_NAME = "planned_until"


class Mark(NamedTuple):
    """How far a ledger came: planning, and the number of its last event (None by an older program)."""

    planned_until: datetime
    last_event: int | None = None


@dataclass(slots=True)
class Progress:
    """What one transaction did that the mark is to tell."""

    planned_until: datetime | None = None
    wrote_nudges: bool = False
    """Whether anything of a nudge was written: what a ledger without it might do again."""


class HighWater:
    """Small files, written after every commit that wrote nudges down, or what became of them."""

    def __init__(self, state_dir: Path, *, cache_dir: Path | None = None, installation: str = "") -> None:
        self._paths = [state_dir / _NAME]
        if cache_dir is not None and installation:
            self._paths.append(cache_dir / f"{_NAME}-{installation}")
        self._written: Mark | None = None

    def read(self) -> Mark | None:
        """Return the mark that knows most, or None where there is none, or none that can be read."""
        found = list(_marks(self._paths))
        return max(found, key=lambda mark: (mark.last_event or 0, mark.planned_until), default=None)

    def write(self, mark: Mark) -> None:
        """Set the mark, whole or not at all. A folder that cannot be written stops no nudge."""
        if mark == self._written:
            return
        # A killed program loses nothing that was handed to the kernel; only for a power cut the disk must have it,
        # and being a few seconds behind then costs no more than a proof. So the disk is asked once per tick.
        lasting = self._written is None or mark.planned_until != self._written.planned_until
        for path in self._paths:
            _write(path, f"{mark.planned_until.isoformat()} {mark.last_event}", lasting=lasting)
        self._written = mark


def _marks(paths: Iterable[Path]) -> Iterable[Mark]:
    for path in paths:
        try:
            said, _, number = path.read_text(encoding="ascii").strip().partition(" ")
            moment, last_event = datetime.fromisoformat(said), int(number) if number else None
        except (OSError, ValueError):
            continue
        if moment.tzinfo is not None:  # one that was cut short is no mark
            yield Mark(moment, last_event)


def _write(path: Path, text: str, *, lasting: bool) -> None:
    with contextlib.suppress(OSError):
        try:
            _replace(path, text, lasting=lasting)
        except FileNotFoundError:  # the folder is asked for only where it is not there: this runs at every turn
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            _replace(path, text, lasting=lasting)


def _replace(path: Path, text: str, *, lasting: bool) -> None:
    fresh = path.with_name(f"{path.name}.new")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="ascii") as file:
        file.write(text)
        if lasting:
            file.flush()
            os.fdatasync(file.fileno())
    fresh.replace(path)
