"""What is chosen in which case. Each row is tried with sixty seeds: its outcome is everything that may come of it.

A row reads: what it shows, what may come of it, and how the case differs from an ordinary one. In the ordinary case
sam, who joined long ago and has told us nothing, is due a nudge by email on Monday 23 November at 08:30 UTC.
"""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from nudger.decisions.choosing.history import Contact, History
from nudger.decisions.points.decide import decide_slot
from nudger.domain.conditions import AllOf, AnyOf, Not
from nudger.domain.conditions import Test as Question
from nudger.domain.feedback import Feedback, FeedbackKind
from nudger.domain.limits import Limits
from nudger.domain.messages import Review
from nudger.domain.recipients import HardDay, OnHardDay
from nudger.domain.schedules import Priority, Selection, Slot, SlotKey
from nudger.domain.vocabulary import (
    Asks,
    Channel,
    ChannelChoice,
    Component,
    Intensity,
    PartOfDay,
    Practice,
    Purpose,
    ReviewState,
    Situation,
)
from nudger.prose.reasons import english
from tests.make import make_message, make_recipient, make_schedule, make_snapshot, utc

DUE = utc("2026-11-23 08:30")
SEEDS = 60
SECOND, HOUR, DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)
KIND, COMMON, MINDFUL = Component.SELF_KINDNESS, Component.COMMON_HUMANITY, Component.MINDFULNESS
TALK, CARE, CALM, JOURNAL, SUPPORT = (
    Practice.SELF_TALK, Practice.SELF_CARE, Practice.MINDFULNESS, Practice.JOURNAL, Practice.SUPPORT,
)  # fmt: skip

# The words of the rows: messages …


def m(name, component=KIND, practice=TALK, **values):
    return make_message(name, component=component, practice=practice, **values)


def spanish(name):
    return m(name, language="es")


def sms_only(name):
    return m(name, email=None)


def email_only(name):
    return m(name, sms=None)


def at_part(name, *parts):
    return m(name, parts_of_day=frozenset(parts))


def for_(situation, name, **values):
    return m(name, situations=frozenset({situation}), **values)


TALKS, CARES = m("talk"), m("care", practice=CARE)
STEADY, DEEP = m("steady", intensity=Intensity.STEADY), m("deep", intensity=Intensity.DEEP)
WRITE, DIGIT, TELL = m("write", practice=JOURNAL), m("digit", asks=Asks.DIGIT), m("tell", asks=Asks.TEXT)
FOR_LOW, FOR_FINE = for_(Situation.LOW, "for-low"), for_(Situation.FINE, "for-fine")
COMMONS, MINDFULS = m("common", COMMON), m("mindful", MINDFUL, CALM)
TREE, RIVER = m("tree", theme="tree"), m("river", theme="river")

# … what is known …


def said(kind, ago, **values):
    return Feedback(recipient="sam", at=DUE - ago, kind=kind, **values)


def mood(level, ago=12 * HOUR):
    return said(FeedbackKind.CHECK_IN, ago, level=level)


def reply(ago):
    return said(FeedbackKind.REPLY, ago)


def not_this(name, theme="", ago=DAY):
    return said(FeedbackKind.NOT_THIS, ago, message=f"kind/{name}", theme=theme)


def about(kind, practice, ago=DAY):
    return said(kind, ago, practice=practice)


def sent(count, ago=DAY):
    return tuple(Contact(DUE - ago, SlotKey("sam", "other", date(2026, 11, n + 1)), None) for n in range(count))


def seen(**days_ago):
    return {f"kind/{name.replace('_', '-')}": DUE - days * DAY for name, days in days_ago.items()}


# … conditions …


def low(within=None):
    return Question(variable="mood", below=4, within=within)


def light(within=None):
    return Question(variable="mood", above=6, within=within)


