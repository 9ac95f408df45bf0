"""Conditions in files: whatever can be meant can be written, is read back as it was meant, and fits the schema."""

import subprocess
import sys
from contextlib import suppress
from datetime import timedelta
from functools import partial

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nudger.config.conditions import values
from nudger.config.conditions.read import Conditions, read_conditions
from nudger.config.editors.reference import reference
from nudger.config.editors.schema import json_schema
from nudger.config.findings import Findings, Position
from nudger.config.flaws import Flaw
from nudger.config.shape import as_yaml
from nudger.config.values import scalars
from nudger.config.yaml.source import parse_yaml
from nudger.config.yaml.tree import plain
from nudger.decisions.choosing.variables import VARIABLES, Kind
from nudger.domain.conditions import AllOf, AnyOf, Not
from nudger.domain.conditions import Test as Asked
from tests.config.json_schema import complaints

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
SCHEMA = json_schema("schedules")


def read(text):
    document = parse_yaml(text, "x.yaml")
    findings = Findings()
    return read_conditions(findings, Position(document)), findings.problems


def condition(text):
    found, problems = read(f"only_if: {text}\n")
    assert problems == ()
    return found.only_if


def editors_complaints(text):
    root = parse_yaml(text, "x.yaml").root
    return complaints(
        as_an_editor_sees_it(plain(root)), SCHEMA["$defs"]["ScheduleShape"]["properties"]["only_if"], SCHEMA
    )


def as_an_editor_sees_it(value):
    if isinstance(value, dict):
        return {key: as_an_editor_sees_it(each) for key, each in value.items()}
    return [as_an_editor_sees_it(each) for each in value] if isinstance(value, tuple) else value


# --- Every condition that a file can say, and how it is written.

spans = st.integers(1, 10_000).map(lambda n: n * MINUTE)


def numbers(name):
    low, high = VARIABLES[name].low, min(VARIABLES[name].high, 50)
    below = st.integers(low + 1, high).map(lambda n: {"below": n})
    above = st.integers(low, high - 1).map(lambda n: {"above": n})
    ends = st.tuples(st.integers(low, high - 2), st.integers(low + 2, high)).filter(lambda e: e[1] - e[0] > 1)
    return below | above | ends.map(lambda e: {"above": e[0], "below": e[1]})


def lengths():
    ends = st.tuples(spans, spans).filter(lambda e: e[0] < e[1])
    return (
        spans.map(lambda n: {"below": n})
        | spans.map(lambda n: {"above": n})
        | ends.map(lambda e: {"above": e[0], "below": e[1]})
    )


def word_sets(name):
    open_words = {"language": ["en", "pt-BR", "es"]}.get(name, ["daily", "sleep", "no", "007"])
    words = st.sampled_from(list(map(str, VARIABLES[name].words)) or open_words)
    return st.frozensets(words, min_size=1).map(lambda found: {"words": found})


def asked_of(name):
    kind = VARIABLES[name].kind
    facts = {Kind.NUMBER: partial(numbers, name), Kind.SPAN: lengths, Kind.FLAG: flags}.get(
        kind, partial(word_sets, name)
    )
    return st.builds(lambda facts, within: Asked(variable=name, within=within, **facts), facts(), st.none() | spans)


def flags():
    return st.booleans().map(lambda flag: {"flag": flag})


questions = st.sampled_from(sorted(VARIABLES)).flatmap(asked_of)


def trees(depth):
    if depth == 1:
        return questions
    inner = trees(depth - 1)
    several = st.lists(inner, min_size=1, max_size=3).map(tuple)
    return questions | st.builds(AllOf, several) | st.builds(AnyOf, several) | st.builds(Not, inner)


def written(condition):
    match condition:
        case AllOf(parts):
            return f"{{all: [{', '.join(map(written, parts))}]}}"
        case AnyOf(parts):
            return f"{{any: [{', '.join(map(written, parts))}]}}"
        case Not(part):
            return f"{{not: {written(part)}}}"
        case _:
            return f"{{{condition.variable}: {written_test(condition)}}}"


def written_test(test):
    facts = {key: in_text(bound) for key, bound in (("below", test.below), ("above", test.above)) if bound is not None}
    if test.words:
        key = "has" if VARIABLES[test.variable].kind is Kind.WORDS else "is"
        facts[key] = f"[{', '.join(sorted(test.words))}]"
    if test.flag is not None:
        facts["is"] = "yes" if test.flag else "no"
    if test.within is None and {"is", "has"} & facts.keys():
        return facts.popitem()[1]
    if test.within is not None:
        facts["within"] = in_text(test.within)
    return "{" + ", ".join(f"{key}: {fact}" for key, fact in facts.items()) + "}"


