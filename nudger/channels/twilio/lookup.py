"""Asking Twilio what became of an attempt whose answer was lost: the messages to that number since, every one of them.

Only a list that can be read whole proves that something is not in it. So no entry is passed over because it cannot be
read, and no page because it looks like the last one. See `nudger.decisions.delivering.doubt` for what is made of it.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urljoin, urlsplit

from nudger.channels.twilio.answers import (
    answer_lost,
    json_object,
    read_moment,
    read_number,
    read_sid,
    refusal,
    refusal_in,
)
from nudger.channels.twilio.http import Answer
from nudger.channels.twilio.likeness import Words, compare_parties, compare_words
from nudger.domain.deliveries import Found, OutgoingMessage, Receipt
from nudger.errors import DeliveryError, Effect

PROVIDER = "twilio"
_PAGE = 50
_MOST = 1000
_CLOCKS_DIFFER = timedelta(seconds=5)
_CLOCK_DOUBT = timedelta(minutes=10)
"""What is older than the attempt by no more than this may be its own, if the clock was set back in between."""


Get = Callable[[str, Mapping[str, str] | None], Awaitable[Answer]]
"""Asks for a URL, with a query or without, as the account."""

Entry = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    """What is looked for: a message, from a sender, created at or after a moment."""

    outgoing: OutgoingMessage
    sender: str
    since: datetime


async def find(get: Get, url: str, outgoing: OutgoingMessage, *, sender: str, clock: Callable[[], datetime]) -> Found:
    """Return what of the list can be this message. Raises DeliveryError where the list cannot be read to its end.

    A message that Twilio says it did not send is none of them; it is in `refused` if its words are the message's.
    """
    now = clock()
    if outgoing.first_attempt_at - now > _CLOCKS_DIFFER:
        raise DeliveryError("clock_went_back", Effect.UNCERTAIN)  # what is "since" then?
    wanted: _Wanted | None = None
    listed: dict[str | int, Entry] = {}
    times = _Times()
    async for answer, page in _pages(get, url, outgoing.address):
        wanted = wanted or _Wanted(outgoing=outgoing, sender=sender, since=_since(outgoing, answer, now))
        for entry in page:
            sid = read_sid(entry)
            listed.setdefault(sid or len(listed), entry)  # a list that grows while it is read repeats some
            times.add(read_moment(entry.get("date_created")))
        if times.reach_back_to(wanted.since - _CLOCK_DOUBT):
            break
        if len(listed) >= _MOST:
            raise DeliveryError("list_too_long", Effect.UNCERTAIN)
    return _found(wanted, [*listed.values()]) if wanted else Found()


def _since(outgoing: OutgoingMessage, answer: Answer, now: datetime) -> datetime:
    """Return when the attempt began by Twilio's clock, rather too early than too late.

    A clock of ours that is ahead would make the message older than its own attempt; the answer's Date says by how
    much (RFC 9110, 6.6.1).
    """
    theirs = read_moment(answer.headers.get("Date"))
    ahead = max(timedelta(0), now - theirs) if theirs else timedelta(0)
    return outgoing.first_attempt_at - ahead - _CLOCKS_DIFFER


class _Times:
    """Whether the entries so far come newest first, and how far back they reach."""

    def __init__(self) -> None:
        self._ordered = True
        self._newest: datetime | None = None
        self._last: datetime | None = None

    def add(self, moment: datetime | None) -> None:
        if moment is None or (self._last is not None and moment > self._last):
            self._ordered = False
            return
        self._newest = self._newest or moment
        self._last = moment

    def reach_back_to(self, since: datetime) -> bool:
        """Say whether nothing that follows can be newer. Only an order that was seen says so: one time is none."""
        newest, last = self._newest, self._last
        return self._ordered and newest is not None and last is not None and last < since and last < newest


async def _pages(get: Get, url: str, number: str) -> AsyncIterator[tuple[Answer, list[Entry]]]:
    """Yield the pages of the list of messages to a number.

    No date filter: Twilio filters by date_sent, which a message still in its queue does not have.
    """
    seen: set[str] = set()
    query: Mapping[str, str] | None = {"To": number, "PageSize": str(_PAGE)}
    following: str | None = url
    while following is not None:
        if following in seen or len(seen) >= _MOST:
            raise DeliveryError("list_goes_round", Effect.UNCERTAIN)
        seen.add(following)
        answer = await get(following, query)
        page = _page(answer)
        yield answer, _entries(page)
        following, query = _next(page, url), None


def _page(answer: Answer) -> dict[str, Any]:
    if answer.status != 200:  # noqa: PLR2004 - HTTP's OK
        if 200 <= answer.status < 300:  # noqa: PLR2004
            raise DeliveryError(f"http_{answer.status}", Effect.UNCERTAIN)
        raise refusal(answer)
    page = json_object(answer.body)
    if page is None:
        raise answer_lost(answer)
    return page


def _entries(page: Mapping[str, Any]) -> list[Entry]:
    """Return the entries of a page; one that is no object as one without any field. Raises where some are missing."""
    entries = page.get("messages")
    if not isinstance(entries, list):
        raise DeliveryError("no_list", Effect.UNCERTAIN)
    first, last = read_number(page.get("start")) or 0, read_number(page.get("end")) or 0
    if last - first > max(len(entries) - 1, 0):
        raise DeliveryError("list_cut_short", Effect.UNCERTAIN)
    return [entry if isinstance(entry, dict) else {} for entry in entries]


def _next(page: Mapping[str, Any], url: str) -> str | None:
    """Return the URL of the next page, None after the last. Raises where it is not said, or is not at the same host.

    The account's token goes along with it, so it is never asked of another.
    """
    following = page.get("next_page_uri", page)
    if following is None or following == "":
        return None
    if not isinstance(following, str):
        raise DeliveryError("list_cut_short", Effect.UNCERTAIN)
    try:
        target = urljoin(url, following)
        elsewhere = _origin(target) != _origin(url)
    except ValueError:
        elsewhere = True
    if elsewhere:
        raise DeliveryError("list_goes_elsewhere", Effect.UNCERTAIN)
    return target


def _origin(url: str) -> tuple[str, str | None, int | None, bool]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port, "@" in parts.netloc


def _found(wanted: _Wanted, listed: list[Entry]) -> Found:
    same: list[tuple[datetime, Receipt]] = []
    blank: list[tuple[datetime, Receipt]] = []
    unclear: list[Receipt] = []
    refused: DeliveryError | None = None
    for entry in reversed(listed):  # oldest first; within a whole second Twilio's own order stays
        match _compare(entry, wanted), refusal_in(entry):
            case Words.OTHER, _:
                pass
            case Words.SAME, DeliveryError() as not_sent:
                refused = not_sent
            case _, DeliveryError():
                pass
            case words, None:
                receipt = Receipt(provider=PROVIDER, provider_id=read_sid(entry))
                created = read_moment(entry.get("date_created"))
                if words is Words.NEAR or created is None:
                    unclear.append(receipt)
                else:
                    (same if words is Words.SAME else blank).append((created, receipt))
    return Found(same=_in_order(same), blank=_in_order(blank), unclear=tuple(unclear), refused=refused)


def _compare(entry: Entry, wanted: _Wanted) -> Words:
    """Say how an entry compares with the message: SAME and BLANK only if all else is right, too."""
    created = read_moment(entry.get("date_created"))
    to, sender = compare_parties(entry.get("to"), wanted.outgoing.address), _is_from(entry, wanted.sender)
    if to is False or sender is False or (created is not None and created < wanted.since - _CLOCK_DOUBT):
        return Words.OTHER
    words = compare_words(entry.get("body"), wanted.outgoing.rendered.text)
    certain = to and sender and created is not None and created >= wanted.since
    return words if certain or words is Words.OTHER else Words.NEAR


def _is_from(entry: Entry, sender: str) -> bool | None:
    """Say whether a message came from our number or service; None where that cannot be read."""
    number, service = entry.get("from"), entry.get("messaging_service_sid")
    if sender in (number, service):
        return True
    if sender.startswith("MG"):
        readable = isinstance(service, str) or ("messaging_service_sid" in entry and isinstance(number, str))
        return False if readable else None
    found = compare_parties(number, sender)
    return False if found is None and not number and isinstance(service, str) and service else found


def _in_order(dated: list[tuple[datetime, Receipt]]) -> tuple[Receipt, ...]:
    return tuple(receipt for _, receipt in sorted(dated, key=lambda each: each[0]))
