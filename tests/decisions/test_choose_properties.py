"""What holds for every choice, whatever the library, the person and the seed."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from math import sqrt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nudger.decisions.choosing.choose import choose
from nudger.decisions.choosing.history import History
from nudger.decisions.choosing.learn import Evidence, Outcomes, learned_chances
from nudger.decisions.choosing.options import index_options, is_task
from nudger.decisions.choosing.preferences import NO_PREFERENCES, Preferences, weights_of
from nudger.decisions.choosing.rotation import Rotation
from nudger.decisions.points.decide import decide_slot
from nudger.decisions.points.replay import replay
from nudger.domain.feedback import Feedback, FeedbackKind
from nudger.domain.nudges import NudgeState
from nudger.domain.reasons import ReasonCode
from nudger.domain.records import PracticeChance, Restraint
from nudger.domain.schedules import Selection, Slot
from nudger.domain.vocabulary import Asks, Component, Intensity, Practice, Situation
from nudger.prose.reasons import english
from nudger.prose.replay import replay_in_words
from nudger.storage.reason_codec import record_of, record_text
from nudger.use_cases.preview import rehearse
from tests.make import make_message, make_recipient, make_schedule, make_snapshot, utc

DUE = utc("2026-11-23 08:30")
DAY = timedelta(days=1)
DRAWS = 20_000
THEMES = ("", "tree", "river", "door")
PRACTICES = list(Practice)

messages = st.builds(
    make_message,
    st.integers(0, 400).map(lambda n: f"m{n:03}"),
    component=st.sampled_from(Component),
    practice=st.sampled_from(Practice),
    theme=st.sampled_from(THEMES),
    intensity=st.sampled_from(Intensity),
    asks=st.sampled_from(Asks),
    situations=st.frozensets(st.sampled_from(Situation), max_size=2),
)
libraries = st.lists(messages, max_size=30, unique_by=lambda message: message.key)


@st.composite
def cases(draw):
    """A library, and what somebody saw of it and said of it in the last weeks."""
    library = draw(libraries)
    keys = [message.key for message in library] or ["kind/none"]
    ago = st.integers(0, 60 * 24).map(lambda hours: DUE - timedelta(hours=hours))
    seen = draw(st.dictionaries(st.sampled_from(keys), ago, max_size=len(keys)))
    said = st.one_of(
        st.builds(
            Feedback, recipient=st.just("sam"), at=ago, kind=st.just(FeedbackKind.CHECK_IN), level=st.integers(1, 9)
        ),
        st.builds(
            Feedback,
            recipient=st.just("sam"),
            at=ago,
            kind=st.sampled_from([kind for kind in FeedbackKind if kind is not FeedbackKind.CHECK_IN]),
            message=st.sampled_from(keys),
            practice=st.sampled_from(Practice),
            theme=st.sampled_from(THEMES),
        ),
    )
    feedback = sorted(draw(st.lists(said, max_size=6)), key=lambda each: each.at)
    return library, History(seen=seen, feedback=tuple(feedback))


def decide(library, history, seed="s", **schedule):
    snapshot = make_snapshot(schedules=[make_schedule(**schedule)], recipients=[make_recipient()], messages=library)
    slot = Slot("sam", "kind", DUE.date(), 0, DUE, DUE.time())
    return decide_slot(replace(snapshot, seed=seed), slot, history, now=DUE)


@given(cases(), st.text(max_size=8))
def test_the_choice_is_one_of_the_options_or_nothing_with_a_reason(case, seed):
    library, history = case
    nudge = decide(library, history, seed)
    record = nudge.decision.record
    if nudge.state is NudgeState.WITHHELD:
        assert english(nudge.status_reason)
    else:
        assert nudge.decision.message in {message.key for message in library}
        assert nudge.decision.message in (record.shortlist or [nudge.decision.message])
        assert record.unseen <= record.options <= len(library)


@given(cases(), st.text(max_size=8))
def test_the_same_seed_makes_the_same_choice_in_whatever_order_the_files_are_read(case, seed):
    library, history = case
    assert decide(library, history, seed) == decide(library[::-1], history, seed)


@given(cases(), st.text(max_size=8), st.booleans())
def test_deciding_again_from_the_record_leads_to_the_same_choice(case, seed, in_order):
    library, history = case
    nudge = decide(library, history, seed, selection=Selection(in_order=in_order))
    record = record_of(record_text(nudge.decision.record))
    assert record == nudge.decision.record
    again = replay(replace(nudge, decision=replace(nudge.decision, record=record)))
    assert again.agrees is not False, replay_in_words(again)
    if record.shortlist:
        assert again.agrees is True


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"shortlist": ("kind/other",)}, "today the wording would be kind/other"),
        ({"chances": (PracticeChance(Practice.JOURNAL, 1.0, 1),)}, "today the practice would be journal"),
        ({"restraint": Restraint(1.0, ReasonCode.ALL_IS_WELL)}, "today nothing would be sent"),
        ({"version": "0.0.9", "shortlist": ("kind/other",)}, "nudger 0.0.9; this is"),
    ],
)
def test_a_choice_that_would_be_another_today_is_told(change, words):
    nudge = decide([make_message(f"m{n}") for n in range(5)], History())
    changed = replace(nudge.decision, record=replace(nudge.decision.record, **change))
    again = replay(replace(nudge, decision=changed))
    assert again.agrees is False
    assert words in replay_in_words(again)


@pytest.mark.parametrize(
    ("selection", "seen", "words"),
    [
        (Selection(in_order=True), {}, "the next of a series; what had been seen is not in the record"),
        (Selection(), {"kind/m0": DUE - DAY}, "the longest unseen, after all had been seen"),
    ],
)
def test_what_the_record_does_not_hold_is_said(selection, seen, words):
    again = replay(decide([make_message("m0")], History(seen=seen), selection=selection))
    assert again.agrees is None
    assert words in replay_in_words(again)


@given(libraries, st.text(max_size=8))
def test_no_wording_comes_back_before_all_were_used(library, seed):
    pool, seen = index_options(library), {}
    for day in range(len(library)):
        found = choose(pool, Rotation(seen=seen), seed=f"{seed}/{day}")
        assert found.message.key not in seen
        seen[found.message.key] = DUE + day * DAY


@given(cases(), st.integers(1, 3), st.text(max_size=8))
def test_a_low_day_never_brings_a_task_or_anything_that_stirs_up(case, level, seed):
    library, history = case
    low = Feedback(recipient="sam", at=DUE - timedelta(hours=1), kind=FeedbackKind.CHECK_IN, level=level)
    earlier = tuple(each for each in history.feedback if each.at <= low.at)
    nudge = decide(library, replace(history, feedback=(*earlier, low)), seed)
    if nudge.decision.message is not None:
        message = next(each for each in library if each.key == nudge.decision.message)
        assert not is_task(message)
        assert message.intensity is Intensity.GENTLE


@given(cases(), st.text(max_size=8))
def test_chances_sum_to_one_and_count_what_is_left(case, seed):
    library, history = case
    record = decide(library, history, seed).decision.record
    if chances := record.chances:
        assert sum(chance for _, chance, _ in chances) == pytest.approx(1)
        assert all(chance > 0 and count > 0 for _, chance, count in chances)
        assert sum(count for _, _, count in chances) <= record.unseen


@settings(max_examples=25)
@given(st.integers(0, 2**32), st.integers(3, 8), st.lists(st.sampled_from(Practice), min_size=1, unique=True))
def test_over_any_seven_daily_nudges_the_components_differ_by_one_at_most(seed, each, practices):
    library = [
        make_message(
            f"{component}-{n}", component=component, practice=practices[n % len(practices)], theme=THEMES[n % 4]
        )
        for component in Component
        for n in range(each)
    ]
    kinds = {message.key: message.component for message in library}
    snapshot = make_snapshot(schedules=[make_schedule()], recipients=[make_recipient()], messages=library)
    coming = rehearse(replace(snapshot, seed=str(seed)), since=DUE - DAY, until=DUE + 30 * DAY, histories={})
    served = [kinds[each.nudge.decision.message] for each in coming]
    assert len(served) >= 30
    for first in range(len(served) - 6):
        counts = Counter(served[first : first + 7])
        assert max(counts.values()) - min(counts[component] for component in Component) <= 1


# Frequencies: what is written down as a chance is how often it happens.


def large(count, **values):
    return [make_message(f"m{n:04}", practice=PRACTICES[n % 5], theme=THEMES[n % 4], **values) for n in range(count)]


SAID = tuple(
    Feedback(recipient="sam", at=DUE - DAY, kind=kind, practice=practice)
    for kind, practice in (
        (FeedbackKind.MORE, Practice.SELF_TALK), (FeedbackKind.LESS, Practice.JOURNAL), (FeedbackKind.DONE, Practice.SUPPORT),
    )
)  # fmt: skip
NOT_WANTED = frozenset(f"kind/m{n:04}" for n in (0, 5, 10, 11))
SEEN = {f"kind/m{n:04}": DUE - n * DAY for n in range(0, 40, 3)}


@pytest.mark.parametrize(
    ("library", "rotation", "preferences", "learned"),
    [
        (large(23), Rotation(), NO_PREFERENCES, None),
        (large(60), Rotation(seen=SEEN, resting=frozenset({"tree"})), NO_PREFERENCES, None),
        (large(60), Rotation(seen=SEEN), Preferences(weights=weights_of(SAID), unwanted=NOT_WANTED), None),
        (
            large(60),
            Rotation(),
            Preferences(weights=weights_of(SAID)),
            {practice: 0.1 + n / 10 for n, practice in enumerate(Practice)},
        ),
        (large(600), Rotation(seen=SEEN, resting=frozenset({"river", "door"})), Preferences(unwanted=NOT_WANTED), None),
        (large(100), Rotation(seen={f"kind/m{n:04}": DUE for n in range(75)}), NO_PREFERENCES, None),
    ],
    ids=["small", "resting", "weights and refusals", "learned", "large", "few left of many"],
)
def test_what_is_drawn_is_as_often_as_the_chances_say(library, rotation, preferences, learned):
    pool = index_options(library)
    practices, wordings = Counter(), Counter()
    for n in range(DRAWS):
        found = choose(pool, rotation, preferences, learned=learned, seed=f"draw {n}")
        practices[found.message.practice] += 1
        wordings[found.message.key] += 1
    expected = {practice: chance for practice, chance, _ in found.chances}
    for practice, chance in expected.items():
        assert within_four_sigma(practices[practice], chance)
    assert sum(practices.values()) == DRAWS
    may_come = [
        message
        for message in library
        if message.key not in rotation.seen
        and message.key not in preferences.unwanted
        and message.theme not in rotation.resting
    ]
    assert set(wordings) <= {message.key for message in may_come}
    left = Counter(message.practice for message in may_come)
    assert [(practice, left[practice]) for practice in expected] == [(p, count) for p, _, count in found.chances]
    surprise = sum(
        (wordings[message.key] - share) ** 2 / share
        for message in may_come
        if (share := DRAWS * expected[message.practice] / left[message.practice])
    )
    free = len(may_come) - 1
    assert surprise < free + 4 * sqrt(2 * free)  # chi-square: mean and variance of its distribution


def within_four_sigma(count, chance):
    return abs(count - DRAWS * chance) <= 4 * sqrt(DRAWS * chance * (1 - chance)) + 1e-9


def test_nothing_is_sent_as_often_as_its_chance_says():
    fine = Feedback(recipient="sam", at=DUE - DAY, kind=FeedbackKind.CHECK_IN, level=9)
    nudges = [decide([make_message()], History(feedback=(fine,)), seed=str(n)) for n in range(2000)]
    nothing = sum(nudge.decision.message is None for nudge in nudges)
    assert abs(nothing - 1000) <= 4 * sqrt(500)
    assert all(replay(nudge).agrees for nudge in nudges)


tallies = st.dictionaries(
    st.sampled_from(Practice), st.tuples(st.integers(0, 40), st.integers(0, 40)).map(lambda n: Outcomes(max(n), min(n)))
)


@given(tallies, tallies, st.sets(st.sampled_from(Practice), min_size=1), st.text(max_size=4))
def test_learned_chances_sum_to_one_and_leave_every_practice_a_chance(own, group, practices, seed):
    chances = learned_chances(sorted(practices), Evidence(own=own, group=group), seed=seed)
    assert sum(chances.values()) == pytest.approx(1)
    assert min(chances.values()) >= min(0.06, 1 / len(practices)) - 1e-9
