"""`nudger simulate`."""

import json
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from nudger.cli.kinds import Amount, Whole
from nudger.domain.sms_length import segments
from nudger.domain.vocabulary import ScheduleId
from nudger.prose.english import plural
from nudger.prose.reasons import english
from nudger.use_cases.people import who_is_here
from nudger.use_cases.simulate import LATER, ON_TIME, SOME_ZONES, Tally, made_up_people, simulate
from nudger.wiring.clock import clock
from nudger.wiring.installation import Installation

_MOST_REASONS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class _Trial:
    """What was tried, and what came of it."""

    tally: Tally
    schedules: tuple[ScheduleId, ...]
    seed: str
    since: datetime
    price: float


@click.command(name="simulate")
@click.option("--days", type=Whole(1, 3660), default=90, show_default=True, help="For how many days.")
@click.option(
    "--recipients", "count", type=Whole(1, 1_000_000), default=100, show_default=True, help="How many people."
)
@click.option("--seed", default="1", show_default=True, help="Another seed: other people, other draws.")
@click.option(
    "--sms-price",
    "price",
    type=Amount(),
    default=0.0083,
    show_default=True,
    help="What one SMS segment costs you.",
)
@click.option("--format", "style", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.pass_obj
def command(config_dir: Path, days: int, count: int, seed: str, price: float, style: str) -> None:
    """Try the schedules on made-up people: how much they get, how often, what comes again, what is held back.

    Everybody is new, spread over the groups that schedules name, the time zones of the real people (or a dozen), and
    both channels. It all happens in memory: the ledger is left alone, and nothing is sent.
    """
    installation = Installation(config_dir)
    catalog, since = installation.catalog, clock()
    snapshot = installation.snapshot([])
    with installation.read() as transaction:
        here = who_is_here(transaction, catalog.recipients, now=since)
    zones = sorted({person.time_zone for person in here}) or SOME_ZONES
    people = made_up_people(catalog.schedules, count=count, zones=zones, seed=seed, since=since)
    with click.progressbar(
        people, length=count, label="Trying", file=sys.stderr, hidden=not sys.stderr.isatty()
    ) as watched:
        tally = simulate(snapshot, watched, since=since, days=days, segments=lambda text: segments(text).segments)
    trial = _Trial(
        tally=tally, schedules=tuple(each.id for each in catalog.schedules), seed=seed, since=since, price=price
    )
    if style == "json":
        click.echo(json.dumps(_record(trial), indent=1, ensure_ascii=False))
    else:
        for line in _lines(trial):
            click.echo(line)


def _record(trial: _Trial) -> dict[str, Any]:
    tally = trial.tally
    return {
        "people": tally.people,
        "days": tally.days,
        "since": trial.since.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "seed": trial.seed,
        "schedules": {name: _outcomes(tally, name) for name in trial.schedules},
        "per_person_and_week": {"median": _median(tally.weekly), "max": max(tally.weekly, default=0)},
        "longest_silence_days": {"median": _median(tally.silences), "max": max(tally.silences, default=0)},
        "repeats": {
            "count": tally.repeats.total(),
            "soonest_days": min(tally.repeats, default=None),
            "median_days": _median(tally.repeats),
        },
        "held": dict(_reasons(tally).most_common()),
        "sms": {"segments": tally.segments, "price": trial.price, "cost": round(tally.segments * trial.price, 2)},
        "runway_days": {name: tally.runway.get(name) for name in trial.schedules},
    }


def _outcomes(tally: Tally, schedule: ScheduleId) -> dict[str, int]:
    return {outcome: count for (name, outcome), count in sorted(tally.outcomes.items()) if name == schedule}


def _median(counts: Counter[int]) -> int | None:
    """Return the middle value (of two, the lower); None where nothing was counted."""
    left = (counts.total() + 1) // 2
    for value in sorted(counts):
        left -= counts[value]
        if left <= 0 < counts[value]:
            return value
    return None


def _lines(trial: _Trial) -> Iterator[str]:
    tally = trial.tally
    yield (
        f"{tally.people:,} made-up {'person' if tally.people == 1 else 'people'}, {plural(tally.days, 'day')} "
        f"from {trial.since.day} {trial.since:%b %Y}, seed {trial.seed}. Nothing was sent."
    )
    yield from ("", *_table(trial), "")
    yield f"Nudges a week for a person     median {_median(tally.weekly)}, at most {max(tally.weekly)}"
    silence = max(tally.silences)
    yield f"Longest silence for a person   median {_median(tally.silences)} days, at most {plural(silence, 'day')}"
    yield f"The same words again           {_repeats(tally)}"
    cost = f"{tally.segments * trial.price:,.2f} in all, at {trial.price:g} a segment (yours: --sms-price)"
    yield f"SMS                            {plural(tally.segments, 'segment')}: {cost}"
    yield from ("", *_held(tally), *_runway(trial))


def _table(trial: _Trial) -> Iterator[str]:
    width = max((len(name) for name in trial.schedules), default=8)
    yield f"{'Schedule':<{width}}  {'due':>9}  {'on time':>9}  {'later':>9}  {'not sent':>9}"
    for name in trial.schedules:
        found = _outcomes(trial.tally, name)
        due, on_time, later = sum(found.values()), found.get(ON_TIME, 0), found.get(LATER, 0)
        nobody = "" if due else "  (for none of these people)"
        yield f"{name:<{width}}  {due:>9,}  {on_time:>9,}  {later:>9,}  {due - on_time - later:>9,}{nobody}"


def _repeats(tally: Tally) -> str:
    if not tally.repeats:
        return "never"
    soonest = plural(min(tally.repeats), "day")
    return f"{tally.repeats.total():,} times, soonest after {soonest}, median after {_median(tally.repeats)}"


def _reasons(tally: Tally) -> Counter[str]:
    """Return how many were held back, by the reason in words."""
    held = Counter[str]()
    for reason, count in tally.held.items():
        held[english(reason)] += count
    return held


def _held(tally: Tally) -> Iterator[str]:
    if not tally.held:
        return
    yield "Not sent, and why"
    held = _reasons(tally)
    for reason, count in held.most_common(_MOST_REASONS):
        yield f"  {count:>9,}  {reason}"
    others = held.total() - sum(count for _, count in held.most_common(_MOST_REASONS))
    if others:
        yield f"  {others:>9,}  other reasons (all of them: --format json)"
    yield ""


def _runway(trial: _Trial) -> Iterator[str]:
    runway = trial.tally.runway
    if not runway:
        yield f"Nobody runs out of new words within {plural(trial.tally.days, 'day')}."
        return
    yield "Out of new words, for the first person who has seen all that fit"
    width = max(len(name) for name in runway)
    for name, days in sorted(runway.items(), key=lambda item: item[1]):
        yield f"  {name:<{width}}  on day {days + 1}"
