"""Reasons in words, in both languages, and what older versions wrote as words."""

import json
import re
from datetime import timedelta
from importlib import import_module
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import nudger
from nudger.domain.conditions import AllOf, AnyOf, Not, as_data, from_data
from nudger.domain.conditions import Test as Asked
from nudger.domain.reasons import Json, Reason, ReasonCode
from nudger.prose.reasons import condition_of, english, english_in_short, spanish
from nudger.storage.reason_codec import reason_data, reason_from, reason_of, reason_text

LOW = Asked(variable="mood", below=4, within=timedelta(days=1))
QUIET = Reason(ReasonCode.QUIET_HOURS, {"start": "21:00", "end": "08:00"})
DOWN = Reason(ReasonCode.PROVIDER_ANSWER, {"code": "down"})


def reason(code: ReasonCode, *because: Reason, **params: Json) -> Reason:
    return Reason(code, params, because)


NO_WORDS = {"language": "es", "channel": "sms", "part_of_day": "night"}
SAID = [
    (reason(ReasonCode.HELLO_FIRST), "the first hello has not gone out yet"),
    (
        reason(ReasonCode.HELLO_FIRST, may_have=True),
        "the first hello has not gone out yet (it may have: nobody knows yet)",
    ),
    (reason(ReasonCode.HELLO_FIRST, DOWN), "the first hello has not gone out yet (down)"),
    (
        reason(ReasonCode.HELLO_FIRST, reason(ReasonCode.ONE_AFTER_ANOTHER, QUIET, reason(ReasonCode.HARD_DAY))),
        "the first hello has not gone out yet (quiet hours 21:00-08:00, then a day to be left in peace)",
    ),
    (reason(ReasonCode.PAUSED, until="2027-01-03"), "paused until 2027-01-03"),
    (reason(ReasonCode.HARD_DAY), "a day to be left in peace"),
    (QUIET, "quiet hours 21:00-08:00"),
    (
        reason(ReasonCode.LEGAL_HOURS, opens="08:00", closes="20:00", places=["US-FL", "US-MA"]),
        "legal hours 08:00-20:00 (US-FL, US-MA)",
    ),
    (reason(ReasonCode.LEGAL_HOURS, weekday=6, places=["US-RI"]), "legal hours none on Sunday (US-RI)"),
    (reason(ReasonCode.MOST_A_WEEK, most=3), "at most 3 in seven days"),
    (reason(ReasonCode.MOST_A_DAY, most=1), "at most 1 a day"),
    (reason(ReasonCode.KEPT_FOR_OTHER, most=1, schedule="check-in"), "at most 1 a day, and check-in matters more"),
    (reason(ReasonCode.TOO_SOON_AFTER, minutes=180), "at least 3 h after another"),
    (reason(ReasonCode.TOO_SOON_AFTER, minutes=90), "at least 1 h 30 min after another"),
    (
        reason(ReasonCode.TOO_SOON_BEFORE, minutes=45, schedule="x"),
        "at least 45 min before x, which matters more",
    ),
    (
        reason(ReasonCode.ONE_AFTER_ANOTHER, QUIET, reason(ReasonCode.TOO_SOON_AFTER, minutes=180)),
        "quiet hours 21:00-08:00, then at least 3 h after another",
    ),
    (reason(ReasonCode.TOO_LATE), "too late"),
    (reason(ReasonCode.TOO_LATE, QUIET), "too late: quiet hours 21:00-08:00"),
    (reason(ReasonCode.ADDRESS_STOPPED), "this address may not be used"),
    (reason(ReasonCode.NO_ADDRESS, channel="sms"), "no address for sms"),
    (reason(ReasonCode.NO_ADDRESS), "no address"),
    (reason(ReasonCode.NO_WELCOME), "no welcome message"),
    (reason(ReasonCode.MISSED_WHILE_DOWN), "fell due while the service was down"),
    (reason(ReasonCode.NOT_SENT_LATE), "fell due while the service was down, and is not sent late"),
    (
        reason(ReasonCode.ONE_FOR_ALL_MISSED),
        "fell due while the service was down; one goes out for all that were missed",
    ),
    (reason(ReasonCode.MOVED_BY_EDIT), "an edit moved it to before the service came back"),
    (reason(ReasonCode.SAME_INSTANT), "another time of this schedule fell due at the same instant"),
    (reason(ReasonCode.NO_LONGER_HERE), "no longer a recipient, or without an address"),
    (reason(ReasonCode.SCHEDULE_GONE), "the schedule is gone, or no longer for this person"),
    (reason(ReasonCode.ONLY_IF, words="mood is below 4 within 1 day"), "only if mood is below 4 within 1 day"),
    (
        reason(ReasonCode.ONLY_IF, words="mood is below 4", unknown=True),
        "only if mood is below 4 (unknown)",
    ),
    (reason(ReasonCode.NOT_IF, words="it is night"), "not if it is night"),
    (
        reason(ReasonCode.ON_PURPOSE, reason(ReasonCode.ALL_IS_WELL)),
        "nothing sent on purpose: all is well by the last check-in",
    ),
    (
        reason(ReasonCode.ON_PURPOSE, reason(ReasonCode.NO_ANSWER)),
        "nothing sent on purpose: no answer for two weeks",
    ),
    (
        reason(ReasonCode.ON_PURPOSE, reason(ReasonCode.MUCH_OF_LATE)),
        "nothing sent on purpose: much was sent of late, and nothing came back",
    ),
    (reason(ReasonCode.SERIES_ENDED), "the series is at its end"),
    (reason(ReasonCode.NO_WORDS, **NO_WORDS), "no es message fits (sms, night)"),
    (
        reason(ReasonCode.NO_WORDS, **NO_WORDS, gentle=True, low=True),
        "no gentle es message fits (sms, night, a low day)",
    ),
    (DOWN, "down"),
    (reason(ReasonCode.TOO_LATE_FOR_ANOTHER_TRY, DOWN), "too late for another attempt: down"),
    (reason(ReasonCode.INTERRUPTED), "interrupted in mid-send"),
    (reason(ReasonCode.INTERRUPTED_TOO_LATE), "interrupted in mid-send, and too late to send it again"),
    (reason(ReasonCode.INTERRUPTED_OFTEN, times=7), "interrupted in mid-send 7 times"),
    (reason(ReasonCode.INTERRUPTED_AND_SENT_AGAIN), "interrupted in mid-send: sent again as the same mail"),
    (
        reason(ReasonCode.MAY_HAVE_GONE_OUT_BEFORE, reason(ReasonCode.TOO_LATE)),
        "may have gone out before: too late",
    ),
    (reason(ReasonCode.MAY_HAVE_GONE_OUT_BEFORE), "may have gone out before: "),
    (reason(ReasonCode.NOT_FOUND), "not found at the provider"),
    (reason(ReasonCode.NOT_FOUND_TOO_LATE), "not found at the provider, and too late to send it again"),
    (reason(ReasonCode.NOBODY_COULD_SAY, DOWN), "nobody could say until it was too late: down"),
    (reason(ReasonCode.GUARDED), "held by the guard: nudger guard"),
    (reason(ReasonCode.GUARDED_TOO_LATE), "held by the guard until it was too late"),
    (reason(ReasonCode.RELEASED), "released by hand"),
    (reason(ReasonCode.DISCARDED), "discarded by hand"),
    (reason(ReasonCode.BEFORE_RESTORE), "may have gone out before the backup was put back"),
    (
        reason(ReasonCode.GUARDED_BEFORE_RESTORE),
        "may have gone out before the backup was put back: nudger guard",
    ),
    (reason(ReasonCode.CLOCK_WAS_WRONG), "too late only by a clock that was wrong"),
    (reason(ReasonCode.RECORDED_TEXT, text="words of an older version"), "words of an older version"),
]
migration = import_module("nudger.storage.migrations.versions.0006_reasons")


