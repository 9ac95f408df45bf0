"""`nudger run`."""

import asyncio
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NoReturn

import click

from nudger import __version__
from nudger.cli.screen import program, tell
from nudger.config.settings.read import Settings, load_settings
from nudger.config.starter import write_example_person
from nudger.config.values.zones import prefer_newest_time_zones
from nudger.daemon import Daemon, Started
from nudger.daemon.configuration import public_lines
from nudger.decisions.coming import Coming
from nudger.errors import ConfigError, LedgerLostError, NudgerError
from nudger.prose.english import elsewhere, local_day, plural, time_until
from nudger.prose.reasons import english
from nudger.wiring.aside import at_work_aside
from nudger.wiring.clock import machine_time_zone
from nudger.wiring.logs import configure_logging


@click.command(name="run")
@click.option(
    "--example", is_flag=True, help="Write an example person first, if there is nobody yet: you, on this terminal."
)
@click.pass_obj
def command(config_dir: Path, example: bool) -> None:
    """Serve: send what falls due, until stopped (Ctrl-C, SIGTERM). SIGHUP reads the files again, all or nothing.

    Without credentials nothing real is ever sent: nudges are shown here and kept as mail files.
    """
    prefer_newest_time_zones()
    journal = _writes_to_journal()
    with _fit_for(journal=journal):
        settings = load_settings(config_dir=config_dir, to_send=True)
    if example and not settings.recipients_path.exists():
        write_example_person(settings.recipients_path, time_zone=machine_time_zone())
    _configure_logging(settings)
    with _fit_for(journal=journal, recipients_file=settings.recipients_path):
        try:
            asyncio.run(Daemon(settings, screen=None if journal else _Screen(settings)).run())
        except LedgerLostError as error:
            # Without closing the ledger: SQLite would copy its log, perhaps the last of a history, over what is left.
            click.echo(f"nudger: {error}", err=True)
            _leave(1)
    if at_work_aside():
        # A thread that wakes while the interpreter is taken down is unwound through native code, some of it Rust
        # (pydantic's), which answers with an abort: a service that was stopped well would seem to have crashed.
        _leave(0)


def _leave(status: int) -> NoReturn:
    """End here and now, with what was said written out."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(Exception):  # closed, full, or never there
            stream.flush()
    os._exit(status)


@contextmanager
def _fit_for(*, journal: bool, recipients_file: Path | None = None) -> Iterator[None]:
    """Say what is wrong with files and settings as a journal may keep it, where our output ends in one."""
    try:
        yield
    except ConfigError as error:
        if not journal:
            raise
        raise NudgerError("; ".join(public_lines(error.problems, recipients_file=recipients_file))) from None


def _writes_to_journal() -> bool:
    """Say whether our output ends in systemd's journal (systemd.exec(5), JOURNAL_STREAM): words of nudges must not."""
    stream = os.environ.get("JOURNAL_STREAM", "")
    if not stream:
        return False
    status = os.fstat(sys.stdout.fileno())
    return stream == f"{status.st_dev}:{status.st_ino}"


def _configure_logging(settings: Settings) -> None:
    on_terminal = sys.stderr.isatty()
    style = settings.log_format if settings.log_format != "auto" else "console" if on_terminal else "json"
    # On a terminal the nudges themselves are the news; elsewhere each one leaves a line.
    level = settings.log_level or ("warning" if on_terminal else "info")
    configure_logging(level=level, style=style, stream=sys.stderr)


class _Screen:
    """What someone sees who starts the service on a terminal."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def show(self, words: str) -> None:
        """Show a nudge of the local channel."""
        tell(words)

    def began(self, started: Started) -> None:
        """Say what is being served, before the first nudges."""
        snapshot = started.snapshot
        parts = [
            plural(len(snapshot.schedules), "schedule"),
            plural(len(snapshot.message_index.messages), "message"),
            plural(len(snapshot.recipients), "person", "people"),
        ]
        tell(
            f"nudger {__version__} · {', '.join(parts)} · ledger in {self._settings.state} · {self._sending(started)}\n"
        )

    def ready(self, started: Started) -> None:
        """Say what comes next, after the first nudges."""
        rows = [_row(each, started) for each in started.coming] or ["nothing in the next eight days"]
        for number, row in enumerate(rows):
            tell(f"{'next' if number == 0 else '':<7}{row}")
        tell(f"\nCtrl-C stops; what is waiting is kept.    See a week ahead: {program()} preview")

    def _sending(self, started: Started) -> str:
        real = sorted({provider for provider in started.providers.values() if provider != "local"})
        here = [channel.value for channel, provider in started.providers.items() if provider == "local"]
        if not here:
            return f"sending by {' and '.join(real)}"
        stays = f"this terminal and {self._settings.maildir}"
        if not real:
            return f"sending to {stays} (no real provider is configured)"
        return f"sending by {' and '.join(real)}; {' and '.join(here)} only to {stays} (no provider is configured)"


def _row(coming: Coming, started: Started) -> str:
    people = started.snapshot.recipients
    moment, reason = coming.goes_out or coming.slot.due, english(coming.nudge.status_reason)
    whose = "" if len(people) == 1 else f"{coming.recipient.id}  "
    remarks = (time_until(moment - started.at), elsewhere(moment, coming.recipient), reason)
    when = "; ".join(remark for remark in remarks if remark)
    return f"{local_day(moment.astimezone()):<16}  {whose}{coming.slot.schedule}  ({when})"
