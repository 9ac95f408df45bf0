"""A tree that was cut off while it was made is no obstacle to the next one."""

import os
import subprocess

import pytest

from tests.system import systemd_machine

pytestmark = pytest.mark.system


def test_what_a_cut_off_debootstrap_left_mounted_is_cleared_away(tmp_path):
    if os.geteuid() != 0:
        pytest.skip("needs root")
    left = tmp_path / "tree of mine.new"
    (left / "proc").mkdir(parents=True)
    (left / "etc").mkdir()
    subprocess.run(["mount", "-t", "proc", "proc", left / "proc"], check=True, timeout=30)

    systemd_machine._clear(left)

    assert not left.exists()
    assert systemd_machine._mounts_below(left) == []
    systemd_machine._clear(left)
