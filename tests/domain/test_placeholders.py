"""Placeholders fill in plain names, and do nothing else."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nudger.domain.placeholders import parse


@pytest.mark.parametrize(
    ("text", "values", "expected"),
    [
        ("{name|Hi}, rest.", {"name": "Sam"}, "Sam, rest."),
        ("{name|Hi}, rest.", {}, "Hi, rest."),
        ("{name|Hi}, rest.", {"name": ""}, "Hi, rest."),
        ("{name|}rest", {}, "rest"),
        ("{weekday} {{plain}}", {"weekday": "Monday"}, "Monday {plain}"),
        ("no braces", {}, "no braces"),
        ("{name}", {"name": "{weekday}"}, "{weekday}"),
    ],
)
def test_a_placeholder_takes_the_value_or_its_fall_back(text, values, expected):
    assert not parse(text).faults
    assert parse(text).render(values) == expected


@pytest.mark.parametrize(
    "payload",
    [
        "{r.__init__.__globals__}", "{n:>50000000}", "{0}", "{name!r}", "{}", "{ name }", "{name[0]}", "{Name}",
        "{name|a|b}", "{name", "name}", "{{name}", "{%s}", "${name",
    ],
)  # fmt: skip
def test_anything_that_could_compute_is_a_fault_and_stays_inert(payload):
    template = parse(payload)
    assert template.faults
    assert len(template.render({"name": "x"})) <= len(payload) + 1


@given(st.text(), st.dictionaries(st.text(), st.text()))
def test_any_text_can_be_taken_apart(text, values):
    assert isinstance(parse(text).render(values), str)


def test_a_long_hostile_text_takes_no_time():
    began = time.perf_counter()
    parse("{" * 50_000)
    parse("{a|" * 20_000)
    assert time.perf_counter() - began < 1