def in_text(bound):
    if not isinstance(bound, timedelta):
        return str(bound)
    days, minutes = divmod(bound // MINUTE, 1440)
    return f"{days} days {minutes} minutes" if days and minutes else f"{days} days" if days else f"{minutes} minutes"


@settings(max_examples=300)
@given(trees(5))
def test_what_is_meant_is_read_back_and_fits_the_schema(meant):
    text = written(meant)
    assert condition(text) == meant
    assert editors_complaints(text) == []


@pytest.mark.parametrize("name", VARIABLES)
def test_the_example_of_every_variable_is_one(name):
    text = as_yaml(values.example(name))
    assert condition(text).variable == name
    assert editors_complaints(text) == []


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("{mood: 3}", Asked(variable="mood", above=2, below=4)),
        ('{mood: "1"}', Asked(variable="mood", above=0, below=2)),
        ("{mood: {is: 9, within: 2 hours}}", Asked(variable="mood", above=8, below=10, within=timedelta(hours=2))),
        ("{sent_in_last: 90m}", Asked(variable="since_sent", below=90 * MINUTE)),
        ("{since_reply: {above: 1 week and 1 day}}", Asked(variable="since_reply", above=8 * DAY)),
        ("{season: winter}", Asked(variable="season", words=frozenset({"winter"}))),
        ("{groups: [no, on]}", Asked(variable="groups", words=frozenset({"no", "on"}))),
        ("{language: PT-br}", Asked(variable="language", words=frozenset({"pt-BR"}))),
        ("{hard_day: No}", Asked(variable="hard_day", flag=False)),
        (
            "{daylight: yes, not: {mood: {above: 6}}}",
            AllOf((Asked(variable="daylight", flag=True), Not(Asked(variable="mood", above=6)))),
        ),
    ],
)
def test_short_forms(text, meant):
    assert condition(text) == meant


def test_what_is_not_there_asks_nothing():
    assert read("id: x\n") == (Conditions(None, None), ())


def test_one_wrong_condition_leaves_neither():
    found, problems = read("only_if: {mood: 3}\nskip_if: {mod: 3}\n")
    assert found is None
    assert [problem.path for problem in problems] == [("skip_if",)]


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("{}", [""]),
        ("{moood: 3}", ["/moood"]),
        ("{all: []}", ["/all"]),
        ("{any: [{mood: 3}, {}]}", ["/any/1"]),
        ("{not: [{mood: 3}]}", ["/not"]),
        ("{mood: low}", ["/mood"]),
        ("{mood: {bellow: 3}}", ["/mood"]),
        ("{mood: {}}", ["/mood"]),
        ("{since_reply: 7 days}", ["/since_reply"]),
        ("{since_reply: {above: long}}", ["/since_reply"]),
        ("{season: wintr}", ["/season"]),
        ("{season: [winter, rain]}", ["/season"]),
        ("{groups: Daily}", ["/groups"]),
        ("{daylight: maybe}", ["/daylight"]),
        ("{sent_in_last: long}", ["/sent_in_last"]),
        ("{all: [{not: {seson: winter}}]}", ["/all/0/not/seson"]),
    ],
)
def test_an_editor_underlines_what_it_can(text, where):
    assert editors_complaints(text) == where
    assert read(f"only_if: {text}\n")[1]


@pytest.mark.parametrize("value", [0, 10])
def test_a_number_out_of_range_is_one_for_an_editor_too(value):
    assert complaints({"mood": value}, SCHEMA["$defs"]["Condition"], SCHEMA) == ["/mood"]


@given(st.text(max_size=100) | st.from_regex("[0-9]{1,6} ?(weeks|days|h|m)( and [0-9]+ minutes)?", fullmatch=True))
def test_any_text_is_a_length_of_time_or_a_flaw(text):
    with suppress(Flaw):
        assert MINUTE <= scalars.long_duration(text) <= scalars.MAX_LONG_DURATION


@pytest.mark.parametrize("kind", ["schedules", "messages"])
def test_the_reference_explains_every_variable(kind):
    text = reference(kind)
    for name, variable in VARIABLES.items():
        assert f"| `{name}` |" in text
        assert variable.about in text


def test_only_what_is_asked_for_is_loaded():
    code = "import sys, nudger.config.catalog; print(sorted({'holidays', 'astral', 'sqlalchemy'} & sys.modules.keys()))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
