"""Floor 5: the one place that names every real part, and the only one that reads the clock."""

import gc
import logging
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from random import Random
from typing import TextIO

import structlog
import tzlocal

from nudger.channels.email import SmtpEmail
from nudger.channels.local import Local
from nudger.channels.sms import TwilioSms
from nudger.channels.terminal import can_draw
from nudger.decisions.agenda import Agenda, OperatorWords, build_agenda
from nudger.domain.catalog import Catalog
from nudger.domain.recipients import Recipient
from nudger.domain.vocabulary import Channel
from nudger.files.settings import Settings
from nudger.storage.database import open_database, read_database
from nudger.storage.high_water import HighWater
from nudger.storage.ledger import Ledger
from nudger.use_cases.deliver_nudges import Delivery
from nudger.use_cases.ports import ChannelPort, LedgerPort

Show = Callable[[str], None]


def clock() -> datetime:
    """Return the present, in UTC."""
    return datetime.now(UTC)


def machine_time_zone() -> str:
    """Return the IANA name of this machine's time zone; UTC where the machine does not say."""
    try:
        return tzlocal.get_localzone_name()
    except (LookupError, ValueError, OSError):
        return "UTC"


def settle_memory() -> None:
    """Take what was loaded out of the garbage collector's rounds: it stays, and looking at it again costs every tick.

    A tick with 100,000 slots is half as long with it (bench/planning).
    """
    gc.enable()
    gc.unfreeze()
    gc.collect()
    gc.freeze()


def open_ledger(settings: Settings) -> Ledger:
    """Open the ledger for writing; make it at the first start. Raises LedgerError."""
    engine, installation = open_database(settings.ledger_url, state_dir=settings.state)
    return Ledger(engine, installation, high_water=HighWater(settings.state))


def read_ledger(settings: Settings) -> Ledger | None:
    """Open the ledger for reading; None where nothing was ever sent. Raises LedgerError."""
    engine = read_database(settings.ledger_url)
    return None if engine is None else Ledger(engine, installation="")


def make_agenda(settings: Settings, installation: str) -> Callable[[Catalog, Sequence[Recipient]], Agenda]:
    """Return the function that puts a catalog and people together under these settings."""
    words = OperatorWords(
        service=settings.service_name, contact=settings.contact or "", crisis_line=settings.crisis_line
    )
    return partial(build_agenda, words=words, seed=settings.seed, installation=installation)


def make_channels(settings: Settings, *, show: Show | None) -> dict[Channel, ChannelPort]:
    """Return a way out for each channel. Without credentials nothing real is ever sent: it stays on this machine."""
    local = Local(
        maildir=settings.maildir,
        write=show,
        sender=settings.service_name,
        contact=settings.contact,
        plain=not can_draw(sys.stdout.encoding),
    )
    return {
        Channel.SMS: _twilio(settings) if settings.sends_sms else local,
        Channel.EMAIL: _smtp(settings) if settings.sends_email else local,
    }


def _twilio(settings: Settings) -> TwilioSms:
    assert settings.twilio_account_sid is not None
    assert settings.twilio_auth_token is not None
    assert settings.twilio_from is not None
    return TwilioSms(
        account_sid=settings.twilio_account_sid,
        auth_token=settings.twilio_auth_token.get_secret_value(),
        sender=settings.twilio_from,
        base_url=settings.twilio_base_url,
        clock=clock,
    )


def _smtp(settings: Settings) -> SmtpEmail:
    assert settings.smtp_host is not None
    assert settings.email_from is not None
    return SmtpEmail(
        host=settings.smtp_host,
        port=settings.smtp_port,
        security=settings.smtp_security,
        username=settings.smtp_username,
        password=settings.smtp_password.get_secret_value() if settings.smtp_password else None,
        sender=settings.email_from,
        service_name=settings.service_name,
        contact=settings.contact,
        ca_file=settings.smtp_ca_file,
    )


def make_deliveries(channels: dict[Channel, ChannelPort], ledger: LedgerPort) -> list[Delivery]:
    """Return a delivery for each channel."""
    return [
        Delivery(channel, port, ledger, clock=clock, rng=Random())  # noqa: S311 - spreads retries, keeps no secret
        for channel, port in channels.items()
    ]


def configure_logging(*, level: str, style: str, stream: TextIO = sys.stderr) -> None:
    """Send structlog's lines, and warnings of the libraries, to `stream`: for people (console) or machines (json)."""
    renderer: structlog.typing.Processor
    if style == "console":
        renderer = structlog.dev.ConsoleRenderer(
            colors=stream.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
        processors: list[structlog.typing.Processor] = [structlog.processors.TimeStamper(fmt="%H:%M:%S", utc=False)]
    else:
        renderer = structlog.processors.JSONRenderer(ensure_ascii=False)
        processors = [
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.dict_tracebacks,
        ]
    structlog.configure(
        processors=[_leave_out_nothings, structlog.processors.add_log_level, *processors, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(file=stream),
        cache_logger_on_first_use=False,
    )
    # Twilio's client logs addresses at INFO; warnings and errors of the libraries hold none.
    logging.basicConfig(handlers=[_ToStructlog(logging.WARNING)], level=logging.WARNING, force=True)
    logging.getLogger("twilio").setLevel(logging.CRITICAL)


def _leave_out_nothings(_logger: object, _method: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    return {name: value for name, value in event.items() if value is not None}


class _ToStructlog(logging.Handler):
    """Hands the libraries' own warnings on, so that every line has one form."""

    def emit(self, record: logging.LogRecord) -> None:
        structlog.get_logger("nudger").log(
            record.levelno, "library", logger=record.name, text=record.getMessage(), exc_info=record.exc_info
        )
