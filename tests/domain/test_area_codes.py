"""Area codes and country codes: where a number is from."""

import re
from collections import Counter

import pytest

from nudger.domain.area_codes import US_AREA_CODES, regions_of

EVERY_CODE = [code for codes in US_AREA_CODES.values() for code in codes.split()]


@pytest.mark.parametrize(
    ("phone", "regions"),
    [
        ("+13055550123", {"US", "US-FL"}),
        ("+14135550123", {"US", "US-MA"}),
        ("+12025550123", {"US", "US-DC"}),
        ("+16215550123", {"US", "US-TX"}),
        ("+14015550123", {"US", "US-RI"}),
        ("+17875550123", {"US", "US-PR"}),
        ("+14165550123", {"CA"}),
        ("+12425550123", {"BS"}),
        ("+18765550123", {"JM"}),
        ("+18005550123", {"US"}),
        ("+19995550123", {"US"}),
        ("+447700900123", {"GB"}),
        ("+4930123456", {"DE"}),
        ("+35312345678", {"IE"}),
        ("+79161234567", {"RU"}),
        ("+88812345678", set()),
        ("+2105550123", set()),
    ],
)
def test_a_number_names_its_country_and_an_american_one_its_state(phone, regions):
    assert regions_of(phone) == regions


def test_every_state_the_district_and_the_territories_have_codes():
    assert len(US_AREA_CODES) == 50 + 1 + 5


def test_each_code_is_three_digits_and_is_in_one_place_only():
    assert all(re.fullmatch(r"[2-9]\d\d", code) for code in EVERY_CODE)
    assert [code for code, count in Counter(EVERY_CODE).items() if count > 1] == []


def test_states_and_codes_stay_in_order_for_the_next_reader():
    assert list(US_AREA_CODES) == sorted(US_AREA_CODES)
    assert all(codes.split() == sorted(codes.split()) for codes in US_AREA_CODES.values())


def test_the_table_agrees_with_what_phone_numbers_are_valid():
    import phonenumbers

    own = {"AS", "GU", "MP", "PR", "VI"}
    newer = {"357", "436", "457", "465", "471", "483", "621", "624", "679", "837", "861", "924"}
    for state, codes in US_AREA_CODES.items():
        for code in set(codes.split()) - newer:
            regions = {
                phonenumbers.region_code_for_number(phonenumbers.parse(f"+1{code}{rest}"))
                for rest in ("2345678", "6331234", "7332345", "2345670")
            }
            assert (state if state in own else "US") in regions, code


def test_no_valid_american_code_is_missing():
    import phonenumbers

    # Personal (5xx), toll-free (8xx) and premium (900) numbers have no region.
    regionless = re.compile(r"5(?:00|2\d|3[23]|44|66|77|88)|8(?:00|33|44|55|66|77|88)|900")
    for code in map(str, range(200, 1000)):
        number = phonenumbers.parse(f"+1{code}2345678")
        if phonenumbers.region_code_for_number(number) == "US" and not regionless.fullmatch(code):
            assert code in EVERY_CODE
