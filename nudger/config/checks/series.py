"""The messages of a series, where another schedule draws them, too: people would get them out of their order."""

from collections.abc import Sequence

from nudger.config.checks.references import ParsedFiles
from nudger.config.findings import Findings, Written
from nudger.config.flaws import quote
from nudger.domain.messages import Message
from nudger.domain.recipients import Recipient
from nudger.domain.schedules import Schedule


def note_leaks(findings: Findings, configuration: ParsedFiles) -> None:
    """Warn of each series whose messages another schedule may draw for the same people."""
    people = configuration.everybody
    messages = [written.value for written in configuration.messages]
    for written in configuration.schedules:
        if written.value.selection.in_order:
            others = [each.value for each in configuration.schedules if each.value.id != written.value.id]
            _note_leak(findings, written, others, messages, people)


def _note_leak(
    findings: Findings,
    written: Written[Schedule],
    others: Sequence[Schedule],
    messages: Sequence[Message],
    people: Sequence[Recipient],
) -> None:
    series = [message for message in messages if written.value.selection.takes(message)]
    drawing = [
        (other, taken)
        for other in others
        if (taken := [message for message in series if other.selection.takes(message)])
        and _meet(written.value, other, people)
    ]
    if not drawing:
        return
    names = [quote(other.id) for other, _ in drawing]
    also = names[0] if len(names) == 1 else f"{names[0]} and {len(names) - 1} more"
    verb = "draws" if len(names) == 1 else "draw"
    what = f"{also} {verb} messages of this series, too, so people get them out of order"
    findings.warning(written.position.at("send"), what, _remedy([taken for _, taken in drawing], drawing[0][0]))


def _meet(series: Schedule, other: Schedule, people: Sequence[Recipient]) -> bool:
    """Say whether somebody gets both: two series side by side are for different people until somebody is in both."""
    one, two = series.audience, other.audience
    if any(one.includes(person) and two.includes(person) for person in people):
        return True
    same = not one.groups.isdisjoint(two.groups) or not one.recipients.isdisjoint(two.recipients)
    return not other.selection.in_order and (one.everyone or two.everyone or same)


def _remedy(taken: Sequence[Sequence[Message]], other: Schedule) -> str:
    """Say what keeps the series apart: the head of its library, unless the other schedule names it itself."""
    libraries = sorted({message.library for messages in taken for message in messages})
    if other.selection.libraries or other.selection.messages:
        return f"Leave {', '.join(libraries)} out of what {quote(other.id)} names."
    return f"Write only_when_named: yes at the head of the library {', '.join(libraries)}."
