"""No edit ends the service: what cannot be taken is said, and the configuration before it goes on."""

import asyncio

from structlog.testing import capture_logs

from nudger.config.settings.read import load_settings
from nudger.config.starter import write_starter
from nudger.daemon.configuration import Configuration
from nudger.storage.fact_codecs import RELOADED
from nudger.storage.thread import LedgerThread


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
