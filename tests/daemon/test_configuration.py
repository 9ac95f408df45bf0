"""No edit ends the service: what cannot be taken is said, and the configuration before it goes on."""

import asyncio

from structlog.testing import capture_logs

from nudger.config.settings.read import load_settings
from nudger.config.starter import write_starter
from nudger.daemon.configuration import Configuration
from nudger.domain.facts import DaemonId
from nudger.storage.daemon_id import name_daemon
from nudger.storage.fact_codecs import FORCE_RELOAD, RELOADED
from nudger.storage.thread import LedgerThread
from nudger.use_cases.serve import Service
from nudger.wiring.clock import clock
from nudger.wiring.reading import make_agenda


class Broken:
    """A service that meets a fault of its own in a new configuration."""

    async def adopt(self, catalog):
        raise RecursionError("sam@example.org")


def test_a_fault_met_in_a_new_configuration_leaves_the_old_one_at_work(ledger, tmp_path):
    write_starter(tmp_path, time_zone="UTC")
    configuration, thread = Configuration(load_settings(config_dir=tmp_path)), LedgerThread(ledger)
    before = configuration.catalog
    with capture_logs() as lines:
        asyncio.run(configuration.reload(Broken(), thread))
    assert configuration.catalog is before
    assert [(line["log_level"], line["event"]) for line in lines] == [("error", "configuration not taken")]
    assert "RecursionError" in lines[0]["problem"]
    assert "sam@example.org" not in str(lines)  # what a fault says may name a person
    (word,) = ledger.run(lambda t: t.facts.by_daemon(RELOADED)).values()
    assert not word.taken


def test_the_word_of_force_counts_once_and_for_the_daemon_it_was_given_to(ledger, tmp_path):
    write_starter(tmp_path, time_zone="UTC")
    settings = load_settings(config_dir=tmp_path)
    configuration = Configuration(settings)
    settings.state.mkdir()
    daemon, moment = name_daemon(settings.state), clock()

    async def reload(given_to):
        thread = LedgerThread(ledger)
        service = Service(thread, [], make_agenda=make_agenda(settings, ledger.installation), clock=clock)
        await service.adopt(configuration.catalog)
        ledger.run(lambda t: t.facts.put(FORCE_RELOAD.of(given_to), moment))
        await configuration.reload(service, thread)
        return ledger.run(lambda t: t.facts.of_daemon(RELOADED, daemon))

    for path in sorted((tmp_path / "schedules").glob("*.yaml"))[1:]:
        path.unlink()
    for given_to, taken in (("another", False), (daemon, True)):
        with capture_logs():
            word = asyncio.run(reload(DaemonId(given_to)))
        assert (word.taken, any("schedules are gone" in line for line in word.lines)) == (taken, not taken), word
    assert ledger.run(lambda t: t.facts.by_daemon(FORCE_RELOAD)) == {"another": moment}
