"""Public holidays: which days they are, and for which regions we know."""

import os
import subprocess
import sys
from datetime import date

import pytest

from nudger.decisions.planning.public_holidays import holiday_name, is_holiday, known_regions, region_exists


@pytest.mark.parametrize(
    ("region", "day", "name"),
    [
        ("US", "2026-11-26", "Thanksgiving Day"),
        ("US", "2026-11-27", None),
        ("US", "2026-07-03", "Independence Day (observed)"),
        ("US", "2027-12-31", "New Year's Day (observed)"),
        ("US-MA", "2026-04-20", "Patriots' Day"),
        ("US-NY", "2026-04-20", None),
        ("US-TX", "2026-03-02", "Texas Independence Day"),
        ("US-RI", "2026-08-10", "Victory Day"),
        ("DE", "2026-10-03", "German Unity Day"),
        ("DE", "2026-06-04", None),
        ("DE-BY", "2026-06-04", "Corpus Christi"),
        ("GB-SCT", "2026-11-30", "Saint Andrew's Day"),
        ("GB-ENG", "2026-11-30", None),
        ("CA-QC", "2026-06-24", "Saint John the Baptist Day"),
        ("FR", "2026-07-14", "National Day"),
        ("NZ", "2026-02-06", "Waitangi Day"),
        ("MX", "2026-09-16", "Independence Day"),
    ],
)
def test_a_holiday_has_its_english_name_where_it_is_one(region, day, name):
    assert holiday_name(region, date.fromisoformat(day)) == name
    assert is_holiday(region, date.fromisoformat(day)) is (name is not None)


def test_places_are_countries_and_parts_of_them_by_their_iso_codes():
    regions = known_regions()
    assert {"US", "US-MA", "US-PR", "DE-BY", "GB-WLS", "FR-57", "IN"} <= regions
    assert all(region.isascii() and region == region.upper() and " " not in region for region in regions)
    assert "DE-Augsburg" not in regions


@pytest.mark.parametrize(
    ("text", "answer"), [("US", True), ("US-MA", True), ("us", False), ("US-XX", False), ("USA", False), ("", False)]
)
def test_a_place_exists_or_not(text, answer):
    assert region_exists(text) is answer


@pytest.mark.parametrize(
    ("region", "remedy"),
    [
        ("us-ma", 'write "US-MA", in capitals'),
        ("DE-Augsburg", 'write "DE" for the whole country'),
        ("US-QQ", 'write "US" for the whole country'),
        ("Narnia", 'such as "US", "US-MA" or "DE-BY"'),
        ("", 'such as "US", "US-MA" or "DE-BY"'),
    ],
)
def test_a_place_that_is_not_known_is_refused_with_a_remedy(region, remedy):
    with pytest.raises(ValueError, match="no public holidays are known") as caught:
        is_holiday(region, date(2026, 1, 1))
    assert remedy in str(caught.value)


def test_every_known_place_answers():
    # Most countries, so that a new version of the library cannot break one unseen; parts share their country's code.
    for region in sorted(region for region in known_regions() if "-" not in region):
        assert holiday_name(region, date(2026, 1, 1)) is None or is_holiday(region, date(2026, 1, 1))


ASK = """
from datetime import date, timedelta
from nudger.decisions.planning.public_holidays import holiday_name
days = [date(2026, 1, 1) + timedelta(days=n) for n in range(365)]
for region in ("US-MA", "US-TX", "DE-BY", "ES-CT", "IN-MH", "JP", "IL"):
    print([holiday_name(region, day) for day in days])
"""


def test_hash_seeds_and_locales_do_not_change_an_answer():
    def ask(seed, language):
        environment = os.environ | {"PYTHONHASHSEED": seed, "LANGUAGE": language, "LC_ALL": "C"}
        return subprocess.run([sys.executable, "-c", ASK], env=environment, capture_output=True, check=True).stdout

    assert ask("1", "de") == ask("2", "es")


def test_the_library_is_not_loaded_before_someone_asks():
    code = "import sys, nudger.decisions.planning.public_holidays; print('holidays' in sys.modules)"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True).stdout
    assert answer.strip() == "False"
