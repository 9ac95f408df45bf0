"""What is taken for a right number at first sight is one for `phonenumbers` too, in every country."""

import phonenumbers
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from nudger.config.flaws import Flaw
from nudger.config.values.addresses import phone
from nudger.config.values.plain_numbers import plainly_right

KINDS = list(phonenumbers.PhoneNumberType.values())
EXAMPLES = sorted(
    {
        f"+{number.country_code}{phonenumbers.national_significant_number(number)}"
        for region in sorted(phonenumbers.SUPPORTED_REGIONS)
        for kind in KINDS
        if (number := phonenumbers.example_number_for_type(region, kind))
    }
)


def right(text):
    """Say what the long way says: that a number is valid, and the same digits again."""
    try:
        number = phonenumbers.parse(text)
    except phonenumbers.NumberParseException:
        return False
    return phonenumbers.is_valid_number(number)


@pytest.mark.parametrize("text", ["+14135550123", "+4915112345678", "+447911123456", "+393123456789", "+5491123456789"])
def test_everyday_numbers_are_as_the_long_way_says(text):
    assert phone(text) == (text, right(text))


def test_nearly_every_number_of_a_country_is_known_at_first_sight():
    known = [text for text in EXAMPLES if plainly_right(text)]
    assert len(known) > 0.9 * len(EXAMPLES)
    assert [text for text in known if not right(text)] == []


@settings(max_examples=1500, deadline=None)
@given(
    text=st.one_of(
        st.builds(
            lambda text, place, digits, cut: (text[: 2 + place] + digits + text[2 + place + len(digits) :])[: 16 - cut],
            st.sampled_from(EXAMPLES),
            st.integers(0, 12),
            st.text("0123456789", max_size=4),
            st.integers(0, 3),
        ),
        st.from_regex(r"\A\+[1-9][0-9]{6,14}\Z"),
    )
)
@example("+11413555012")
@example("+80012345678")
def test_what_is_right_at_first_sight_is_right(text):
    if plainly_right(text):
        assert right(text), text
    elif text[1:].isdigit() and 7 <= len(text[1:]) <= 15:
        try:
            assert phone(text).valid == right(text)
        except Flaw:
            assert not right(text)
