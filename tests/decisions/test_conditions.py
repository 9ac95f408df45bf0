"""Three-valued logic: yes, no, and nobody knows (Kleene's strong tables)."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nudger.decisions.choosing.conditions import holds
from nudger.decisions.choosing.variables import Known
from nudger.domain.conditions import AllOf, AnyOf, Not
from nudger.domain.conditions import Test as Question
from nudger.prose.conditions import condition_in_words
from nudger.prose.english import roughly

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
VALUES = {
    "yes": Known(True),
    "mood": Known(3, timedelta(hours=30)),
    "since_reply": Known(2 * DAY),
    "weekday": Known("mon"),
    "liked": Known(frozenset({"journal", "support"})),
    "hard_day": Known(False),
}
QUESTION = {
    True: Question(variable="yes", flag=True),
    False: Question(variable="yes", flag=False),
    None: Question(variable="nobody-knows", flag=True),
}
Y, N, U = True, False, None


@pytest.mark.parametrize(
    ("one", "other", "both", "either"),
    [
        (Y, Y, Y, Y), (Y, N, N, Y), (Y, U, U, Y),
        (N, Y, N, Y), (N, N, N, N), (N, U, N, U),
        (U, Y, U, Y), (U, N, N, U), (U, U, U, U),
    ],
)  # fmt: skip
def test_all_and_any_of_two(one, other, both, either):
    parts = (QUESTION[one], QUESTION[other])
    assert holds(AllOf(parts), VALUES) is both
    assert holds(AnyOf(parts), VALUES) is either


@pytest.mark.parametrize(("answer", "turned"), [(Y, N), (N, Y), (U, U)])
def test_not_turns_a_known_answer_round(answer, turned):
    assert holds(Not(QUESTION[answer]), VALUES) is turned


def test_all_of_nothing_holds_and_any_of_nothing_does_not():
    assert holds(AllOf(()), VALUES) is True
    assert holds(AnyOf(()), VALUES) is False


conditions = st.recursive(
    st.sampled_from(list(QUESTION.values())),
    lambda part: st.one_of(
        st.lists(part, max_size=3).map(lambda parts: AllOf(tuple(parts))),
        st.lists(part, max_size=3).map(lambda parts: AnyOf(tuple(parts))),
        part.map(Not),
    ),
    max_leaves=8,
)


@given(conditions)
def test_not_of_not_is_the_same_and_de_morgan_holds(condition):
    answer = holds(condition, VALUES)
    assert holds(Not(Not(condition)), VALUES) is answer
    for question in QUESTION.values():
        pair = (condition, question)
        assert holds(Not(AllOf(pair)), VALUES) is holds(AnyOf(tuple(map(Not, pair))), VALUES)


@given(conditions)
def test_learning_what_was_unknown_never_turns_a_yes_into_a_no(condition):
    before = holds(condition, VALUES)
    for known in (True, False):
        after = holds(condition, {**VALUES, "nobody-knows": Known(known)})
        assert after is not None
        assert before in (None, after)


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        (Question(variable="mood", below=4), Y),
        (Question(variable="mood", below=3), N),
        (Question(variable="mood", above=2, below=4), Y),
        (Question(variable="mood", above=3), N),
        (Question(variable="mood", below=4, within=30 * timedelta(hours=1)), Y),
        (Question(variable="mood", below=4, within=29 * timedelta(hours=1)), U),
        (Question(variable="mood", below=2, within=DAY), U),
        (Question(variable="since_reply", above=DAY), Y),
        (Question(variable="since_reply", above=2 * DAY), N),
        (Question(variable="since_reply", below=3 * DAY), Y),
        (Question(variable="weekday", words=frozenset({"sat", "mon"})), Y),
        (Question(variable="weekday", words=frozenset({"sat"})), N),
        (Question(variable="liked", words=frozenset({"journal"})), Y),
        (Question(variable="liked", words=frozenset({"self-talk"})), N),
        (Question(variable="hard_day", flag=False), Y),
        (Question(variable="hard_day", flag=True), N),
        (Question(variable="groups", words=frozenset({"daily"})), U),
    ],
)
def test_one_question(question, answer):
    assert holds(question, VALUES) is answer


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        (Question(variable="mood", below=4, within=3 * DAY), "mood is below 4 within 3 days"),
        (Question(variable="since_reply", above=DAY), "they last let us know more than 1 day ago"),
        (Question(variable="mood", above=2, below=4), "mood is above 2 and below 4"),
        (Question(variable="since_sent", below=3 * HOUR), "the last note went out less than 3 hours ago"),
        (Question(variable="sent_today", above=1, below=3),
         "more than 1 and fewer than 3 notes went out in 24 hours"),
        (Question(variable="public_holiday", flag=True), "it is a public holiday"),
        (Not(Question(variable="public_holiday", flag=True)), "it is no public holiday"),
        (Not(Question(variable="public_holiday", flag=False)), "it is a public holiday"),
        (AllOf((Question(variable="goals", words=frozenset({"sleep"})), Not(Question(variable="daylight", flag=True)))),
         "their goals include sleep and the sun is down"),
        (Question(variable="weekday", words=frozenset({"sun", "fri", "sat"})), "it is a Friday, Saturday or Sunday"),
        (Not(Question(variable="mood", below=4)), "it is not so that mood is below 4"),
        (Question(variable="liked", words=frozenset({"journal", "support"})), "they like journal or support"),
        (Question(variable="weekday", words=frozenset({"mon"})), "it is a Monday"),
        (Question(variable="hard_day", flag=False), "it is no hard day for them"),
        (Not(Question(variable="hard_day", flag=True)), "it is no hard day for them"),
        (
            AnyOf((AllOf((Question(variable="mood", below=4), Question(variable="hour", above=7))),
                   Question(variable="weekday", words=frozenset({"sun"})))),
            "(mood is below 4 and the hour is above 7) or it is a Sunday",
        ),
    ],
)  # fmt: skip
def test_conditions_in_words(condition, words):
    assert condition_in_words(condition) == words


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(seconds=30), "less than a minute"),
        (timedelta(minutes=1), "1 minute"),
        (timedelta(hours=2), "2 hours"),
        (timedelta(days=1, hours=4, minutes=9), "1 day 4 hours"),
        (timedelta(days=3), "3 days"),
    ],
)
def test_spans_in_words(span, words):
    assert roughly(span) == words
