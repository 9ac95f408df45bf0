"""The short way to judge an e-mail address says what the long one says."""

import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import example, given
from hypothesis import strategies as st

from nudger.config.flaws import Flaw
from nudger.config.values.addresses import email

LABELS = st.text("ab1-X", min_size=1, max_size=6) | st.sampled_from(["xn--a", "a--b", "a" * 63, "a" * 64, "1", "é"])
LAST = st.sampled_from(["org", "com", "test", "local", "arpa", "onion", "invalid", "localhost", "c", "c1", "1", "ORG"])


def judged_by(judge, text):
    try:
        return judge(text)
    except (Flaw, EmailNotValidError):
        return None


@given(st.lists(LABELS, max_size=4), LAST)
@example(["a"] * 100, "org")
@example(["a" * 63] * 3, "org")
@example([], "org")
def test_a_domain_is_judged_as_by_the_validator(labels, last):
    address = f"kim@{'.'.join([*labels, last])}"
    by_validator = judged_by(lambda text: validate_email(text, check_deliverability=False).normalized, address)
    assert judged_by(email, address) == by_validator


@pytest.mark.parametrize("address", ["kim@example.org", "kim.lee+x@mail.example.co.uk", "k@a-b-c.example.com"])
def test_an_ordinary_address_is_taken_as_it_is(address):
    assert email(address) == address
