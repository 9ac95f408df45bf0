"""kill -9 in the middle of a busy minute, in short form; by hand, `kill_campaign.py --kills 50 --settle` is the whole."""

import pytest

from tests.system.kill_campaign import campaign

pytestmark = pytest.mark.system


def test_a_service_killed_again_and_again_doubles_nothing_and_loses_nothing(tmp_path):
    result = campaign(kills=10, slots=600, seed=7, settle=False, folder=tmp_path)
    assert result["doubles"] == 0
    assert set(result["missing"]) <= {"unknown", "pending"}
    assert result["held"] > 500