MONDAY, SUNDAY = (Question(variable="weekday", words=frozenset({day})) for day in ("mon", "sun"))
DAYLIGHT_HOURS = Question(variable="hour", above=7, below=20)
LIKES_TALK = Question(variable="liked", words=frozenset({"self-talk"}))
QUIET_FOR_A_DAY = Question(variable="since_sent", above=DAY)

# … what schedules ask for …


def picks(**values):
    return {"selection": Selection(**values)}


SERIES = picks(messages=("kind/mindful", "kind/talk", "kind/care"), in_order=True)

# … and what may come of it.


def either(*names):
    return set(names)


def nothing(reason):
    return {f"nothing: {reason}"}


NO_MATCH = nothing("no en message fits (email, morning)")
NO_GENTLE = nothing("no gentle en message fits (email, morning)")
NO_LOW = nothing("no gentle en message fits (email, morning, a low day)")
FINE_REST = nothing("nothing sent on purpose: all is well by the last check-in")
SILENT_REST = nothing("nothing sent on purpose: no answer for two weeks")
MUCH_REST = nothing("nothing sent on purpose: much was sent of late, and nothing came back")


def row(name, outcome, *messages, **case):
    return pytest.param(outcome, messages, case, id=name)


ROWS = [
    # What fits at all
    row("one message is the one", either("talk"), TALKS),
    row("any of several may come", either("talk", "care", "steady"), TALKS, CARES, STEADY),
    row("without messages there is nothing", NO_MATCH),
    row("a retired message never comes", NO_MATCH, m("old", review=Review(state=ReviewState.RETIRED))),
    row("a hello is no nudge", NO_MATCH, m("hello", purpose=Purpose.WELCOME)),
    row("a library that is only for those who name it", NO_MATCH, m("apart", only_when_named=True)),
    row("named by its library it comes", either("apart"), m("apart", only_when_named=True),
        schedule=picks(libraries=frozenset({"kind"}))),
    row("named by itself it comes", either("apart"), m("apart", only_when_named=True),
        schedule=picks(messages=("kind/apart",))),
    row("a schedule names its messages", either("care"), TALKS, CARES, schedule=picks(messages=("kind/care",))),
    row("a schedule names a practice", either("care"), TALKS, CARES, schedule=picks(practices=frozenset({CARE}))),
    row("a schedule names a component", either("mindful"), TALKS, MINDFULS,
        schedule=picks(components=frozenset({MINDFUL}))),
    row("a schedule names a situation", either("for-low"), TALKS, FOR_LOW,
        schedule=picks(situations=frozenset({Situation.LOW}))),
    row("a schedule names how much is stirred up", either("deep"), TALKS, DEEP,
        schedule=picks(intensities=frozenset({Intensity.DEEP}))),
    # Language and channel
    row("other languages are not theirs", either("talk"), TALKS, spanish("hola")),
    row("their language is", either("hola"), TALKS, spanish("hola"), person={"language": "es"}),
    row("a language serves its regions", either("hola"), TALKS, spanish("hola"), person={"language": "es-MX"}),
    row("a region does not serve the language", NO_MATCH, m("hola", language="en-GB")),
    row("without words in their language, nothing", nothing("no de message fits (email, morning)"), TALKS,
        person={"language": "de"}),
    row("by email only what has words for it", either("mail"), email_only("mail"), sms_only("text")),
    row("by text only what has words for it", either("text"), email_only("mail"), sms_only("text"),
        person={"prefer": Channel.SMS}),
    row("without an email address, by text", either("text"), email_only("mail"), sms_only("text"),
        person={"email": None}),
    row("the schedule's channel goes before theirs", either("text"), email_only("mail"), sms_only("text"),
        schedule={"channel": ChannelChoice.SMS}),
    row("without an address for it, nothing", nothing("no address for sms"), TALKS, person={"sms": None},
        schedule={"channel": ChannelChoice.SMS}),
    # Part of day
    row("words for the morning in the morning", either("dawn", "talk"), at_part("dawn", PartOfDay.MORNING), TALKS),
    row("words for the night not in the morning", either("talk"), at_part("dusk", PartOfDay.NIGHT), TALKS),
    row("words for several parts of the day", either("two"), at_part("two", PartOfDay.NIGHT, PartOfDay.MORNING)),
    row("it is midday where they are", either("noon"), at_part("dawn", PartOfDay.MORNING),
        at_part("noon", PartOfDay.MIDDAY), person={"time_zone": "Asia/Kolkata"}),
    row("only words for another part, nothing", NO_MATCH, at_part("dusk", PartOfDay.NIGHT)),
    # The first week, and hard days
    row("in the first week only gentle ones", either("talk"), TALKS, STEADY, DEEP,
        person={"joined": date(2026, 11, 20)}),
    row("on its last day, too", either("talk"), TALKS, DEEP, person={"joined": date(2026, 11, 16)}),
    row("after it, any", either("talk", "deep"), TALKS, DEEP, person={"joined": date(2026, 11, 15)}),
    row("a longer gentle time of their own", either("talk"), TALKS, DEEP,
        person={"joined": date(2026, 11, 1), "limits": Limits(gentle_days=30)}),
    row("nothing gentle in the first week, nothing", NO_GENTLE, DEEP, person={"joined": date(2026, 11, 20)}),
    row("on a gentle hard day only gentle ones", either("talk"), TALKS, STEADY,
        person={"hard_days": (HardDay(month=11, day=23, then=OnHardDay.GENTLE),)}),
    row("the day after, any", either("talk", "steady"), TALKS, STEADY,
        person={"hard_days": (HardDay(month=11, day=22, then=OnHardDay.GENTLE),)}),
    row("on a day to be left in peace, nothing", nothing("a day to be left in peace"), TALKS,
        person={"hard_days": (HardDay(month=11, day=23, then=OnHardDay.HOLD),)}),
    # A low day
    row("a low day is gentle", either("talk"), TALKS, STEADY, feedback=[mood(3)]),
    row("a low day never asks to write", either("talk"), TALKS, WRITE, feedback=[mood(3)]),
    row("a low day never asks for a digit", either("talk"), TALKS, DIGIT, feedback=[mood(2)]),
    row("a low day never asks for an answer", either("talk"), TALKS, TELL, feedback=[mood(1)]),
    row("only tasks on a low day, nothing", NO_LOW, WRITE, DIGIT, TELL, feedback=[mood(3)]),
    row("words for low days go first on one", either("for-low"), TALKS, CARES, FOR_LOW, feedback=[mood(3)]),
    row("without them, any gentle ones", either("talk", "care"), TALKS, CARES, feedback=[mood(3)]),
    row("a task for low days is still a task", either("talk"), TALKS,
        for_(Situation.LOW, "low-task", practice=JOURNAL), feedback=[mood(3)]),
    row("words for low days come on any other", either("talk", "for-low"), TALKS, FOR_LOW),
    row("four is not low", either("talk", "write"), TALKS, WRITE, feedback=[mood(4)]),
    row("a low day is over after a day", either("talk", "write"), TALKS, WRITE, feedback=[mood(3, 25 * HOUR)]),
    row("a low day lasts a day, to the second", either("talk"), TALKS, WRITE, feedback=[mood(3, DAY)]),
    row("and not a second longer", either("talk", "write"), TALKS, WRITE, feedback=[mood(3, DAY + SECOND)]),
    row("a day old is still low", either("talk"), TALKS, WRITE, feedback=[mood(3, DAY)]),
    row("the newest check-in counts: better again", either("talk", "write"), TALKS, WRITE,
        feedback=[mood(2, 20 * HOUR), mood(6, 2 * HOUR)]),
    row("the newest check-in counts: worse", either("talk"), TALKS, WRITE,
        feedback=[mood(6, 20 * HOUR), mood(2, 2 * HOUR)]),
    row("nothing that comes later is known", either("talk", "write"), TALKS, WRITE, feedback=[mood(1, -HOUR)]),
    # A fine day
    row("words for fine days go first on one", either("for-fine"), TALKS, FOR_FINE, feedback=[mood(7)]),
    row("without them, any", either("talk", "deep"), TALKS, DEEP, feedback=[mood(7)]),
    row("six is not fine", either("talk", "for-fine"), TALKS, FOR_FINE, feedback=[mood(6)]),
    row("a fine day lasts for two", either("for-fine"), TALKS, FOR_FINE, feedback=[mood(7, 48 * HOUR)]),
    row("and no longer", either("talk", "for-fine"), TALKS, FOR_FINE, feedback=[mood(7, 49 * HOUR)]),
    # Nothing
    row("all is well: perhaps nothing", either("talk") | FINE_REST, TALKS, feedback=[mood(8)]),
    row("well three days ago says nothing of today", either("talk"), TALKS, feedback=[mood(9, 3 * DAY)]),
    row("silence for two weeks: perhaps nothing", either("talk") | SILENT_REST, TALKS, feedback=[reply(20 * DAY)]),
    row("silence for one week is no silence", either("talk"), TALKS, feedback=[reply(7 * DAY)]),
    row("silence for two months is a habit", either("talk"), TALKS, feedback=[reply(61 * DAY)]),
    row("somebody who never answered is not silent", either("talk"), TALKS),
    row("much of late and nothing back: perhaps nothing", either("talk") | MUCH_REST, TALKS, contacts=sent(10),
        feedback=[reply(8 * DAY)]),
    row("much of late, and they answer", either("talk"), TALKS, contacts=sent(10), feedback=[reply(2 * DAY)]),
    row("much of late, of somebody we know nothing of", either("talk"), TALKS, contacts=sent(10)),
    row("nine in a week is not much", either("talk"), TALKS, contacts=sent(9)),
    row("more than a week ago is not of late", either("talk"), TALKS, contacts=sent(12, 8 * DAY)),
    row("what matters more is always sent", either("talk"), TALKS, feedback=[mood(9)],
        schedule={"priority": Priority.HIGH}),
    row("what their state asked for is always sent", either("talk"), TALKS, feedback=[mood(9)],
        schedule={"only_if": light()}),
    row("a series goes on", either("talk"), TALKS, feedback=[mood(9)], schedule=picks(in_order=True)),
    # Conditions of the schedule
    row("only if: yes", either("talk"), TALKS, feedback=[mood(3)], schedule={"only_if": low()}),
    row("only if: no", nothing("only if mood is below 4"), TALKS, feedback=[mood(5)], schedule={"only_if": low()}),
    row("only if: nobody knows", nothing("only if mood is below 4 (unknown)"), TALKS, schedule={"only_if": low()}),
    row("only if: too long ago to know", nothing("only if mood is below 4 within 1 day (unknown)"), TALKS,
        feedback=[mood(3, 30 * HOUR)], schedule={"only_if": low(DAY)}),
    row("skip if: yes", nothing("not if mood is above 6"), TALKS, feedback=[mood(7)], schedule={"skip_if": light()}),
    row("skip if: no", either("talk"), TALKS, feedback=[mood(5)], schedule={"skip_if": light()}),
    row("skip if: nobody knows, so it goes", either("talk"), TALKS, schedule={"skip_if": light()}),
    row("all: both", either("talk"), TALKS, feedback=[mood(3)], schedule={"only_if": AllOf((low(), MONDAY))}),
    row("all: one is not so", nothing("only if mood is below 4 and it is a Sunday"), TALKS, feedback=[mood(3)],
        schedule={"only_if": AllOf((low(), SUNDAY))}),
    row("all: one unknown", nothing("only if mood is below 4 and it is a Monday (unknown)"), TALKS,
        schedule={"only_if": AllOf((low(), MONDAY))}),
    row("all: a no beats an unknown", nothing("only if mood is below 4 and it is a Sunday"), TALKS,
        schedule={"only_if": AllOf((low(), SUNDAY))}),
    row("any: one is enough", either("talk"), TALKS, schedule={"only_if": AnyOf((low(), MONDAY))}),
    row("any: none", nothing("only if mood is below 4 or it is a Sunday"), TALKS, feedback=[mood(5)],
        schedule={"only_if": AnyOf((low(), SUNDAY))}),
    row("any: an unknown one and a no", nothing("only if mood is below 4 or it is a Sunday (unknown)"), TALKS,
        schedule={"only_if": AnyOf((low(), SUNDAY))}),
    row("not: turned round", either("talk"), TALKS, schedule={"only_if": Not(SUNDAY)}),
    row("not: unknown stays unknown", nothing("only if it is not so that mood is below 4 (unknown)"), TALKS,
        schedule={"only_if": Not(low())}),
    row("a number between two bounds", either("talk"), TALKS, schedule={"only_if": DAYLIGHT_HOURS}),
    row("a span of time that is long enough", either("talk"), TALKS, contacts=sent(1, 2 * DAY),
        schedule={"only_if": QUIET_FOR_A_DAY}),
    row("a span of time that is too short", nothing("only if the last note went out more than 1 day ago"), TALKS,
        contacts=sent(1, HOUR), schedule={"only_if": QUIET_FOR_A_DAY}),
    row("one of several words", either("talk"), TALKS, feedback=[about(FeedbackKind.MORE, TALK)],
        schedule={"only_if": LIKES_TALK}),
    # Conditions of messages
    row("a message's own only-if: yes", either("talk", "hug"), TALKS, m("hug", only_if=MONDAY)),
    row("a message's own only-if: no", either("talk"), TALKS, m("hug", only_if=SUNDAY)),
    row("a message's own only-if: unknown", either("talk"), TALKS, m("hug", only_if=low())),
    row("a message's own skip-if: yes", either("talk"), TALKS, m("hug", skip_if=MONDAY)),
    row("a message's own skip-if: no", either("talk", "hug"), TALKS, m("hug", skip_if=SUNDAY)),
    row("a message's own skip-if: unknown", either("talk", "hug"), TALKS, m("hug", skip_if=low())),
    row("all messages wait for Sunday, nothing", NO_MATCH, m("hug", only_if=SUNDAY)),
    # Turns of the components
    row("whichever component was never served", either("common"), TALKS, COMMONS, seen=seen(talk=1)),
    row("the one served longest ago", either("mindful"), TALKS, m("talk-2"), COMMONS, m("common-2", COMMON), MINDFULS,
        m("mindful-2", MINDFUL, CALM), seen=seen(talk=1, common=2, mindful_2=3)),
    row("a turn without words left passes on", either("talk-2"), TALKS, m("talk-2"), COMMONS,
        seen=seen(talk=1, common=2)),
    row("a turn holds whatever else is resting", either("tree-2"), m("tree-2", COMMON, theme="tree"), TREE, RIVER,
        seen=seen(tree=1)),
    # Themes
    row("a theme rests after it was sent", either("river"), TREE, RIVER, m("tree-2", theme="tree"), seen=seen(tree=3)),
    row("for ten days", either("river", "tree-2"), TREE, RIVER, m("tree-2", theme="tree"), seen=seen(tree=10)),
    row("a resting theme is better than none", either("tree-2"), TREE, m("tree-2", theme="tree"), seen=seen(tree=1)),
    row("no theme never rests", either("talk-2"), TALKS, m("talk-2"), seen=seen(talk=1)),
    # What they said of a message
    row("not this: never again", either("care"), TALKS, CARES, feedback=[not_this("talk")]),
    row("not this, long ago: never again", either("care"), TALKS, CARES, feedback=[not_this("talk", ago=900 * DAY)]),
    row("not this: its thought rests, too", either("river"), RIVER, m("tree-2", theme="tree"),
        feedback=[not_this("tree", "tree", 40 * DAY), reply(DAY)]),
    row("for six weeks", either("river", "tree-2"), RIVER, m("tree-2", theme="tree"),
        feedback=[not_this("tree", "tree", 46 * DAY), reply(DAY)]),
    row("not this, and nothing else: nothing", NO_MATCH, TALKS, feedback=[not_this("talk")]),
    row("less of a practice still comes", either("talk", "care"), TALKS, CARES,
        feedback=[about(FeedbackKind.LESS, TALK)]),
    row("more of a practice does not push the others out", either("talk", "care"), TALKS, CARES,
        feedback=[about(FeedbackKind.MORE, TALK)] * 9),
    # When all was seen
    row("what was seen does not come back", either("care"), TALKS, CARES, seen=seen(talk=400)),
    row("all seen: the longest unseen", either("care"), TALKS, CARES, seen=seen(talk=1, care=2)),
    row("all seen: but not what they refused", either("talk"), TALKS, CARES, seen=seen(talk=1, care=2),
        feedback=[not_this("care")]),
    row("all seen but what they refused: the longest unseen", either("talk"), TALKS, CARES, seen=seen(talk=1),
        feedback=[not_this("care")]),
    # Series
    row("a series begins with its first", either("mindful"), TALKS, CARES, MINDFULS, schedule=SERIES),
    row("a series goes on where it was", either("care"), TALKS, CARES, MINDFULS, schedule=SERIES,
        seen=seen(mindful=9, talk=1)),
    row("a series ends with its last", nothing("the series is at its end"), TALKS, CARES, MINDFULS, schedule=SERIES,
        seen=seen(mindful=9, talk=5, care=1)),
]  # fmt: skip


