"""No edit ends the service: what cannot be taken is said, and the configuration before it goes on."""

import asyncio

from structlog.testing import capture_logs

from nudger.config.settings.read import load_settings
from nudger.config.starter import write_starter
from nudger.daemon.configuration import Configuration
from nudger.use_cases.stop_and_go import RELOADED


class Broken:
    """A service that meets a fault of its own in a new configuration."""

    async def adopt(self, catalog):
        raise RecursionError("sam@example.org")


class Kept:
    """Where word is left for `nudger status`."""

    def __init__(self):
        self.words = []

    async def run(self, work):
        work(self)

    def remember(self, key, word):
        self.words.append((key, word))

    def recall(self, key):
        return {}


def test_a_fault_met_in_a_new_configuration_leaves_the_old_one_at_work(tmp_path):
    write_starter(tmp_path, time_zone="UTC")
    configuration, kept = Configuration(load_settings(config_dir=tmp_path)), Kept()
    before = configuration.catalog
    with capture_logs() as lines:
        asyncio.run(configuration.reload(Broken(), kept))
    assert configuration.catalog is before
    assert [(line["log_level"], line["event"]) for line in lines] == [("error", "configuration not taken")]
    assert "RecursionError" in lines[0]["problem"]
    assert "sam@example.org" not in str(lines)  # what a fault says may name a person
    ((key, word),) = kept.words
    assert key == RELOADED
    assert not word["taken"]
