"""The coming year, for `nudger check` and at every start: what of a configuration does not work, though it is valid."""

from datetime import datetime

from nudger.config.checks.drafts import note_drafts
from nudger.config.checks.effect import note_without_effect
from nudger.config.checks.references import ParsedFiles
from nudger.config.checks.rehearsal import note_outlook
from nudger.config.checks.runway import check_runways
from nudger.config.checks.series import note_leaks
from nudger.config.checks.sms_cost import check_sms_cost
from nudger.config.findings import Findings
from nudger.domain.catalog import Catalog
from nudger.use_cases.year_ahead import look_ahead


def note_year(findings: Findings, configuration: ParsedFiles, *, now: datetime, real: bool = False) -> None:
    """Live the year from `now` (UTC) on for everybody, and note what comes to nothing.

    `real`: there is a provider that sends. Nothing is said of files with errors: what is missing in them would be
    missed in the year.
    """
    if findings.failed:
        return
    catalog = Catalog(
        schedules=tuple(written.value for written in configuration.schedules),
        messages=tuple(written.value for written in configuration.messages),
        limits=configuration.limits,
    )
    outlook = look_ahead(catalog, configuration.everybody, now=now)
    note_without_effect(findings, configuration, [kind.example for kind in outlook.kinds], now=now)
    if real:
        note_drafts(findings, configuration)
    note_leaks(findings, configuration)
    check_runways(findings, configuration.schedules, catalog.messages, catalog.limits)
    check_sms_cost(findings, configuration.people, catalog.messages)
    note_outlook(findings, outlook, configuration, now=now)
    if outlook.unseen:
        looked, left = len(outlook.kinds), outlook.unseen
        findings.remark(f"Lived the coming year for {looked:,} kinds of person; {left:,} smaller ones were left out.")
