"""What is known of a message from all that its provider ever said of it.

Providers say it late, twice and in any order, and before their answer to the sending. So it is a fold that asks for no
order: whatever came, and came again, leads to the same.
"""

from collections.abc import Iterable
from functools import reduce

from nudger.domain.deliveries import DeliveryStatus, StatusUpdate

_WEIGHT = {
    status: weight
    for weight, status in enumerate(
        # A handset's own word outweighs a report that it gave none; and mail comes back from servers that took it.
        (DeliveryStatus.ACCEPTED, DeliveryStatus.UNDELIVERED, DeliveryStatus.DELIVERED, DeliveryStatus.BOUNCED)
    )
}


def updated(known: StatusUpdate | None, update: StatusUpdate) -> StatusUpdate:
    """Return what is known after one more word: the weightier one; of two that say the same, the first."""
    return update if known is None or _outweighs(update, known) else known


def status_after(updates: Iterable[StatusUpdate]) -> StatusUpdate | None:
    """Return what is known after all these words; None where there are none."""
    return reduce(updated, updates, None)


def _outweighs(one: StatusUpdate, other: StatusUpdate) -> bool:
    if one.status is not other.status:
        return _WEIGHT[one.status] > _WEIGHT[other.status]
    return (one.at, one.code) < (other.at, other.code)
