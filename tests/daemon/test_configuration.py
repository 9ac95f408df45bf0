"""No edit ends the service: what cannot be taken is said, and the configuration before it goes on."""

import asyncio
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from nudger.config.settings.read import load_settings
from nudger.config.starter import write_starter
from nudger.daemon.configuration import ConfigWatcher
from nudger.domain.vocabulary import Channel
from nudger.storage.daemon_id import name_daemon
from nudger.storage.fact_codecs import FORCE_RELOAD, RELOADED, SERVING
from nudger.storage.thread import LedgerThread
from nudger.use_cases.serve import Service
from nudger.wiring.clock import clock
from nudger.wiring.reading import make_snapshot
from tests.daemon.running import PEOPLE, SECRETS, messages, schedules, write_home
from tests.fakes import FakeChannel


class Broken:
    """A service that meets a fault of its own in a new configuration."""

    async def reload(self, catalog):
        raise RecursionError("sam@example.org")


def test_a_fault_met_in_a_new_configuration_leaves_the_old_one_at_work(ledger, tmp_path):
    write_starter(tmp_path, time_zone="UTC")
    configuration, thread = ConfigWatcher(load_settings(config_dir=tmp_path)), LedgerThread(ledger)
    before = configuration.catalog
    with capture_logs() as lines:
        asyncio.run(configuration.reload(Broken(), thread))
    assert configuration.catalog is before
    assert [(line["log_level"], line["event"]) for line in lines] == [("error", "configuration not taken")]
    assert "RecursionError" in lines[0]["problem"]
    assert "sam@example.org" not in str(lines)  # what a fault says may name a person
    (word,) = ledger.run(lambda t: t.facts.by_daemon(RELOADED)).values()
    assert not word.taken


def serve(settings, ledger):
    """Return a service as a daemon would make it, with nobody to send by."""
    snapshot = make_snapshot(settings, ledger.installation)
    return Service(LedgerThread(ledger), [], make_snapshot=snapshot, clock=clock)


async def reloaded(configuration, service, ledger):
    """Reload, and return the lines that the journal got."""
    with capture_logs() as lines:
        await configuration.reload(service, LedgerThread(ledger))
    return [(line["event"], line.get("problem") or line.get("removed")) for line in lines]


@pytest.fixture
def homes(tmp_path):
    """Two folders with the same files, each with its own state, as of two machines that share a ledger."""
    made = [write_home(tmp_path / name) for name in ("one", "other")]
    for home in made:
        (home / "state").mkdir()
    return made


CUT = "3 of 4 schedules are gone. If that is meant: nudger reload --force"


def test_the_word_of_force_is_for_one_daemon_of_those_that_share_a_ledger_and_for_one_reload(ledger, homes):
    async def story():
        settings = [load_settings(config_dir=home) for home in homes]
        daemons = [(ConfigWatcher(each), serve(each, ledger)) for each in settings]
        for configuration, service in daemons:
            await service.reload(configuration.catalog)
        one, other = (name_daemon(each.state) for each in settings)
        assert one != other
        for home in homes:
            (home / "schedules/all.yaml").write_text(schedules("noon"))
        ledger.run(lambda t: t.facts.put(FORCE_RELOAD.of(one), clock()))
        assert await reloaded(*daemons[1], ledger) == [("configuration not taken", CUT)]
        assert await reloaded(*daemons[0], ledger) == [("configuration taken", "morning,afternoon,evening")]
        assert await reloaded(*daemons[1], ledger) == [("configuration not taken", CUT)]
        said = ledger.run(lambda t: t.facts.by_daemon(RELOADED))
        assert {name: (word.taken, word.lines[0]) for name, word in said.items()} == {
            one: (True, "schedules removed: morning, afternoon, evening"),
            other: (False, CUT),
        }
        assert [len(configuration.catalog.schedules) for configuration, _ in daemons] == [1, 4]
        assert [len(service.snapshot.schedules) for _, service in daemons] == [1, 4]

    asyncio.run(story())


def test_the_word_of_force_does_not_outlive_five_minutes(ledger, homes):
    async def story():
        settings = load_settings(config_dir=homes[0])
        configuration, service = ConfigWatcher(settings), serve(settings, ledger)
        await service.reload(configuration.catalog)
        (homes[0] / "schedules/all.yaml").write_text(schedules("noon"))
        given = clock() - timedelta(minutes=6)
        ledger.run(lambda t: t.facts.put(FORCE_RELOAD.of(name_daemon(settings.state)), given))
        assert await reloaded(configuration, service, ledger) == [("configuration not taken", CUT)]
        assert ledger.run(lambda t: t.facts.by_daemon(FORCE_RELOAD)) == {}

    asyncio.run(story())


def test_each_daemon_says_for_itself_what_it_serves(ledger, homes):
    async def story():
        thread = LedgerThread(ledger)
        for home, channels in zip(homes, ({}, {Channel.SMS: FakeChannel(provider="twilio")}), strict=True):
            await ConfigWatcher(load_settings(config_dir=home)).tell(thread, channels)
        said = ledger.run(lambda t: t.facts.by_daemon(SERVING))
        assert sorted(str(word.providers) for word in said.values()) == sorted(["{}", str({Channel.SMS: "twilio"})])

    asyncio.run(story())


def test_a_file_in_the_middle_of_being_written_is_left_alone_until_it_is_done(homes, monkeypatch):
    monkeypatch.setattr("nudger.daemon.configuration.LOOK", timedelta(milliseconds=100))

    async def story():
        configuration, changed = ConfigWatcher(load_settings(config_dir=homes[0])), asyncio.Event()
        watch = asyncio.create_task(configuration.watch(changed))
        for count in range(1, 8):
            (homes[0] / "messages/kind.yaml").write_text(messages(*(f"new{n}" for n in range(count))))
            await asyncio.sleep(0.05)
            assert not changed.is_set()
        await asyncio.wait_for(changed.wait(), timeout=10)
        watch.cancel()

    asyncio.run(story())


def test_what_does_not_work_in_the_coming_year_is_said_and_of_people_the_place_alone(ledger, homes):
    (homes[0] / "schedules/all.yaml").write_text(schedules("night", at="23:30"))
    people = PEOPLE.replace("quiet_hours: none}", "pause: until 2035-01-01}", 1).replace(
        "quiet_hours: none", "language: en"
    )
    (homes[0] / "recipients.yaml").write_text(people)

    async def story():
        settings = load_settings(config_dir=homes[0])
        configuration, service = ConfigWatcher(settings), serve(settings, ledger)
        await service.reload(configuration.catalog)
        with capture_logs() as lines:
            await configuration.look_ahead(service.snapshot)
        return lines

    lines = asyncio.run(story())
    assert {(line["log_level"], line["event"]) for line in lines} == {("warning", "configuration")}
    said = sorted(line["problem"].removeprefix(f"{homes[0]}/") for line in lines)
    assert said == [
        "recipients.yaml:2:78: see `nudger check`",
        (
            "schedules/all.yaml:2:55: warning: in the coming year nobody gets anything of 'night': always in quiet hours "
            "(21:00-08:00) (schedules › night › when › at). Give it a time from 08:00 on and before 21:00, or late: 9 hours, "
            "and it comes at 08:00."
        ),
    ]
    assert not [secret for secret in (*SECRETS, "2035") if secret in str(lines)]
