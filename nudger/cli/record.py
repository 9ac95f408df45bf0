"""`nudger record`."""

import sys
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from nudger.cli.kinds import Whole
from nudger.config.flaws import Flaw
from nudger.config.report import as_text
from nudger.config.tables.feedback import FeedbackFile, moment_of
from nudger.config.tables.text import STDIN, STDIN_IN_WORDS
from nudger.decisions.snapshot import Snapshot
from nudger.domain.consent import Source
from nudger.domain.feedback import LEVELS, FeedbackKind
from nudger.domain.recipients import Recipient
from nudger.domain.vocabulary import Practice
from nudger.errors import NudgerError
from nudger.prose.english import local_day, plural
from nudger.use_cases.people import named, who_is_here
from nudger.use_cases.record_feedback import Entry, early, record, record_all, take_back
from nudger.wiring.clock import clock
from nudger.wiring.installation import Installation

_SHOWN = 5
_PRACTICE = click.Choice([practice.value for practice in Practice])


@click.command(name="record")
@click.argument("recipient_id", metavar="RECIPIENT", required=False)
@click.option(
    "--mood",
    type=Whole(LEVELS[0], LEVELS[-1]),
    metavar="1..9",
    help="How it is, as one digit: 1 = very hard … 5 = in between … 9 = very light.",
)
@click.option("--reply", is_flag=True, help="They answered; what they said is not kept.")
@click.option("--done", is_flag=True, help="They did what the nudge suggested.")
@click.option("--helpful", is_flag=True, help="It helped.")
@click.option("--more", type=_PRACTICE, multiple=True, help="More of this practice.")
@click.option("--less", type=_PRACTICE, multiple=True, help="Less of this practice.")
@click.option("--not-this", is_flag=True, help="Never this message again.")
@click.option(
    "--nudge",
    metavar="ID|last",
    help="Which nudge it is about. [default: for --done, --helpful and --not-this the last one that went out]",
)
@click.option("--at", metavar="WHEN", help="YYYY-MM-DD HH:MM where they are, or with an offset. [default: now]")
@click.option(
    "--csv",
    "file",
    type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path),
    help="Many at once: recipient, at, kind (check-in, reply, done, …), level, nudge, practice. - is standard input.",
)
@click.option("--called", type=click.Path(path_type=Path), hidden=True, help="What standard input is called.")
@click.option("--take-back", "wrong", is_flag=True, help="Forget the last entry of this person: it was wrong.")
@click.pass_context
def command(
    ctx: click.Context,
    /,
    recipient_id: str | None,
    nudge: str | None,
    at: str | None,
    file: Path | None,
    called: Path | None,
    wrong: bool,
    **words: Any,
) -> None:
    """Write down what somebody let you know: how it is, that they answered, what helped, what they want less of.

    Later choices go by it. --mood is one digit from 1 (very hard) to 9 (very light); after a hard day only what is
    gentle and asks nothing is sent. The same twice is kept once. From a file it is all or nothing.
    """
    if (file is None) == (recipient_id is None):
        raise click.UsageError("name a RECIPIENT, or a file with --csv")
    said = list(_said(**words))
    if wrong and (file or said or nudge or at):
        raise click.UsageError("--take-back stands alone: it is about the last entry of a RECIPIENT")
    if recipient_id is not None and wrong:
        _take_back(ctx.obj, recipient_id)
    elif recipient_id is not None:
        _take_entries(ctx.obj, recipient_id, said, nudge=nudge, at=at)
    elif file is not None and not (said or nudge or at):
        _take_file(ctx, file, called)
    else:
        raise click.UsageError("--csv stands alone: the file says who, when and what")


