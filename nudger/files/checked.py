"""What `nudger check` found without a mistake before: the same files need no second look by the same code.

Kept as a few lines in the cache folder of whoever asks (XDG Base Directory Specification): digests and counts, no word
of any file. Where nothing can be kept, every look is a first one.
"""

import hashlib
import os
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import NamedTuple

import nudger
from nudger.files import beside
from nudger.files.flaws import Flaw
from nudger.files.locations import CRISIS_LINES, FOLDERS
from nudger.files.raw_text import read_bytes

_KEPT = 20
"""Lines: a handful of folders and their last versions, whoever goes back and forth between them."""

_CODE = Path(nudger.__file__).parent


class Spotless(NamedTuple):
    """How much there was to be looked over, and nothing to be said about it."""

    schedules: int
    messages: int
    files: int


def digest_of(config_dir: Path, recipients_path: Path | None, today: date) -> str | None:
    """Return what stands for all that a check depends on: every file, the code, and the day.

    None where a file cannot be read: a check will say why.
    """
    digest = hashlib.sha256(f"{today} {sys.version}".encode())
    try:
        around = beside.fingerprint(config_dir, recipients_path)
        for part in (*_tools(), *_configuration(config_dir), *around, _content(recipients_path)):
            digest.update(b"%d %b" % (len(part), part))
    except (OSError, Flaw):
        return None
    return digest.hexdigest()


def recall(digest: str) -> Spotless | None:
    """Return what was found under this digest, if it was ever kept."""
    found = next((line.split() for line in _lines() if line.startswith(digest)), [])
    try:
        return Spotless(*map(int, found[1:])) if found else None
    except (TypeError, ValueError):
        return None  # somebody else wrote there


def keep(digest: str, spotless: Spotless) -> None:
    """Keep what was found, unless that is impossible: it saves time, and nothing depends on it."""
    lines = [line for line in _lines() if not line.startswith(digest)][-_KEPT + 1 :]
    lines.append(" ".join([digest, *map(str, spotless)]))
    try:
        file = _file()
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with NamedTemporaryFile("w", dir=file.parent, delete=False) as new:
            new.write("\n".join(lines) + "\n")
        Path(new.name).replace(file)
    except (OSError, RuntimeError):
        return


def _lines() -> list[str]:
    try:
        return _file().read_text(encoding="ascii").splitlines()
    except (OSError, RuntimeError, ValueError):
        return []


def _file() -> Path:
    """Return where it is kept. Raises RuntimeError where nobody has a home."""
    given = os.environ.get("XDG_CACHE_HOME", "")
    return (Path(given) if given.startswith("/") else Path.home() / ".cache") / "nudger" / "checked"


def _configuration(config_dir: Path) -> Iterator[bytes]:
    for folder in FOLDERS:
        for entry in sorted(os.scandir(config_dir / folder), key=lambda entry: entry.name):
            yield os.fsencode(entry.name)
            yield _names(entry.path) if beside.is_folder(entry) else read_bytes(Path(entry.path))
    yield _content(config_dir / CRISIS_LINES)


def _names(folder: str) -> bytes:
    return os.fsencode("\0".join(sorted(os.listdir(folder))))  # noqa: PTH208 - names will do


def _content(path: Path | None) -> bytes:
    return read_bytes(path) if path is not None and path.exists() else b"no such file"


def _tools() -> Iterator[bytes]:
    """Yield what changes when a library or nudger does: times and sizes, as for byte code."""
    for place in sys.path:
        if place.endswith("-packages"):
            yield repr((place, _changed(place))).encode()
    for folder, _, names in os.walk(_CODE):
        if not folder.endswith("__pycache__"):
            yield repr([(name, _changed(f"{folder}/{name}")) for name in sorted(names)]).encode()


def _changed(path: str) -> tuple[int, int] | None:
    try:
        status = os.stat(path)  # noqa: PTH116 - hundreds of times
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size
