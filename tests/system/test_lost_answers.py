"""Texts whose answer is lost, in a real service: it ticks to the end (in full: `python tests/system/lost_answers.py`)."""

import pytest

from tests.system.lost_answers import LONGEST_S, serve

pytestmark = pytest.mark.system


def test_the_service_ticks_to_the_end():
    found = serve(people=10, minutes=2.5)

    assert found["longest_between_s"] <= LONGEST_S
    assert found["twice"] == 0
    assert found["texts"] >= 10
    assert found["list_asked"] >= 10