def _said(
    *, mood: int | None, more: Sequence[str], less: Sequence[str], **flags: bool
) -> Iterator[tuple[FeedbackKind, int | None, Practice | None]]:
    """Yield what was said as (kind, level, practice)."""
    if mood is not None:
        yield FeedbackKind.CHECK_IN, mood, None
    for name, said in flags.items():
        if said:
            yield FeedbackKind(name.replace("_", "-")), None, None
    for kind, practices in ((FeedbackKind.MORE, more), (FeedbackKind.LESS, less)):
        for practice in practices:
            yield kind, None, Practice(practice)


def _take_entries(
    config_dir: Path,
    recipient_id: str,
    said: Sequence[tuple[FeedbackKind, int | None, Practice | None]],
    *,
    nudge: str | None,
    at: str | None,
) -> None:
    if not said:
        raise click.UsageError("say what they let you know: --mood, --reply, --done, --helpful, --more, …")
    installation = Installation(config_dir)
    person = _person(installation, recipient_id)
    moment = _moment(at, person) if at else None
    entries = [
        Entry(recipient=person.id, kind=kind, at=moment, level=level, nudge=nudge, practice=practice)
        for kind, level, practice in said
    ]
    snapshot = installation.snapshot([person])
    count = installation.change(lambda t: record(t, entries, snapshot, source=Source.COMMAND, now=clock()))
    click.echo(_outcome(count, len(entries)))
    _tell_early(entries, snapshot)


def _person(installation: Installation, recipient_id: str) -> Recipient:
    with installation.read() as transaction:
        return named(who_is_here(transaction, installation.catalog.recipients, now=clock()), recipient_id)


def _take_back(config_dir: Path, recipient_id: str) -> None:
    installation = Installation(config_dir)
    person = _person(installation, recipient_id)
    taken = installation.change(lambda t: take_back(t, person.id, now=clock()))
    if taken is None:
        click.echo(f"Nothing is written down of {person.id}.")
        return
    when = local_day(taken.at.astimezone(person.zone))
    about = f" ({taken.practice or taken.message})" if taken.practice or taken.message else ""
    click.echo(f"Taken back: {taken.kind}{about} of {when} ({person.time_zone}). What was sent by it stands.")


def _tell_early(entries: Sequence[Entry], snapshot: Snapshot) -> None:
    """Say which entries are from before the person joined."""
    found = early(entries, snapshot, now=clock())
    joined = [f"{name} ({snapshot.recipients[name].joined})" for name in sorted({each.recipient for each in found})]
    if found:
        more = f" and {len(joined) - _SHOWN} more" if len(joined) > _SHOWN else ""
        shown = ", ".join(joined[:_SHOWN])
        click.echo(f"{plural(len(found), 'entry is', 'entries are')} from before the day of joining: {shown}{more}.")


def _moment(text: str, person: Recipient) -> datetime:
    try:
        return moment_of(text, person)
    except Flaw as flaw:
        raise NudgerError(f"--at: {flaw.what}. {flaw.expected}") from flaw


def _take_file(ctx: click.Context, path: Path, called: Path | None) -> None:
    installation = Installation(ctx.obj)
    catalog = installation.catalog
    with installation.read() as transaction:
        snapshot = installation.snapshot(who_is_here(transaction, catalog.recipients, now=clock()))
    file = FeedbackFile(
        called or (STDIN_IN_WORDS if path == STDIN else path),
        snapshot.recipients,
        sys.stdin.buffer if path == STDIN else None,
    )

    look_only = bool(file.problems)
    count, refusals = installation.change(
        lambda t: record_all(t, file.entries, snapshot, source=Source.CSV, now=clock(), look_only=look_only)
    )
    for place, refusal in refusals.items():
        file.refuse(place, refusal)
    if file.problems:
        click.echo(as_text(file.problems, files=1), err=True)
        ctx.exit(1)
    click.echo(_outcome(count, len(file.entries)))
    _tell_early(file.entries, snapshot)


def _outcome(count: int, given: int) -> str:
    known = f" {plural(given - count, 'entry', 'entries')} known already." if count < given else ""
    return f"{plural(count, 'entry', 'entries')} written down.{known}"
