"""What a channel needs for one attempt."""

from nudger.decisions.wording import LANGUAGE
from nudger.domain.nudges import Nudge, Parcel
from nudger.domain.recipients import Recipient


def make_parcel(nudge: Nudge, recipient: Recipient) -> Parcel:
    """Return what a channel needs for an attempt at a nudge that was written down as begun."""
    channel, rendered, begun = nudge.decision.channel, nudge.decision.rendered, nudge.first_attempt_at
    assert channel is not None
    assert rendered is not None
    assert begun is not None
    return Parcel(
        nudge=nudge.id,
        channel=channel,
        address=recipient.address(channel) or "",
        name=recipient.name,
        language=dict(nudge.decision.facts).get(LANGUAGE, recipient.language),
        rendered=rendered,
        first_attempt_at=begun,
        expires_at=nudge.expires_at,
    )
