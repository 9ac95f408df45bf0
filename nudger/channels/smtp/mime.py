"""The mail itself: the same words twice (text, and restrained HTML), byte for byte the same on every try.

Written by hand because the standard library's EmailMessage costs 2 ms a mail, and this a thirtieth of that;
the tests read what it writes back with the standard library's parser.
"""

import re
from binascii import b2a_qp
from dataclasses import dataclass
from email.utils import format_datetime
from urllib.parse import quote

from nudger.channels.smtp import body, headers
from nudger.domain.deliveries import OutgoingMessage
from nudger.domain.tongues import tongue_of
from nudger.errors import DeliveryError, Effect, SettingsError

_SENDER = re.compile(r'\s*(?:"(?P<quoted>[^"<>]*)"|(?P<plain>[^"<>]*?))\s*<(?P<address>[^<>]*)>\s*')
_ID = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,47}")
_FROM = re.compile("^From ", re.MULTILINE)
_TAG = re.compile(r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Letterhead:
    """Who writes: the same on every mail."""

    name: str
    address: str
    service_name: str
    contact: str | None = None

    @property
    def domain(self) -> str:
        """The sender's domain in A-labels, for Message-IDs."""
        return self.address.rpartition("@")[2]


def letterhead(sender: str, *, service_name: str, contact: str | None) -> Letterhead:
    """Read `Name <address>` or a bare address. Raises SettingsError for anything else.

    The domain may be beyond ASCII. What comes before the @ may not: every server on the way would need SMTPUTF8.
    """
    match = _SENDER.fullmatch(sender)
    name = (match["quoted"] or match["plain"] or "") if match else ""
    address = match["address"] if match else sender.strip()
    try:
        address = headers.on_the_wire(address)
    except DeliveryError:
        address = ""
    if not (address and address.isascii()):
        raise SettingsError('NUDGER_EMAIL_FROM must be an address, or "Name <address>".')
    return Letterhead(name=name or service_name, address=address, service_name=service_name, contact=contact)


def build_mail(outgoing: OutgoingMessage, head: Letterhead) -> bytes:
    """Return an email with a text and an HTML part (RFC 2046, 5.1.4), lines ended by CRLF.

    Raises DeliveryError (GIVE_UP, `bad_address` or `bad_id`) where a header cannot be written safely.
    """
    boundary = f"=_{_checked_id(outgoing)}"  # quoted-printable text never holds "=_" (RFC 2045, 6.7)
    words = body.Letter(
        language=_language(outgoing),
        subject=headers.one_line(outgoing.rendered.subject or "") or headers.one_line(head.service_name),
        paragraphs=body.paragraphs(outgoing.rendered.text),
        footer=body.footer(_language(outgoing), head.service_name, head.contact),
    )
    return "\r\n".join(
        [
            *_headers(outgoing, head, to=outgoing.address, subject=words.subject),
            f'Content-Type: multipart/alternative;\r\n boundary="{boundary}"',
            "",
            f"--{boundary}",
            *_part("plain", body.as_text(words)),
            f"--{boundary}",
            *_part("html", body.as_html(words)),
            f"--{boundary}--",
            "",
        ]
    ).encode()


def build_note(outgoing: OutgoingMessage, head: Letterhead) -> bytes:
    """Return a text message as a plain mail to NUMBER@sms.invalid, for a Maildir. Raises as `build_mail` does."""
    to = f"{outgoing.address}@sms.invalid"  # a domain that can never exist: RFC 2606, 2
    return "\r\n".join(
        [
            *_headers(outgoing, head, to=to, subject="SMS"),
            *_part("plain", body.clean(outgoing.rendered.text)),
            "",
        ]
    ).encode()


def _headers(outgoing: OutgoingMessage, head: Letterhead, *, to: str, subject: str) -> list[str]:
    return [
        f"From: {headers.mailbox(head.name, head.address)}",
        f"To: {headers.mailbox(outgoing.name or '', to)}",
        *_reply_headers(head, _language(outgoing)),
        f"Subject: {headers.words(subject)}",
        f"Date: {format_datetime(outgoing.first_attempt_at)}",
        f"Message-ID: <{_checked_id(outgoing)}@{head.domain}>",
        "Auto-Submitted: auto-generated",  # RFC 3834: no out-of-office answers, please
        f"Content-Language: {_language(outgoing)}",
        "MIME-Version: 1.0",
    ]


def _reply_headers(head: Letterhead, language: str) -> list[str]:
    """An answer, and a mail program's own "unsubscribe" button (RFC 2369, 3.2), both reach a person."""
    try:
        contact = headers.on_the_wire(head.contact or "")
    except DeliveryError:  # a telephone number, say
        return []
    if not contact.isascii():
        return []
    subject = quote(tongue_of(language).stop_word)
    unsubscribe = f"List-Unsubscribe: <mailto:{quote(contact, safe='@')}?subject={subject}>"
    return [unsubscribe] if contact == head.address else [f"Reply-To: {contact}", unsubscribe]


def _part(subtype: str, text: str) -> list[str]:
    return [
        f"Content-Type: text/{subtype}; charset=utf-8",
        "Content-Transfer-Encoding: quoted-printable",
        "",
        # Some programs write ">From" (RFC 2049, 3 (5)); they do not know an encoded F.
        _FROM.sub("=46rom=\r\n ", b2a_qp(text.replace("\n", "\r\n").encode()).decode("ascii")),
    ]


def _checked_id(outgoing: OutgoingMessage) -> str:
    if not _ID.fullmatch(outgoing.nudge):
        raise DeliveryError("bad_id", Effect.GIVE_UP)
    return outgoing.nudge


def _language(outgoing: OutgoingMessage) -> str:
    return outgoing.language if _TAG.fullmatch(outgoing.language) else "en"
