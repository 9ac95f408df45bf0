"""`nudger library`: for people who write messages."""

import json
from collections.abc import Iterator
from typing import Any

import click

from nudger.cli.kinds import Amount
from nudger.config.catalog import read_files
from nudger.config.crisis_lines import read_crisis_lines
from nudger.config.findings import Findings
from nudger.config.report import summary
from nudger.domain.vocabulary import Component, Practice, Situation
from nudger.proofread.reading import MEASURES, MISSING
from nudger.proofread.survey import LanguageSurvey, Survey, survey
from nudger.prose.english import plural
from nudger.wiring.clock import clock


@click.command(name="library")
@click.option("--format", "style", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--language", metavar="TAG", help="One language only, as in en. [default: all]")
@click.option("--sms-price", type=Amount(), metavar="PRICE", help="What one SMS segment costs.")
@click.pass_context
def command(ctx: click.Context, style: str, language: str | None, sms_price: float | None) -> None:
    """Show what the message libraries hold: how much of what, how long it lasts, what it costs, how it reads.

    Lists everything that the rules have against a message, and what messages waive. Nothing is sent or changed. Exit
    status 1 when a file has an error: see `nudger check`.
    """
    findings = Findings()
    files = read_files(findings, ctx.obj)
    lines = [each.value for each in read_crisis_lines(findings, ctx.obj)]
    errors = [problem for problem in findings.problems if not problem.warning]
    today = clock().date()
    schedules = [each.value for each in files.schedules]
    found = survey(files.messages, schedules, lines, language=language, today=today)
    if style == "json":
        click.echo(json.dumps(_record(found, sms_price), indent=1, ensure_ascii=False, default=str))
    else:
        for line in _lines(found, sms_price):
            click.echo(line)
    if errors:
        click.echo(
            f"{summary(errors, len(files.message_files) + len(files.schedule_files))} See `nudger check`.", err=True
        )
    ctx.exit(1 if errors else 0)


def _lines(found: Survey, price: float | None) -> Iterator[str]:
    for each in found.languages:
        yield from _language(each, price)
    if not found.has_levels:
        yield f"{MISSING}\n"
    yield "How long until a schedule's messages have all been seen"
    for supply in found.supplies:
        unknown = "it depends on people's answers" if supply.sometimes else "more than a year"
        lasts = unknown if supply.days is None else f"seen after {plural(supply.days, 'day')}"
        yield f"  {supply.language}  {supply.schedule:<20} {plural(supply.pool, 'message'):<13} {lasts}"
    yield "\nCrisis lines"
    for line in found.crisis_lines:
        ways = ", ".join(
            way for way in (line.call, line.text and f"text {line.text_word} {line.text}", line.web) if way
        )
        checked = f"confirmed {line.verified_on}" if line.verified_on else "UNVERIFIED"
        yield f"  {line.country:<3} {line.name}: {' '.join(ways.split())} ({checked})"


def _language(each: LanguageSurvey, price: float | None) -> Iterator[str]:
    purposes = ", ".join(f"{count} {purpose}" for purpose, count in each.purposes.most_common())
    review = ", ".join(f"{count} {state}" for state, count in each.review.most_common())
    yield f"{each.language}: {plural(each.messages, 'message')} ({purposes}); {review}"
    yield f"  SMS: {_sms(each, price)}"
    if each.mean_level is not None:
        measure = MEASURES[each.language]
        yield f"  Reading: {measure.words} {each.mean_level:g} on average"
    yield from _matrix(each)
    for key, waiver in each.waivers:
        yield f"  {key} waives {waiver.rule}: {waiver.reason}"
    for remark in each.remarks:
        yield f"  {remark.position} ({remark.message}): {remark.what}. {remark.advice}"
    yield f"  {plural(len(each.remarks), 'remark')}\n"


def _sms(each: LanguageSurvey, price: float | None) -> str:
    if not each.sms:
        return "none"
    counts: dict[str, int] = {}
    for sms in sorted(each.sms, key=lambda sms: (sms.segments, sms.encoding)):
        kind = f"{plural(sms.segments, 'segment')} {sms.encoding}"
        counts[kind] = counts.get(kind, 0) + 1
    many = ", ".join(f"{count} of {kind}" for kind, count in counts.items())
    cost = f"; {each.segments / len(each.sms) * price:.4f} each on average" if price is not None else ""
    return f"{many}{cost}"


def _matrix(each: LanguageSurvey) -> Iterator[str]:
    """Show how many there are for a component, practice and situation; a cell that nothing is for is a dash."""
    yield f"  {'':<32}" + " ".join(f"{situation[:7]:>7}" for situation in Situation)
    for component in Component:
        for practice in Practice:
            counts = (each.cells[component, practice, situation] for situation in Situation)
            yield f"  {component:<17}{practice:<15}" + " ".join(f"{count or '-':>7}" for count in counts)
    yield f"  {plural(len(each.empty), 'empty cell')}"


def _record(found: Survey, price: float | None) -> dict[str, Any]:
    return {
        "languages": [_language_record(each, price) for each in found.languages],
        "schedules": [
            {"schedule": each.schedule, "language": each.language, "messages": each.pool, "days": each.days}
            for each in found.supplies
        ],
        "crisis_lines": [
            {"country": each.country, "name": each.name, "verified_on": each.verified_on or "unverified"}
            for each in found.crisis_lines
        ],
        "reading_levels": found.has_levels,
    }


def _language_record(each: LanguageSurvey, price: float | None) -> dict[str, Any]:
    return {
        "language": each.language,
        "messages": each.messages,
        "purposes": dict(each.purposes),
        "review": dict(each.review),
        "sms": {
            "count": len(each.sms),
            "segments": each.segments,
            "ucs2": sum(sms.encoding == "UCS-2" for sms in each.sms),
            "cost": None if price is None else round(each.segments * price, 4),
        },
        "reading_level": each.mean_level,
        "cells": [{"cell": cell, "messages": count} for cell, count in each.cells.items()],
        "empty_cells": each.empty,
        "waived": [{"message": key, "rule": waiver.rule, "reason": waiver.reason} for key, waiver in each.waivers],
        "remarks": [
            {"rule": r.rule, "message": r.message, "place": str(r.position), "what": r.what, "remedy": r.advice}
            for r in each.remarks
        ],
    }
