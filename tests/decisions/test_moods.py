"""What a check-in means: four kinds of day, of which the two good ones begin at levels of their own."""

from datetime import timedelta

import pytest

from nudger.decisions.choosing.moods import all_is_well, is_fine_day, is_low_day
from nudger.decisions.choosing.variables import Known

DAY, SECOND = timedelta(days=1), timedelta(seconds=1)


@pytest.mark.parametrize("level", range(1, 10))
def test_each_level_is_a_low_day_a_fine_day_one_on_which_all_is_well_or_just_a_day(level):
    mood = Known(level, DAY)
    assert (is_low_day(mood), is_fine_day(mood), all_is_well(mood)) == (level < 4, level >= 7, level >= 8)


def test_a_low_day_lasts_one_day_and_a_good_one_two():
    assert not is_low_day(Known(1, DAY + SECOND))
    assert is_fine_day(Known(9, 2 * DAY))
    assert all_is_well(Known(9, 2 * DAY))
    assert not is_fine_day(Known(9, 2 * DAY + SECOND))
    assert not all_is_well(Known(9, 2 * DAY + SECOND))


def test_nobody_knows_of_a_mood_that_was_not_told():
    assert not any(says(None) for says in (is_low_day, is_fine_day, all_is_well))
