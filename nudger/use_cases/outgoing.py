"""What a channel needs for one attempt, or for one question about it."""

from nudger.domain.deliveries import OutgoingMessage
from nudger.domain.nudges import Nudge
from nudger.domain.recipients import Recipient


def outgoing_message(nudge: Nudge, recipient: Recipient | None) -> OutgoingMessage:
    """Return what a channel needs for an attempt at a nudge that was written down as begun, or to ask about one.

    It goes where the attempt went that was written down; a ledger of before that was kept says where the person is
    now. Without a person, it is good for asking only.
    """
    channel, rendered, begun = nudge.decision.channel, nudge.decision.rendered, nudge.first_attempt_at
    assert channel is not None
    assert rendered is not None
    assert begun is not None
    present = recipient.address(channel) if recipient is not None else None
    return OutgoingMessage(
        nudge=nudge.id,
        channel=channel,
        address=nudge.address or present or "",
        name=recipient.name if recipient is not None else None,
        language=nudge.decision.record.language or (recipient.language if recipient is not None else ""),
        rendered=rendered,
        first_attempt_at=begun,
        expires_at=nudge.expires_at,
    )
