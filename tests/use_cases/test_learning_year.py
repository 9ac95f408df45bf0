"""A simulated span of days with people who answer, more often to some practices: what learning does, what the record tells.

Two kinds of people: the ones answer self-talk best, the others self-care. `tests/system/test_learning_year.py` lives
through a whole year of fifty people.
"""

import asyncio
import json
from collections import Counter, defaultdict
from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest

from nudger.domain.feedback import FeedbackKind
from nudger.domain.vocabulary import Component, Practice
from nudger.use_cases.decision_record import decision_points, pseudonym, row_of
from nudger.use_cases.record_feedback import Entry, record
from tests.make import make_message, make_recipient, make_schedule
from tests.world import HELLO, START, World

ANSWERS = {
    "talkers": {"self-talk": 0.75, "self-care": 0.25, "mindfulness": 0.35, "journal": 0.15, "support": 0.3},
    "carers": {"self-talk": 0.25, "self-care": 0.75, "mindfulness": 0.35, "journal": 0.15, "support": 0.3},
}
"""How likely each kind of people is to answer a nudge of a practice."""

BY_THEMSELVES = 0.05
"""How likely anybody checks in on a day, whatever came."""

FAVORITE = {"talkers": "self-talk", "carers": "self-care"}
KINDS = list(ANSWERS)


def kind_of(person):
    return KINDS[int(person.removeprefix("p")) % 2]


def truth(practice):
    """How likely a nudge of a practice is answered by anybody, as simulated: the mean over both kinds of people."""
    return sum(1 - (1 - chances[practice]) * (1 - BY_THEMSELVES) for chances in ANSWERS.values()) / len(ANSWERS)


def live(path, *, people, days, learning):
    """Let the service serve made-up people day by day; return the record of its decisions."""
    wordings = 4 + days // 3  # enough for every practice to have fresh words on the last day
    messages = [
        make_message(f"{component}-{practice}-{n}", component=component, practice=practice)
        for component in Component
        for practice in Practice
        for n in range(wordings)
    ]
    names = [f"p{n}" for n in range(people)]
    world = World(
        path,
        people=[make_recipient(name, joined=START.date()) for name in names],
        schedules=[make_schedule(at="08:30")],
        messages=(HELLO, *messages),
    )
    world.catalog = replace(world.catalog, learning=learning)
    world.email.concurrency = people
    world.start()
    rng = Random(7)

    async def story():
        await world.reload()
        await world.tick()
        for day in range(days):
            before = len(world.email.sent)
            await world.tick(hours=24 if day else 0.5)
            went_out = [outgoing.nudge for outgoing in world.email.sent[before:]]
            world.ledger.run(lambda t, went_out=went_out: answer(t, world, names, went_out, rng))
        await world.tick(hours=30)

    asyncio.run(story())
    snapshot = world.service.snapshot
    rows = world.ledger.run(lambda t: [row_of(p) for p in decision_points(t, snapshot, now=world.clock.now)])
    world.ledger.close()
    return rows


def answer(transaction, world, names, sent, rng):
    """Let people answer what just went out, as likely as they are, within hours; some check in by themselves."""
    snapshot, now = world.service.snapshot, world.clock.now
    practice_of = {}
    for nudge_id in sent:
        nudge = transaction.nudges.get(nudge_id)
        topic = snapshot.message_index.topics.get(nudge.decision.message)
        if topic:
            practice_of[nudge.key.recipient] = topic.practice
    entries = []
    for name in names:
        chance = ANSWERS[kind_of(name)].get(practice_of.get(name), 0)
        later = now + timedelta(minutes=rng.randrange(1, 600))
        if rng.random() < chance:
            entries.append(Entry(recipient=name, kind=FeedbackKind.REPLY, at=later))
        if rng.random() < BY_THEMSELVES:
            entries.append(Entry(recipient=name, kind=FeedbackKind.CHECK_IN, at=later, level=rng.randrange(4, 9)))
    record(transaction, entries, snapshot, source="test", now=now + timedelta(hours=12))


def usable(rows):
    """Return the rows where every practice could have been chosen, and the outcome is certain."""
    sent = [row for row in rows if row["state"] == "sent" and row["answered"] != "not yet"]
    return [row for row in sent if len(row["options"]) == len(Practice)]


def weighted(rows, practice):
    """Estimate how likely a practice is answered: each answer weighs the inverse of its probability (Hájek)."""
    mine = [(row["answered"] == "yes", 1 / row["p_practice"]) for row in rows if row["practice"] == practice]
    return sum(weight for yes, weight in mine if yes) / sum(weight for _, weight in mine)


def plain(rows, practice):
    mine = [row["answered"] == "yes" for row in rows if row["practice"] == practice]
    return sum(mine) / len(mine)


def share(rows, kind, mine):
    """Return how much of what a kind of people got was their favorite practice."""
    theirs = [row for row in rows if row["person"] in mine[kind]]
    return sum(row["practice"] == FAVORITE[kind] for row in theirs) / len(theirs)


def kinds_by_pseudonym(rows, people, installation):
    found = defaultdict(set)
    for n in range(people):
        found[kind_of(f"p{n}")].add(pseudonym(installation, f"p{n}"))
    assert {row["person"] for row in rows} == set().union(*found.values())
    return found


def check_learned(rows, *, people, days, tolerance, installation):
    mine = kinds_by_pseudonym(rows, people, installation)
    usable_rows = usable(rows)
    dates = sorted({row["local_date"] for row in usable_rows})
    last = dates[-days // 3 :]
    for kind in KINDS:  # an equal share would be a fifth
        assert share([row for row in usable_rows if row["local_date"] in last], kind, mine) > 0.4, kind
    by_month = defaultdict(set)
    for row in usable_rows:
        by_month[row["local_date"][:7]].add(row["practice"])
    whole = [month for month in by_month if sum(date.startswith(month) for date in dates) >= 20]
    assert whole
    assert all(by_month[month] == set(Practice) for month in whole)
    for practice in Practice:
        assert weighted(usable_rows, practice) == pytest.approx(truth(practice), abs=tolerance), practice


def errors(estimate, rows):
    """How far an estimate lies from the truth, for each favorite."""
    return [estimate(usable(rows), favorite) - truth(favorite) for favorite in FAVORITE.values()]


def check_flattered(rows):
    """Those who like a practice get it more, so the plain share of answers flatters it; the weighted one does not."""
    for plain_error, weighted_error in zip(errors(plain, rows), errors(weighted, rows), strict=True):
        assert plain_error > abs(weighted_error)


def installation_of(path):
    return json.loads((path / "installation.json").read_text())["installation"]


@pytest.mark.slow
def test_what_is_answered_comes_more_often_and_the_record_tells_the_truth(tmp_path):
    people, days = 14, 50
    rows = live(tmp_path, people=people, days=days, learning=True)
    check_learned(rows, people=people, days=days, tolerance=0.2, installation=installation_of(tmp_path))
    # Of so few people that holds for both favorites together; of each by itself in the year.
    assert sum(map(abs, errors(plain, rows))) > sum(map(abs, errors(weighted, rows)))


def test_without_learning_every_practice_stays_as_likely_as_the_others(tmp_path):
    rows = [row for row in live(tmp_path, people=6, days=21, learning=False) if row["options"]]
    assert len(rows) > 100
    for row in rows:
        shares = [float(option.partition("=")[2].partition("/")[0]) for option in row["options"]]
        assert shares == pytest.approx([1 / len(shares)] * len(shares), abs=1e-5)
    came = Counter(row["practice"] for row in rows)
    assert len(came) == len(Practice)
    assert max(came.values()) < 1.5 * min(came.values())
