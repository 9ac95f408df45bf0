"""The preview is the plan: thirty days of the example person, shown beforehand and then lived through in frozen time."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner
from freezegun import freeze_time

from nudger.cli import nudger
from nudger.config.catalog import load_catalog
from nudger.config.settings.read import load_settings
from nudger.config.starter import write_example_person
from nudger.decisions.planning.plan import next_due
from nudger.domain.nudges import WELCOME, NudgeState
from nudger.storage.thread import LedgerThread
from nudger.use_cases.serve import Service
from nudger.wiring.clock import clock
from nudger.wiring.ledger import open_ledger
from nudger.wiring.reading import make_snapshot
from nudger.wiring.sending import make_channels, make_deliveries

ROOT = Path(__file__).parents[1]
DAYS = 30


@pytest.mark.parametrize(
    ("zone", "start"),
    [
        ("America/New_York", "2026-10-20 13:07:00"),  # over the autumn change
        pytest.param("Europe/Berlin", "2027-03-20 05:00:30", marks=pytest.mark.slow),  # over the spring change
        pytest.param("Asia/Kolkata", "2026-11-23 00:00:00", marks=pytest.mark.slow),
    ],
)
def test_what_was_shown_is_what_was_sent(tmp_path, monkeypatch, zone, start):
    monkeypatch.setenv("NUDGER_STATE_DIR", str(tmp_path / "state"))
    write_example_person(tmp_path / "state" / "recipients.yaml", time_zone=zone)
    begin = datetime.fromisoformat(start).replace(tzinfo=UTC)
    shown = [each for each in show(begin) if each["text"]]
    lived = asyncio.run(live(begin, zone, until=begin + timedelta(days=DAYS + 2)))
    last = max(each["due"] for each in shown)
    lived = {key: value for key, value in lived.items() if value[0] <= last}
    assert len(shown) > 15
    assert lived == {(e["schedule"], e["date"]): (e["due"], e["channel"], e["message"], e["text"]) for e in shown}
    assert shown[0]["schedule"] == "welcome"


def show(begin):
    with freeze_time(begin):
        result = CliRunner().invoke(nudger, ["--config", str(ROOT), "preview", "--days", str(DAYS), "--format", "json"])
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


async def live(begin, zone, *, until):
    """Run the service's own parts through frozen time: a tick at each due moment, and else every three hours."""
    with freeze_time(begin, real_asyncio=True) as frozen:
        settings = load_settings(config_dir=ROOT)
        ledger = open_ledger(settings)
        thread = LedgerThread(ledger)
        channels = make_channels(settings, show=None)
        deliveries = make_deliveries(channels, thread)
        snapshot = make_snapshot(settings, ledger.installation)
        service = Service(thread, deliveries, make_snapshot=snapshot, clock=clock)
        await service.reload(load_catalog(settings.config_dir, settings.recipients_file))
        while (now := clock()) < until:
            await service.tick()
            await service.settle()
            roster, later = service.snapshot.roster, now + timedelta(hours=3)
            frozen.move_to(next_due(roster, since=now, until=later, seed=settings.seed) or later)
        nudges = [
            n for n in ledger.run(lambda t: t.nudges.recent(since=begin, limit=1000)) if n.state is NudgeState.SENT
        ]
        thread.close()
    check_mail(settings.maildir, nudges)
    return {
        (n.key.schedule, date_of(n, zone)): (
            n.due.strftime("%Y-%m-%dT%H:%M:%SZ"),
            n.decision.channel.value,
            n.decision.message,
            n.decision.rendered.text,
        )
        for n in nudges
    }


def date_of(nudge, zone):
    """The key of a hello has no date."""
    return str(nudge.due.astimezone(ZoneInfo(zone)).date() if nudge.key.schedule == WELCOME else nudge.key.local_date)


def check_mail(maildir, nudges):
    """Every nudge is a mail in the Maildir, dated to the minute at which it was due."""
    mails = [message_from_bytes(path.read_bytes(), policy=policy.default) for path in (maildir / "new").iterdir()]
    dates = sorted(mail["Date"].datetime.astimezone(UTC).replace(second=0) for mail in mails)
    assert dates == sorted(n.due.replace(second=0, microsecond=0) for n in nudges)
