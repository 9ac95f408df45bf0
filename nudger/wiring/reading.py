"""From settings and files to what deciding needs, held in memory."""

import gc
from collections.abc import Callable, Sequence
from functools import partial

from nudger.config.crisis_lines import load_crisis_lines
from nudger.config.settings.read import Settings
from nudger.decisions.snapshot import OperatorWords, Snapshot, build_snapshot
from nudger.domain.catalog import Catalog
from nudger.domain.recipients import Recipient


def make_snapshot(settings: Settings, installation: str) -> Callable[[Catalog, Sequence[Recipient]], Snapshot]:
    """Return the function that puts a catalog and people together under these settings."""
    words = OperatorWords(
        service=settings.service_name,
        contact=settings.contact or "",
        # The default sentence would hide the entry for the rest of the world.
        crisis_line=settings.crisis_line if "crisis_line" in settings.model_fields_set else "",
        crisis_lines=load_crisis_lines(settings.config_dir),
        local_service=settings.local_service or "",
    )
    return partial(build_snapshot, words=words, seed=settings.seed, installation=installation)


def freeze_garbage() -> None:
    """Take what was loaded out of the garbage collector's rounds: it stays, and looking at it again costs every tick.

    A tick with 100,000 slots is half as long with it (bench/planning).
    """
    gc.enable()
    gc.unfreeze()
    gc.collect()
    gc.freeze()
