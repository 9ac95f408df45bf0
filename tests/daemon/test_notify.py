"""What systemd is told, over a real socket."""

import socket
from datetime import timedelta

import pytest

from nudger.daemon.notify import Notifier


@pytest.fixture(params=["path", "abstract"])
def listener(request, tmp_path):
    address = str(tmp_path / "notify") if request.param == "path" else f"@nudger-test-{tmp_path.name}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as receiver:
        receiver.bind(address if request.param == "path" else "\0" + address[1:])
        receiver.settimeout(5)
        yield address, lambda: receiver.recv(4096).decode().split("\n")


def test_each_word_arrives_as_systemd_wants_it(listener):
    address, heard = listener
    notifier = Notifier({"NOTIFY_SOCKET": address})
    notifier.starting(within=timedelta(minutes=1))
    assert heard() == ["EXTEND_TIMEOUT_USEC=60000000"]
    notifier.ready("2 people")
    assert heard() == ["READY=1", "STATUS=2 people"]
    notifier.reloading()
    first, second = heard()
    assert first == "RELOADING=1"
    assert int(second.removeprefix("MONOTONIC_USEC=")) > 0
    notifier.alive()
    assert heard() == ["WATCHDOG=1"]
    notifier.status("a\nb")
    assert heard() == ["STATUS=a b"]
    notifier.stopping()
    assert heard()[0] == "STOPPING=1"


def test_nobody_listening_is_no_trouble():
    Notifier({}).ready("x")
    Notifier({"NOTIFY_SOCKET": "/nowhere/at/all"}).ready("x")
