"""Makers for the channels' tests."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from nudger.channels.smtp.connection import Limits
from nudger.domain.deliveries import OutgoingMessage
from nudger.domain.messages import Rendered
from nudger.domain.vocabulary import Channel
from nudger.errors import DeliveryError

NUMBER = "+14135550123"
ADDRESS = "sam@example.org"
BRIEF = timedelta(seconds=0.4)
ROOMY = timedelta(seconds=8)
Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Coroutine[Any, Any, None]]
LIMITS = Limits(connect=BRIEF, command=BRIEF, answer=BRIEF)
ROOMY_LIMITS = Limits(connect=ROOMY, command=ROOMY, answer=ROOMY)


def now() -> datetime:
    return datetime.now(UTC)


def outgoing_message(channel: Channel = Channel.EMAIL, **values: Any) -> OutgoingMessage:
    moment = now()
    defaults = {
        "nudge": "0123456789abcdef0123456789abcdef",
        "address": NUMBER if channel is Channel.SMS else ADDRESS,
        "name": "Sam",
        "language": "en",
        "rendered": Rendered(
            text="You are allowed to rest.", subject=None if channel is Channel.SMS else "A small hello"
        ),
        "first_attempt_at": moment,
        "expires_at": moment + timedelta(hours=1),
    }
    return OutgoingMessage(channel=channel, **(defaults | values))


def run(story: Coroutine[Any, Any, Any]) -> Any:
    return asyncio.run(asyncio.wait_for(story, 10))


async def failure_of(sending: Coroutine[Any, Any, object]) -> DeliveryError:
    """Return the DeliveryError that this ends in; anything else fails the test."""
    try:
        receipt = await sending
    except DeliveryError as error:
        return error
    raise AssertionError(f"accepted: {receipt}")


@asynccontextmanager
async def raw_server(serve: Serve, *, tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """A server that does whatever `serve` does with each connection. Gives its port; leaves nothing open behind."""
    dialogues: set[asyncio.Task[None]] = set()

    async def one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        dialogues.add(task)
        try:
            await serve(reader, writer)
        except (OSError, asyncio.CancelledError):
            pass
        finally:
            writer.transport.abort()

    server = await asyncio.start_server(one, "127.0.0.1", 0, ssl=tls)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for dialogue in dialogues:
            dialogue.cancel()
        await asyncio.gather(*dialogues, return_exceptions=True)
        await asyncio.sleep(0.01)


async def ask(channel: Any, outgoing: OutgoingMessage) -> Any:
    """What the provider holds of a message: a tuple of receipts, or None if it cannot tell."""
    try:
        found = await channel.find(outgoing)
    except DeliveryError:
        return None
    return found.same if found.same or found.receipts == () else None