@pytest.mark.parametrize(("outcome", "messages", "case"), ROWS)
def test_what_may_come_of_it(outcome, messages, case):
    assert outcomes(messages, **case) == outcome


def test_the_table_is_long_enough_to_be_worth_its_name():
    assert len(ROWS) >= 85
    assert len({each.id for each in ROWS}) == len(ROWS)


def decide(messages, *, seed="", person=(), schedule=(), feedback=(), contacts=(), seen=()):
    snapshot = make_snapshot(
        schedules=[make_schedule(**dict(schedule))], recipients=[make_recipient(**dict(person))], messages=messages
    )
    history = History(seen=dict(seen), contacts=tuple(contacts), feedback=tuple(feedback))
    slot = Slot("sam", "kind", DUE.date(), 0, DUE, DUE.time())
    return decide_slot(replace(snapshot, seed=f"seed {seed}"), slot, history, now=DUE).decision


def outcomes(messages, **case):
    decisions = [decide(messages, seed=n, **case) for n in range(SEEDS)]
    return {d.message.removeprefix("kind/") if d.message else f"nothing: {english(d.reason)}" for d in decisions}


@pytest.mark.parametrize(
    ("feedback", "chance"),
    [
        ([], 1 / 2),
        ([about(FeedbackKind.MORE, TALK)], 1.5 / 2.5),
        ([about(FeedbackKind.HELPFUL, TALK)], 1.25 / 2.25),
        ([about(FeedbackKind.DONE, TALK)], 1.1 / 2.1),
        ([about(FeedbackKind.LESS, TALK)], 0.5 / 1.5),
        ([about(FeedbackKind.LESS, CARE)], 1 / 1.5),
        ([about(FeedbackKind.MORE, TALK), about(FeedbackKind.LESS, TALK)], 0.75 / 1.75),
        ([about(FeedbackKind.MORE, TALK)] * 9, 4 / 5),
        ([about(FeedbackKind.LESS, TALK)] * 9, 0.2 / 1.2),
        ([reply(DAY)], 1 / 2),
    ],
    ids=["nothing said", "more", "helpful", "done", "less", "less of the other", "more, then less", "more and more",
         "less and less", "a reply names no practice"],
)  # fmt: skip
def test_what_they_said_moves_the_chance_of_a_practice(feedback, chance):
    chances = decide([TALKS, CARES], feedback=feedback).record.chances
    assert {name: share for name, share, _ in chances} == pytest.approx({TALK: chance, CARE: 1 - chance})
