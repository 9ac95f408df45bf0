"""A week of the virtual year, with everything that goes wrong in one; `python tests/virtual_year.py` lives all of it."""

import pytest

from tests.virtual_year import live


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::ResourceWarning")  # crashes leave their connections behind, as crashes do
def test_a_week_of_trouble_sends_nothing_twice_nothing_at_the_wrong_hour_and_misses_nothing():
    page = live(people=24, zones=8, days=7, seed=7)
    assert not page.wrong, str(page)
    assert page.counts["sent"] > 100
    assert page.counts["restart"] > 20
