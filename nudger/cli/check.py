"""`nudger check`. Imports only what reading files needs, and of a ledger only where there is one."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import click

from nudger.config import locations
from nudger.config.catalog import Reading, read_configuration
from nudger.config.checks.year import note_year
from nudger.config.report import as_records, as_text
from nudger.config.settings.look import Look, look_at_settings
from nudger.config.values.zones import prefer_newest_time_zones
from nudger.domain.recipients import Recipient
from nudger.errors import LedgerError, Problem
from nudger.proofread.words import note_remarks
from nudger.prose.english import plural
from nudger.wiring.clock import clock


@click.command(name="check")
@click.argument("folder", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--format", "style", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--strict", is_flag=True, help="Exit status 1 for warnings, too: for CI and commit hooks.")
@click.pass_context
def command(ctx: click.Context, folder: Path | None, style: str, strict: bool) -> None:
    """Look for mistakes in schedules, messages, recipients and settings, all at once. FOLDER: instead of --config.

    Lives the coming year for each kind of person, and warns of what never goes out. Opens no connection but to the
    ledger, if there is one, for the people who were imported. Exit status 1 when there is an error; warnings alone
    are 0.
    """
    prefer_newest_time_zones()
    config_dir, now = folder or ctx.obj, clock()
    look = look_at_settings(config_dir)
    remarks: list[str] = []
    reading = read_configuration(
        config_dir,
        look.recipients,
        today=now.date(),
        imported=_imported(config_dir, look, remarks),
        proofread=note_remarks,
        look_ahead=partial(note_year, now=now, real=_sends(look)),
    )
    everybody = reading.catalog.recipients or () if reading.catalog else ()
    problems = (*look.problems, *look.beside(everybody), *reading.problems)
    _show(reading, problems, style)
    if style == "text":
        for remark in (*remarks, *reading.remarks):
            click.echo(remark)
    if any(strict or not problem.warning for problem in problems):
        ctx.exit(1)


def _sends(look: Look) -> bool:
    return look.reading is not None and (look.reading.readable.sends_sms or look.reading.readable.sends_email)


def _imported(config_dir: Path, look: Look, remarks: list[str]) -> Sequence[Recipient] | None:
    """Return who is in the ledger and in no file; None, and a remark, where it cannot be asked."""
    usual = locations.may_have_ledger(locations.state_dir(config_dir))
    if not (usual if look.reading is None else look.reading.readable.ledger_may_exist):
        return []
    # Cold start: before the first start there is nothing to ask, and no need to wait for a database library.
    from nudger.config.settings.read import read_settings  # noqa: PLC0415
    from nudger.use_cases.import_people import imported  # noqa: PLC0415
    from nudger.wiring.ledger import read_ledger  # noqa: PLC0415

    try:
        with read_ledger((look.reading or read_settings(config_dir)).readable) as transaction:
            return list(imported(transaction))
    except LedgerError as error:
        remarks.append(f"People who were imported could not be looked at: {error}.")
        return None


def _show(reading: Reading, problems: Sequence[Problem], style: str) -> None:
    if style == "json":
        # Cold start: hardly anybody asks for it.
        import json  # noqa: PLC0415

        click.echo(json.dumps(as_records(problems), indent=1, ensure_ascii=False))
    elif problems or reading.catalog is None:
        click.echo(as_text(problems, files=reading.files))
    else:
        catalog = reading.catalog
        counts = f"{plural(len(catalog.schedules), 'schedule')}, {plural(len(catalog.messages), 'message')}"
        click.echo(f"No mistakes: {counts} in {plural(reading.files, 'file')}.")
