"""kill -9 in the middle of a busy minute, in short form; by hand, `kill_campaign.py --kills 300` is the whole."""

import pytest

from tests.system.kill_campaign import campaign

pytestmark = pytest.mark.system


def test_a_service_killed_again_and_again_doubles_no_text_loses_nothing_and_says_what_became_of_each(tmp_path):
    result = campaign(kills=12, slots=600, seed=7, folder=tmp_path)
    assert result["ok"], result
    assert result["slots"]["sms"] > 250