@pytest.mark.parametrize(("given", "words"), SAID, ids=lambda each: each if isinstance(each, str) else "")
def test_a_reason_has_its_words_and_they_its_reason(given, words):
    assert english(given) == words
    # Older versions wrote these very words: the migration reads them back, and nothing is lost.
    assert migration.as_reason(words) == reason_data(given)


def every_reason():
    return {each.code: each for top, _ in SAID for each in (top, *top.because)}


def test_every_reason_has_words_in_both_languages():
    assert every_reason().keys() == set(ReasonCode)
    for each in every_reason().values():
        assert english(each)
        assert english_in_short(each)
        assert spanish(each)
        if each.code not in (ReasonCode.RECORDED_TEXT, ReasonCode.PROVIDER_ANSWER):
            assert spanish(each) != english(each)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (QUIET, "horas de silencio, de 21:00 a 08:00"),
        (reason(ReasonCode.PAUSED, until="2027-01-03"), "en pausa hasta el 3/1/2027"),
        (reason(ReasonCode.MOST_A_DAY, most=2), "como mucho 2 al día"),
        (
            reason(ReasonCode.LEGAL_HOURS, weekday=6, places=["US-RI"]),
            "por ley, los domingos no se envían mensajes de texto",
        ),
    ],
)
def test_what_people_may_be_shown_is_said_in_spanish(given, words):
    assert spanish(given) == words


