"""Settings that need each other, or exclude each other."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from nudger.config.flaws import Flaw
from nudger.config.settings.env_file import PREFIX
from nudger.config.settings.shapes import account_sid, mailbox
from nudger.domain.transport_security import is_loopback

Values = Mapping[str, Any]
"""What was given, by field; secrets are only there, or not."""

_TOGETHER = (
    ("twilio_account_sid", "twilio_auth_token", "twilio_from"),
    ("smtp_host", "email_from"),
    ("smtp_username", "smtp_password"),
)
_NOTHING_WITHOUT = {
    "twilio_base_url": "twilio_account_sid",
    "smtp_port": "smtp_host",
    "smtp_security": "smtp_host",
    "smtp_username": "smtp_host",
    "smtp_ca_file": "smtp_host",
}
IMPLICIT_TLS = 465
_SUBMISSION = (25, 587)
_USUAL = (587, "starttls")


class Clash(NamedTuple):
    """What is wrong with a combination, the fields it is about (the first says where), and how much it matters.

    `only_sending`: an error for whoever sends; whoever looks can go on.
    """

    fields: tuple[str, ...]
    what: str
    expected: str = ""
    warning: bool = False
    only_sending: bool = False


def clashes(values: Values) -> Iterator[Clash]:
    """Yield what is wrong with the settings together."""
    for group in _TOGETHER:
        yield from _incomplete(values, group)
    for field, other in _NOTHING_WITHOUT.items():
        if field in values and other not in values and values[field] not in _USUAL:
            yield Clash((field, other), f"{_name(field)} has no effect without {_name(other)}", warning=True)
    if "smtp_host" in values:
        yield from _smtp(values)
        yield from _contact(values)
    elif "twilio_account_sid" in values and "contact" not in values:
        what = "whoever gets texts is not told whom to ask, {contact} is empty"
        yield Clash(("twilio_account_sid", "contact"), what, f"Set {_name('contact')}.", warning=True)
    yield from _sms(values)


def _incomplete(values: Values, group: tuple[str, ...]) -> Iterator[Clash]:
    missing = [field for field in group if field not in values]
    given = [field for field in group if field in values]
    if missing and given:
        yield Clash((*given, *missing), f"{_names(missing)} missing beside {_names(given)}", f"Set {_names(missing)}.")


def _smtp(values: Values) -> Iterator[Clash]:
    security, port, host = values.get("smtp_security"), values.get("smtp_port", 587), values["smtp_host"]
    fields = ("smtp_security", "smtp_port", "smtp_host")
    if security == "none" and not is_loopback(host):
        yield Clash(fields, "NUDGER_SMTP_SECURITY=none is for a server on this machine only", "Write starttls or tls.")
    if port == IMPLICIT_TLS and security == "starttls":
        remedy = "Write NUDGER_SMTP_SECURITY=tls, or NUDGER_SMTP_PORT=587."
        yield Clash(fields, "port 465 speaks TLS from the first byte, and starttls would wait for ever", remedy)
    if port in _SUBMISSION and security == "tls":
        what, remedy = f"on port {port} servers begin without TLS", "Write starttls, or NUDGER_SMTP_PORT=465."
        yield Clash(fields, what, remedy, warning=True)


def _contact(values: Values) -> Iterator[Clash]:
    """Without an address to write to there is no List-Unsubscribe, no Reply-To, and nobody can stop by email."""
    fields = ("smtp_host", "contact")
    contact = values.get("contact")
    if contact is None:
        what = "mail without NUDGER_CONTACT says to nobody how to stop it"
        remedy = "Set it to an address that somebody reads, as in NUDGER_CONTACT=notes@example.org."
        # A server on this machine is a trial, more often than not.
        yield Clash(fields, what, remedy, warning=is_loopback(values["smtp_host"]), only_sending=True)
        return
    try:
        mailbox(contact)
    except Flaw:
        what = "NUDGER_CONTACT is no e-mail address, so mails have no button to unsubscribe (List-Unsubscribe)"
        yield Clash(("contact", "smtp_host"), what, "Write an address that somebody reads.", warning=True)


def _sms(values: Values) -> Iterator[Clash]:
    account = values.get("twilio_account_sid")
    if account and "twilio_base_url" not in values:
        try:
            account_sid(account)
        except Flaw as flaw:
            yield Clash(("twilio_account_sid",), f"NUDGER_TWILIO_ACCOUNT_SID: {flaw.what}", flaw.expected)
    sender = values.get("twilio_from")
    if sender and not sender.startswith(("+", "MG")) and not sender.isdigit():
        what = "nobody can answer a text from a name, and no STOP arrives; the US and Canada refuse such names"
        yield Clash(("twilio_from",), what, "A number or a messaging service can be answered.", warning=True)


def _names(fields: list[str]) -> str:
    return " and ".join(map(_name, fields))


def _name(field: str) -> str:
    return f"{PREFIX}{field.upper()}"
