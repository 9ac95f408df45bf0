"""The local channel: a Maildir that mail programs read, and a box that is shown once."""

import asyncio
import errno
import mailbox
import os
import stat
from pathlib import Path
from typing import Any

import pytest

from nudger.channels.local.maildir import Local
from nudger.domain.deliveries import Receipt
from nudger.domain.messages import Rendered
from nudger.domain.vocabulary import Channel
from nudger.errors import Effect
from tests.channels.make import ask, failure_of, outgoing_message, run


class Screen:
    def __init__(self) -> None:
        self.shown: list[str] = []

    def __call__(self, text: str) -> None:
        self.shown.append(text)


def make_local(folder: Path, **values: Any) -> Local:
    return Local(**({"maildir": folder / "mail", "write": None} | values))


def test_it_writes_a_mail_that_a_mail_program_reads(tmp_path: Path) -> None:
    run(make_local(tmp_path, sender="Kind notes", contact="help@example.org").send(outgoing_message()))
    (message,) = mailbox.Maildir(tmp_path / "mail", create=False)
    assert message["Subject"] == "A small hello"
    assert message["From"] == '"Kind notes" <nudger@localhost>'
    assert message["To"] == '"Sam" <sam@example.org>'
    assert [part.get_content_type() for part in message.walk()][1:] == ["text/plain", "text/html"]


def test_it_writes_text_messages_as_mails_too(tmp_path: Path) -> None:
    run(make_local(tmp_path).send(outgoing_message(Channel.SMS)))
    (message,) = mailbox.Maildir(tmp_path / "mail", create=False)
    assert message["Subject"] == "SMS"
    assert message["To"] == '"Sam" <+14135550123@sms.invalid>'
    assert message.get_payload(decode=True) == b"You are allowed to rest.\n"


def test_it_shows_the_nudge_in_a_box(tmp_path: Path) -> None:
    screen = Screen()
    run(make_local(tmp_path, write=screen).send(outgoing_message()))
    (shown,) = screen.shown
    assert shown.startswith("┌ email to Sam ───")
    assert "│ A small hello " in shown
    assert "│ You are allowed to rest. " in shown


def test_it_shows_text_messages_without_a_subject(tmp_path: Path) -> None:
    screen = Screen()
    run(make_local(tmp_path, write=screen, plain=True).send(outgoing_message(Channel.SMS, name=None)))
    assert screen.shown[0].splitlines()[:2] == [
        "+ sms to you " + "-" * 50 + "+",
        "| You are allowed to rest.".ljust(63) + "|",
    ]


