"""A whole year of fifty people who answer some practices more than others; minutes, so not among the quick tests."""

import pytest

from tests.use_cases.test_learning_year import check_flattered, check_learned, installation_of, live

pytestmark = pytest.mark.system

TOLERANCE = 0.06
"""The rarest practice is sent some nine hundred times: two standard errors of its share, weights included."""


def test_a_year_of_fifty_people(tmp_path):
    people, days = 50, 365
    rows = live(tmp_path, people=people, days=days, learning=True)
    check_learned(rows, people=people, days=days, tolerance=TOLERANCE, installation=installation_of(tmp_path))
    check_flattered(rows)
