"""No environment is a bug: whatever is set, a command ends with 0, 1 or 2, and shows no part of a secret."""

import os
import time
from random import Random
from unittest import mock

import pytest

from nudger.config.settings.read import load_settings
from nudger.wiring.sending import make_channels
from tests.cli.test_commands import nudger
from tests.odd_environments import leaked, odd_environment, write_small

COMMANDS = (
    ["check"],
    ["status"],
    ["preview", "--days", "2"],
    ["recipients", "list"],
    ["check", "--format", "json"],
    ["explain"],
)


@pytest.fixture
def small(tmp_path, monkeypatch):
    """A small installation, and a folder for credentials; what `main` does to this process is undone."""
    home = tmp_path / "home"
    write_small(home)
    (tmp_path / "credentials").mkdir()
    monkeypatch.chdir(home)
    yield home
    time.tzset()


@pytest.mark.parametrize("seed", range(8))
def test_no_environment_is_a_bug(small, seed):
    rng = Random(seed)
    for _ in range(12):
        odd = odd_environment(rng)
        variables = odd.lay_out(small, small.parent / "credentials")
        words = rng.choice(COMMANDS)
        done = nudger(small, *words, **variables)
        assert done.returncode in (0, 1, 2), (odd, done)
        assert "Traceback" not in done.stderr, (odd, done)
        assert not leaked(done.stdout + done.stderr), (odd, done)


@pytest.mark.parametrize("seed", range(100, 106))
def test_what_check_passes_can_send(small, seed):
    """The ways out are made of the same settings, and refuse none that check has passed."""
    rng = Random(seed)
    for _ in range(15):
        variables = odd_environment(rng).lay_out(small, small.parent / "credentials")
        if nudger(small, "check", **variables).returncode == 0:
            with mock.patch.dict(os.environ, variables):
                make_channels(load_settings(config_dir=small, to_send=True), show=None)
