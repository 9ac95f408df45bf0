"""How many SMS a text makes, at the edges."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nudger.domain.sms_length import REPLACEMENTS, outside_gsm, segments


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ("GSM-7", 0, 1)),
        ("a" * 160, ("GSM-7", 160, 1)),
        ("a" * 161, ("GSM-7", 161, 2)),
        ("a" * 306, ("GSM-7", 306, 2)),
        ("a" * 307, ("GSM-7", 307, 3)),
        ("a" * 158 + "€", ("GSM-7", 160, 1)),
        ("a" * 159 + "€", ("GSM-7", 161, 2)),
        ("a" * 152 + "€" + "a" * 152, ("GSM-7", 306, 3)),  # the euro is not cut at the join of the first two
        ("€" * 80, ("GSM-7", 160, 1)),
        ("€" * 81, ("GSM-7", 162, 2)),
        ("@£$¥èéùìòÇ\nØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ ¤¡ÄÖÑÜ§¿äöñüà", ("GSM-7", 44, 1)),
        ("ç", ("UCS-2", 1, 1)),
        ("’" * 70, ("UCS-2", 70, 1)),
        ("’" * 71, ("UCS-2", 71, 2)),
        ("’" * 134, ("UCS-2", 134, 2)),
        ("’" * 135, ("UCS-2", 135, 3)),
        ("😀" * 35, ("UCS-2", 70, 1)),
        ("😀" * 36, ("UCS-2", 72, 2)),
        ("a" * 66 + "😀" + "a" * 66, ("UCS-2", 134, 3)),  # nor an emoji
    ],
)
def test_it_counts(text, expected):
    assert segments(text) == expected


def test_what_is_outside_the_alphabet_is_named_once():
    assert outside_gsm("It’s ’fine’ \t€") == ["’", "\t"]


def test_what_is_offered_instead_costs_nothing():
    assert outside_gsm("".join(REPLACEMENTS.values())) == []
    assert all(outside_gsm(letter) for letter in REPLACEMENTS)


@given(st.text(max_size=700))
def test_segments_are_as_many_as_the_units_need_or_one_more_for_each_join(text):
    encoding, units, count = segments(text)
    alone, joined = (160, 153) if encoding == "GSM-7" else (70, 67)
    if units <= alone:
        assert count == 1
    else:
        assert -(-units // joined) <= count <= -(-units // (joined - 1))
