"""Which messages a schedule may choose from."""

import pytest

from nudger.domain.messages import Review
from nudger.domain.schedules import Selection
from nudger.domain.vocabulary import Component, Intensity, Practice, Purpose, ReviewState, Situation
from tests.make import make_message


@pytest.mark.parametrize(
    ("selection", "message", "takes"),
    [
        ({}, {}, True),
        ({}, {"purpose": Purpose.WELCOME}, False),
        ({}, {"purpose": Purpose.HELP}, False),
        ({}, {"review": Review(state=ReviewState.RETIRED)}, False),
        ({}, {"only_when_named": True}, False),
        ({"components": frozenset({Component.SELF_KINDNESS})}, {"only_when_named": True}, False),
        ({"libraries": frozenset({"kind"})}, {"only_when_named": True}, True),
        ({"messages": ("kind/one",)}, {"only_when_named": True}, True),
        ({"messages": ("kind/two",)}, {"only_when_named": True}, False),
        ({"libraries": frozenset({"other"})}, {}, False),
        ({"messages": ("kind/two",)}, {}, False),
        ({"components": frozenset({Component.MINDFULNESS})}, {}, False),
        ({"practices": frozenset({Practice.JOURNAL})}, {}, False),
        ({"intensities": frozenset({Intensity.DEEP})}, {}, False),
        ({"situations": frozenset({Situation.LOW})}, {"situations": frozenset({Situation.LOW, Situation.FINE})}, True),
        ({"situations": frozenset({Situation.LOW})}, {"situations": frozenset({Situation.FINE})}, False),
    ],
)
def test_it_takes_what_was_asked_for_and_nothing_that_waits_to_be_named(selection, message, takes):
    assert Selection(**selection).takes(make_message(**message)) is takes
