"""What SMS will cost by the people's own names: said once, for a name is no mistake."""

from collections.abc import Sequence

from nudger.config.checks.samples import samples
from nudger.config.findings import Findings, Written, name_of
from nudger.config.flaws import quote
from nudger.decisions.choosing.sms_cost import Cost, sms_cost
from nudger.domain.messages import Message
from nudger.domain.recipients import Recipient
from nudger.domain.sms_length import outside_gsm, plain
from nudger.domain.vocabulary import Channel, ChannelChoice
from nudger.prose.english import plural

_USUAL = len("Christabelle")  # the messages themselves are measured with it


def check_sms_cost(findings: Findings, people: Sequence[Written[Recipient]], messages: Sequence[Message]) -> None:
    """Warn, at the first, of people whose names make texts take more segments than promised."""
    dear = [
        (person, cost)
        for person in people
        if _is_unusual(person.value) and (cost := cost_of(person.value, messages)).dear
    ]
    if not dear:
        return
    person, cost = max(dear, key=lambda each: each[1].dear)
    others = len(dear) - 1
    many = f", and so for {plural(others, 'more person', 'more people')}" if others else ""
    key = "name" if person.value.name else "supporter"
    whom = f"{quote(_own(person.value))} (up to {cost.most}){many}"
    what = f"{cost.dear} of {cost.texts} texts take more SMS segments than promised for {whom}"
    findings.warning(person.position.at(key), what, _why(cost))


def _is_unusual(person: Recipient) -> bool:
    by_sms = person.channel_for(ChannelChoice.PREFERRED) is Channel.SMS
    own = plain(_own(person))
    return by_sms and (len(own) > _USUAL or person.supporter is not None or bool(outside_gsm(own)))


def _own(person: Recipient) -> str:
    return " / ".join(filter(None, (person.name, person.supporter)))


def cost_of(person: Recipient, messages: Sequence[Message]) -> Cost:
    """Return what a person's own values do to the texts, all other values on the long side."""
    own = {"name": person.name or "", "supporter": person.supporter or ""}
    return sms_cost(messages, person, lambda message: {**samples(message.language), **own})


def _why(cost: Cost) -> str:
    if not cost.letters:
        return "It is long; there is nothing wrong with it."
    letters = ", ".join(map(name_of, cost.letters[:3]))
    return f"{letters} is not in the SMS alphabet; there is nothing wrong with it, but it costs."