def test_without_a_screen_nothing_is_shown(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    run(make_local(tmp_path).send(outgoing_message()))
    assert capfd.readouterr() == ("", "")


def test_a_second_try_neither_writes_nor_shows_again(tmp_path: Path) -> None:
    screen = Screen()
    local = make_local(tmp_path, write=screen)
    outgoing = outgoing_message()
    run(local.send(outgoing))
    (path,) = (tmp_path / "mail" / "new").iterdir()
    before = path.stat()
    assert run(local.send(outgoing)) == Receipt(provider="local")
    assert path.stat() == before
    assert len(screen.shown) == 1


def test_many_tries_at_once_leave_one_whole_mail(tmp_path: Path) -> None:
    local = make_local(tmp_path)
    outgoing = outgoing_message()

    async def story() -> None:
        await asyncio.gather(*(local.send(outgoing) for _ in range(20)))

    run(story())
    assert len(list((tmp_path / "mail").glob("*/*"))) == 1


def test_a_mail_that_was_read_and_moved_is_still_known(tmp_path: Path) -> None:
    local, outgoing = make_local(tmp_path), outgoing_message()
    run(local.send(outgoing))
    (path,) = (tmp_path / "mail" / "new").iterdir()
    path.rename(tmp_path / "mail" / "cur" / f"{path.name}:2,RS")
    assert run(ask(local, outgoing)) == (Receipt(provider="local"),)
    run(local.send(outgoing))
    assert not list((tmp_path / "mail" / "new").iterdir())


def test_looking_up_tells_what_is_there(tmp_path: Path) -> None:
    local, outgoing = make_local(tmp_path), outgoing_message()
    assert run(ask(local, outgoing)) == ()
    run(local.send(outgoing))
    assert run(ask(local, outgoing)) == (Receipt(provider="local"),)
    assert run(ask(local, outgoing_message(nudge="f" * 32))) == ()


def test_what_a_crash_left_half_written_is_written_again(tmp_path: Path) -> None:
    local, outgoing = make_local(tmp_path), outgoing_message()
    (tmp_path / "mail" / "tmp").mkdir(parents=True)
    half = tmp_path / "mail" / "tmp" / f"{outgoing.nudge}.eml"
    half.write_text("From: half a ma" * 1000)
    assert run(ask(local, outgoing)) == ()
    run(local.send(outgoing))
    assert not half.exists()
    assert (tmp_path / "mail" / "new" / half.name).read_bytes().startswith(b'From: "nudger" <nudger@localhost>\r\n')


def test_nobody_else_may_read_it(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        run(make_local(tmp_path).send(outgoing_message()))
    finally:
        os.umask(before)
    modes = {stat.S_IMODE(path.stat().st_mode) for path in [tmp_path / "mail", *(tmp_path / "mail").iterdir()]}
    (path,) = (tmp_path / "mail" / "new").iterdir()
    assert modes == {0o700}
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_it_follows_no_link_that_somebody_laid(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("precious")
    (tmp_path / "mail" / "tmp").mkdir(parents=True)
    (tmp_path / "mail" / "tmp" / f"{outgoing_message().nudge}.eml").symlink_to(victim)
    run(failure_of(make_local(tmp_path).send(outgoing_message())))
    assert victim.read_text() == "precious"


@pytest.mark.parametrize(
    "trouble", [OSError(errno.EIO, "gone"), ValueError("closed"), UnicodeEncodeError("a", "b", 0, 1, "c")]
)
def test_a_terminal_that_went_away_does_not_undo_the_mail(tmp_path: Path, trouble: Exception) -> None:
    def broken(_: str) -> None:
        raise trouble

    assert run(make_local(tmp_path, write=broken).send(outgoing_message())) == Receipt(provider="local")


@pytest.mark.parametrize(
    ("number", "effect"),
    [
        (errno.ENOSPC, Effect.TRY_AGAIN),
        (errno.EMFILE, Effect.TRY_AGAIN),
        (errno.EACCES, Effect.CHANNEL_DOWN),
        (errno.EROFS, Effect.CHANNEL_DOWN),
    ],
)
def test_the_disks_trouble_has_its_effect(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, effect: Effect
) -> None:
    def fail(*_: object) -> None:
        raise OSError(number, os.strerror(number), "/home/sam/mail")

    monkeypatch.setattr("nudger.channels.local.maildir._write_through", fail)
    error = run(failure_of(make_local(tmp_path).send(outgoing_message())))
    assert (error.code, error.effect) == (errno.errorcode[number], effect)


def test_an_id_cannot_leave_the_maildir(tmp_path: Path) -> None:
    error = run(failure_of(make_local(tmp_path).send(outgoing_message(nudge="../../escaped"))))
    assert error.effect is Effect.GIVE_UP
    assert not list(tmp_path.rglob("*escaped*"))
    assert not run(ask(make_local(tmp_path), outgoing_message(nudge="a\0b")))


def test_odd_words_are_no_trouble(tmp_path: Path) -> None:
    words = Rendered(text="\x00\x1b[2J.\r\n.\ud800 漢", subject="a\r\nb")
    assert run(make_local(tmp_path, write=Screen()).send(outgoing_message(rendered=words))) == Receipt(provider="local")
