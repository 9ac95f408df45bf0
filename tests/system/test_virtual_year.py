"""A month of the virtual year with sixty people; `python tests/virtual_year.py` lives all of it."""

import pytest

from tests.virtual_year import live

pytestmark = pytest.mark.system


@pytest.mark.filterwarnings("ignore::ResourceWarning")  # crashes leave their connections behind, as crashes do
def test_a_month_of_trouble_sends_nothing_twice_nothing_at_the_wrong_hour_and_misses_nothing():
    page = live(people=60, zones=24, days=30, seed=30)
    assert not page.wrong, str(page)
    assert page.counts["outage"] == 1
    assert page.counts["cut off in mid-send"] > 0
