"""The stand-ins as programs, as the crash tests run them."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from nudger.channels.smtp.email import SmtpEmail
from nudger.channels.twilio.sms import TwilioSms
from nudger.domain.vocabulary import Channel
from tests.channels.make import ROOMY, failure_of, now, outgoing_message, run
from tests.channels.twilio_stand_in import ACCOUNT, NUMBER, TOKEN, TwilioStandIn

HERE = Path(__file__).parent


@contextmanager
def program(name: str, *options: str) -> Iterator[str]:
    """Start a stand-in; give the first line that it prints: where it listens."""
    command = [sys.executable, str(HERE / name), "--port", "0", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.kill()


def lines(log: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]


def test_twilio_logs_what_it_accepts_even_when_nobody_hears_the_answer(tmp_path: Path) -> None:
    log = tmp_path / "accepted.jsonl"
    with program("twilio_stand_in.py", f"--log={log}", "--latency=1-5", "--faults=ok,503,drop") as url:

        async def story() -> None:
            sms = TwilioSms(account_sid=ACCOUNT, auth_token=TOKEN, sender=NUMBER, clock=now, base_url=url)
            await sms.send(outgoing_message(Channel.SMS))
            await failure_of(sms.send(outgoing_message(Channel.SMS)))
            await failure_of(sms.send(outgoing_message(Channel.SMS)))
            await sms.close()

        run(story())
    assert [(line["to"], line["body"]) for line in lines(log)] == [("+14135550123", "You are allowed to rest.")] * 2


def test_the_mail_server_logs_what_it_accepts_even_when_nobody_hears_the_answer(tmp_path: Path) -> None:
    log = tmp_path / "accepted.jsonl"
    with program("smtp_stand_in.py", f"--log={log}", "--latency=1-5", "--faults=drop-dot,rcpt-450") as port:

        async def story() -> None:
            email = SmtpEmail(host="127.0.0.1", port=int(port), security="none", sender="kind@example.org")
            for _ in range(2):
                await failure_of(email.send(outgoing_message()))
            await email.send(outgoing_message())
            await email.close()

        run(story())
    first, second = lines(log)
    assert first["message_id"] == second["message_id"] == "<0123456789abcdef0123456789abcdef@example.org>"


def test_the_list_of_messages_has_pages() -> None:
    async def story() -> None:
        async with TwilioStandIn() as twilio:
            sms = TwilioSms(
                account_sid=ACCOUNT, auth_token=TOKEN, sender=NUMBER, clock=now, base_url=twilio.url, timeout=ROOMY
            )
            for _ in range(60):
                await sms.send(outgoing_message(Channel.SMS))
            found = (await sms.find(outgoing_message(Channel.SMS))).same
            assert [receipt.provider_id for receipt in found] == [message["sid"] for message in twilio.messages]
            await sms.close()

    run(story())
