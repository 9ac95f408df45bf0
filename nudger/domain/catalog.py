"""The catalog: everything the operator wrote, checked and put together."""

from dataclasses import dataclass

from nudger.domain.limits import NO_LIMITS, Limits
from nudger.domain.messages import Message
from nudger.domain.recipients import Recipient
from nudger.domain.schedules import Schedule


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalog:
    """Schedules, limits and messages, and the people of recipients.yaml (None where there is no such file).

    People who were imported are in the ledger, not here.
    """

    schedules: tuple[Schedule, ...]
    messages: tuple[Message, ...]
    recipients: tuple[Recipient, ...] | None = None
    limits: Limits = NO_LIMITS
    learning: bool = False