def test_no_reason_has_no_words():
    assert (english(None), spanish(None), english_in_short(None)) == ("", "", "")


@pytest.mark.parametrize(
    ("given", "short"),
    [
        (reason(ReasonCode.NO_WORDS, **NO_WORDS), "no es message fits"),
        (reason(ReasonCode.LEGAL_HOURS, opens="08:00", closes="20:00", places=["US-FL"]), "legal hours 08:00-20:00"),
        (reason(ReasonCode.KEPT_FOR_OTHER, most=1, schedule="x"), "at most 1 a day"),
        (reason(ReasonCode.HELLO_FIRST, DOWN), "the first hello has not gone out yet"),
        (QUIET, "quiet hours 21:00-08:00"),
    ],
)
def test_in_short_is_without_what_differs_from_one_nudge_to_the_next(given, short):
    assert english_in_short(given) == short


def test_a_condition_is_kept_as_what_it_is():
    given = reason(ReasonCode.ONLY_IF, condition=as_data(LOW), unknown=True)
    again = reason_of(reason_text(given))
    assert again == given
    assert condition_of(again) == LOW
    assert english(again) == "only if mood is below 4 within 1 day (unknown)"


def whole_minutes(span):
    return timedelta(minutes=span // timedelta(minutes=1))


_spans = st.timedeltas(timedelta(minutes=1), timedelta(days=90)).map(whole_minutes)
_tests = st.one_of(
    st.builds(
        Asked, variable=st.just("mood"), below=st.none() | st.integers(1, 9), above=st.none() | st.integers(1, 9)
    ),
    st.builds(Asked, variable=st.just("since_sent"), below=_spans, within=st.none() | _spans),
    st.builds(Asked, variable=st.just("groups"), words=st.frozensets(st.text(min_size=1, max_size=5))),
    st.builds(Asked, variable=st.just("daylight"), flag=st.booleans()),
)


_conditions = st.recursive(
    _tests,
    lambda parts: st.one_of(
        st.builds(Not, parts),
        st.lists(parts, min_size=1, max_size=3).map(tuple).map(AllOf),
        st.lists(parts, min_size=1, max_size=3).map(tuple).map(AnyOf),
    ),
    max_leaves=6,
)


@given(_conditions)
def test_every_condition_survives_being_written_down(condition):
    assert from_data(json.loads(json.dumps(as_data(condition)))) == condition


@pytest.mark.parametrize(("given", "words"), SAID, ids=lambda each: each if isinstance(each, str) else "")
def test_a_reason_survives_being_written_down(given, words):
    again = reason_from(json.loads(json.dumps(reason_data(given))))
    assert again == given
    assert hash(again) == hash(given)
    assert english(again) == words


def test_nobody_reads_a_meaning_out_of_a_text():
    """Reasons are asked for by their code; only the migration reads what older versions wrote."""
    parsing = re.compile(r"reason\w*\.(startswith|endswith|removeprefix|removesuffix|partition|split)\b")
    folder = Path(nudger.__file__).parent
    found = [path for path in folder.rglob("*.py") if parsing.search(path.read_text(encoding="utf-8"))]
    assert found == []
