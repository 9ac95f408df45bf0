"""Taking a configuration while the service runs: all of a new one or none of it, and saying what it changes."""

import asyncio
import os
from collections.abc import Iterable
from datetime import timedelta
from functools import partial
from pathlib import Path

import structlog

from nudger.config.catalog import load_catalog, read_configuration
from nudger.config.checks.rehearsal import IMPORTED
from nudger.config.checks.year import note_year
from nudger.config.folder import fingerprint
from nudger.config.locations import FOLDERS
from nudger.config.report import headline_of
from nudger.config.settings.read import Settings
from nudger.config.values.zones import prefer_newest_time_zones
from nudger.decisions.oversight.changes import Changes, refusal
from nudger.decisions.snapshot import Snapshot
from nudger.domain.facts import DaemonId, Reloaded, Serving
from nudger.domain.vocabulary import Channel
from nudger.errors import ConfigError, LedgerError, Problem, in_numbers
from nudger.prose.changes import change_lines
from nudger.use_cases.ports import ChannelPort
from nudger.use_cases.reload import take_force, tell_reloaded, tell_serving
from nudger.use_cases.serve import Service
from nudger.wiring.aside import OnlyTheNewest
from nudger.wiring.clock import clock
from nudger.wiring.reading import freeze_garbage
from nudger.wiring.service import LedgerThread, daemon_at_work

_log = structlog.get_logger("nudger")

LOOK = timedelta(seconds=5)
"""How often the files are looked at for a change. Not by inotify, which network folders lack."""


class ConfigWatcher:
    """What is served from, since when, and what is wrong with the files as they are now."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._folders = [os.fspath(settings.config_dir / name) for name in FOLDERS]
        self._people = [os.fspath(path) for path in settings.recipients_places]
        self._seen = self._look()
        self._taken_at = clock()
        self._problems = ""
        self._look_aside = OnlyTheNewest()
        self.catalog = load_catalog(settings.config_dir, settings.recipients_file)

    async def reload(self, service: Service, ledger: LedgerThread) -> None:
        """Take all of the new configuration or none of it; the last good one goes on meanwhile. Raises LedgerError."""
        self._seen = self._look()
        began = clock()
        prefer_newest_time_zones(renew=True)
        try:
            lines = await self._take(service, ledger)
        except ConfigError as error:
            wrong = [problem for problem in error.problems if not problem.warning]
            lines = public_lines(wrong, recipients_file=self._settings.recipients_path)
            self._refuse(lines, problems=in_numbers(error.problems))
        except LedgerError as error:
            lines = [str(error)]
            self._refuse(lines)
        except Exception as error:  # noqa: BLE001 - no edit ends the service; the ledger took all of it or nothing
            lines = [f"it met a fault of nudger ({type(error).__name__}); see `nudger check`"]
            self._refuse(lines, problems="1 error")
        word, daemon = Reloaded(at=began, taken=self._taken_at >= began, lines=tuple(lines)), self._daemon
        await ledger.run(lambda transaction: tell_reloaded(transaction, daemon, word))

    async def _take(self, service: Service, ledger: LedgerThread) -> list[str]:
        settings = self._settings
        catalog = await asyncio.to_thread(load_catalog, settings.config_dir, settings.recipients_file)
        refused = refusal(self.catalog, catalog)
        if refused and not await ledger.run(partial(take_force, daemon=self._daemon, now=clock())):
            self._refuse([refused], problems="1 error")
            return [refused]
        changes = await service.reload(catalog)
        freeze_garbage()
        self.catalog, self._problems, self._taken_at = catalog, "", clock()
        _log.info("configuration taken", **_figures(changes))
        return change_lines(changes)

    def _refuse(self, lines: list[str], *, problems: str = "") -> None:
        self._problems = problems
        for line in lines:
            _log.error("configuration not taken", problem=line)

    async def look_ahead(self, snapshot: Snapshot) -> None:
        """Live the coming year, as `nudger check` does, and say what of a valid configuration does not work."""
        try:
            self._warn(await self._warnings(snapshot))
        except Exception as error:  # noqa: BLE001 - advice alone: whatever is wrong with it, the service goes on
            _log.error("the coming year could not be looked at", error=type(error).__name__)

    async def _warnings(self, snapshot: Snapshot) -> tuple[Problem, ...]:
        settings = self._settings
        look = partial(
            read_configuration,
            settings.config_dir,
            settings.recipients_file,
            imported=tuple(snapshot.recipients.values()),
            look_ahead=partial(note_year, now=clock(), real=settings.sends_sms or settings.sends_email),
        )
        reading = await self._look_aside.run(look)
        return reading.problems if reading else ()

    def _warn(self, problems: Iterable[Problem]) -> None:
        doubtful = [problem for problem in problems if problem.warning]
        for line in public_lines(doubtful, recipients_file=self._settings.recipients_path):
            _log.warning("configuration", problem=line)

    async def watch(self, changed: asyncio.Event) -> None:
        """Set the event when the files have changed, and have then been left alone from one look to the next."""
        before = self._seen
        while True:
            await asyncio.sleep(LOOK.total_seconds())
            now = self._look()
            if now == before != self._seen:
                changed.set()
            before = now

    def _look(self) -> tuple[object, ...]:
        return fingerprint(self._folders, self._people)

    def status(self, snapshot: Snapshot) -> str:
        """Return the line for `systemctl status`."""
        at = self._taken_at.astimezone()
        line = (
            f"{len(snapshot.schedules)} schedules, {len(snapshot.message_index.messages)} messages, "
            f"{len(snapshot.recipients)} people; configuration of {at:%a %H:%M}"
        )
        if self._problems:
            line += f" (a newer one has {self._problems} and was not taken: nudger check)"
        return line

    async def tell(self, ledger: LedgerThread, channels: dict[Channel, ChannelPort]) -> None:
        """Leave word for `nudger status`."""
        word = Serving(
            configured_at=self._taken_at,
            problems=self._problems,
            providers={channel: port.provider for channel, port in channels.items()},
        )
        daemon = self._daemon
        await ledger.run(lambda transaction: tell_serving(transaction, daemon, word))

    @property
    def _daemon(self) -> DaemonId:
        return daemon_at_work(self._settings)


def _figures(changes: Changes) -> dict[str, object]:
    """Return what changed, for the journal: ids of schedules and numbers."""
    figures = {
        "added": ",".join(changes.added),
        "removed": ",".join(changes.removed),
        "moved": ",".join(changes.moved),
        "people_added": changes.people_added,
        "people_removed": changes.people_removed,
        "people_changed": changes.people_changed,
        "messages": changes.messages,
        "coming": changes.coming,
    }
    return {name: figure or None for name, figure in figures.items()}


def public_lines(problems: Iterable[Problem], *, recipients_file: Path | None) -> list[str]:
    """Return one line for each problem, fit for a journal: of the people only the place, never what is said."""
    return [
        f"{problem.file}:{problem.line}:{problem.column}: see `nudger check`".replace(":0:0:", ":", 1)
        if problem.file == IMPORTED or Path(problem.file) == recipients_file
        else headline_of(problem)
        for problem in problems
    ]
