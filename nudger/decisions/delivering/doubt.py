"""What a provider's list proves about an attempt whose answer was lost."""

from collections.abc import Collection

from nudger.domain.deliveries import Found, LookupResult, Receipt
from nudger.errors import DeliveryError


def weigh(found: Found, bound: Collection[Receipt], *, doubtful: int) -> Receipt | DeliveryError | LookupResult:
    """Return what is proved: a receipt, the provider's refusal, that it is absent, or nothing.

    `bound` are the receipts that nudges have already; `doubtful` is how many nudges to that address, this one among
    them, may each have an entry in the list that nobody has taken.

    The very words, unbound, are a proof. Entries without words prove something by their number alone: each of them
    belongs to a nudge in doubt, so where there are as many as nudges in doubt, each nudge has its own, whichever that
    is. Absence is proved only where every entry is another's: whatever else may be this one means that nobody can tell.
    """
    same, blank, unclear = (
        [each for each in receipts if each not in bound] for receipts in (found.same, found.blank, found.unclear)
    )
    if same:
        return same[0]
    if unclear:
        return LookupResult.CANNOT_TELL
    if blank:
        countable = len(blank) == doubtful and all(each.provider_id for each in blank)
        return blank[0] if countable else LookupResult.CANNOT_TELL
    return found.refused or LookupResult.ABSENT
