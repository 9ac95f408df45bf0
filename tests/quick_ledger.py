"""Ledgers that cost little: a copy of an empty one, that does not wait for the disk, since no test pulls the plug."""

import atexit
import shutil
from functools import lru_cache
from pathlib import Path
from tempfile import mkdtemp

from sqlalchemy import Engine, delete, event

from nudger.domain.ledger_place import MARKER
from nudger.storage.database import open_database
from nudger.storage.tables import meta


def open_quickly(folder: Path) -> tuple[Engine, str]:
    """Open the ledger in a folder as the service does, after making it where there is none."""
    if not (folder / "nudger.db").exists():
        # Bringing an empty one up to date takes longer than many a story.
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        shutil.copytree(_empty_ledger(), folder, dirs_exist_ok=True)
    engine, installation = open_database(f"sqlite:///{folder}/nudger.db", state_dir=folder)
    event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous=OFF"))
    engine.dispose()
    return engine, installation


@lru_cache(maxsize=1)
def _empty_ledger() -> Path:
    folder = Path(mkdtemp(prefix="nudger-empty-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    engine, _ = open_database(f"sqlite:///{folder}/nudger.db", state_dir=folder)
    with engine.begin() as connection:
        connection.execute(delete(meta))  # each copy is an installation of its own
    engine.dispose()
    (folder / MARKER).unlink()
    return folder
