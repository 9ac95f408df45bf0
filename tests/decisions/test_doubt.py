"""What a provider's list proves, given what other nudges have of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nudger.decisions.delivering.doubt import weigh
from nudger.domain.deliveries import Found, LookupResult, Receipt
from nudger.errors import DeliveryError, Effect


def receipts(ids):
    return tuple(Receipt(provider="twilio", provider_id=each if each != "?" else None) for each in ids)


def weighed(*, same="", blank="", unclear="", bound="", doubtful=1, refused=None):
    found = Found(same=receipts(same), blank=receipts(blank), unclear=receipts(unclear), refused=refused)
    finding = weigh(found, set(receipts(bound)), doubtful=doubtful)
    return finding.provider_id if isinstance(finding, Receipt) else finding


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        ({}, LookupResult.ABSENT),
        ({"same": "ab"}, "a"),
        ({"same": "ab", "bound": "a"}, "b"),
        ({"same": "ab", "bound": "ab"}, LookupResult.ABSENT),
        ({"same": "a", "blank": "b", "unclear": "c"}, "a"),
        ({"unclear": "a"}, LookupResult.CANNOT_TELL),
        ({"unclear": "?"}, LookupResult.CANNOT_TELL),
        ({"unclear": "a", "bound": "a"}, LookupResult.ABSENT),
        ({"unclear": "ab", "bound": "a"}, LookupResult.CANNOT_TELL),
        ({"blank": "a"}, "a"),
        ({"blank": "a", "bound": "a"}, LookupResult.ABSENT),
        ({"blank": "ab"}, LookupResult.CANNOT_TELL),
        ({"blank": "ab", "bound": "a"}, "b"),
        ({"blank": "ab", "doubtful": 2}, "a"),
        ({"blank": "a", "doubtful": 2}, LookupResult.CANNOT_TELL),
        ({"blank": "?"}, LookupResult.CANNOT_TELL),
        ({"blank": "a", "unclear": "b"}, LookupResult.CANNOT_TELL),
    ],
)
def test_what_is_proved(case, expected):
    assert weighed(**case) == expected


def test_a_refusal_counts_where_nothing_else_can_be_it():
    refused = DeliveryError("21610", Effect.SUPPRESS)
    assert weighed(refused=refused) is refused
    assert weighed(refused=refused, same="a") == "a"
    assert weighed(refused=refused, unclear="a") is LookupResult.CANNOT_TELL


IDS = st.sets(st.sampled_from("abcdef")).map(sorted)


@given(IDS, IDS, IDS, IDS, st.integers(0, 3))
def test_absence_is_proved_only_where_everything_is_anothers(same, blank, unclear, bound, doubtful):
    finding = weighed(same=same, blank=blank, unclear=unclear, bound=bound, doubtful=doubtful)
    assert (finding is LookupResult.ABSENT) == ({*same, *blank, *unclear} <= {*bound})
    assert finding not in bound
