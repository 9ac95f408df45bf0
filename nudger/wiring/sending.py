"""The ways out, for real or on this machine only."""

import sys
from collections.abc import Callable
from random import Random

from nudger.channels.local.maildir import Local
from nudger.channels.local.terminal import can_draw
from nudger.channels.smtp.email import SmtpEmail
from nudger.channels.twilio.sms import TwilioSms
from nudger.config.settings.read import Settings
from nudger.domain.facts import NO_DAEMON, DaemonId
from nudger.domain.vocabulary import Channel
from nudger.storage.thread import LedgerThread
from nudger.use_cases.deliver_nudges import Delivery
from nudger.use_cases.ports import ChannelPort
from nudger.wiring.clock import clock

Show = Callable[[str], None]


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


def make_deliveries(
    channels: dict[Channel, ChannelPort], ledger: LedgerThread, *, owner: DaemonId = NO_DAEMON
) -> list[Delivery]:
    """Return a delivery for each channel, by the daemon that is the `owner` of its attempts."""
    return [
        Delivery(channel, port, ledger, clock=clock, rng=Random(), owner=owner)  # noqa: S311 - spreads retries, keeps no secret
        for channel, port in channels.items()
    ]
