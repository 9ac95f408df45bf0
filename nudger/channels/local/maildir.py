"""The local channel: each nudge as a mail in a Maildir, and as a box on the terminal. It needs no account.

The name of the file comes from the nudge's id, so a second try finds what the first one left.
"""

import asyncio
import errno
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Lock

from nudger.channels.local.terminal import box
from nudger.channels.smtp import mime
from nudger.domain.deliveries import Found, OutgoingMessage, Receipt
from nudger.domain.tongues import tongue_of
from nudger.domain.vocabulary import Channel
from nudger.errors import DeliveryError, Effect

_ADDRESS = "nudger@localhost"
_PASSING = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EMFILE, errno.ENFILE, errno.EINTR, errno.EAGAIN})


class Local:
    """Writes SMS and email alike to a Maildir; `write`, where given, gets each nudge as a box to show.

    `sender` is the name of who writes. `write` is None where words must not be shown, as under systemd, whose
    journal would keep them. `plain` draws the box with ASCII.
    """

    provider = "local"
    identity = ""
    concurrency = 4
    can_be_asked = True

    def __init__(
        self,
        *,
        maildir: Path,
        write: Callable[[str], None] | None,
        sender: str = "nudger",
        contact: str | None = None,
        plain: bool = False,
    ) -> None:
        self._maildir = maildir
        self._write = write
        self._one_at_a_time = Lock()
        self._plain = plain
        self._head = mime.Letterhead(name=sender, address=_ADDRESS, service_name=sender, contact=contact)

    async def send(self, outgoing: OutgoingMessage) -> Receipt:
        """Write the mail, then show it; a mail that is there already is neither written nor shown again.

        Raises DeliveryError, and nothing else, when it could not be written.
        """
        mail = _mail(outgoing, self._head)
        try:
            fresh = await asyncio.to_thread(self._store, _file_name(outgoing), mail)
        except OSError as error:
            effect = Effect.TRY_AGAIN if error.errno in _PASSING else Effect.CHANNEL_DOWN
            raise DeliveryError(errno.errorcode.get(error.errno or 0, "OSError"), effect) from None
        if fresh and self._write is not None:
            with suppress(OSError, ValueError):  # a terminal that went away does not undo the mail
                self._write(_shown(outgoing, plain=self._plain))
        return Receipt(provider=self.provider)

    async def find(self, outgoing: OutgoingMessage) -> Found:
        """Return a receipt if the mail is in the Maildir, read or unread. Raises DeliveryError."""
        try:
            found = await asyncio.to_thread(_is_stored, self._maildir, _file_name(outgoing))
        except (OSError, ValueError):
            raise DeliveryError("cannot_tell", Effect.UNCERTAIN) from None
        return Found(same=(Receipt(provider=self.provider),) if found else ())

    async def close(self) -> None:
        """Nothing is kept open."""

    def _store(self, name: str, mail: bytes) -> bool:
        with self._one_at_a_time:  # two tries of one nudge would write into one file
            return _store(self._maildir, name, mail)


def _mail(outgoing: OutgoingMessage, head: mime.Letterhead) -> bytes:
    build = mime.build_note if outgoing.channel is Channel.SMS else mime.build_mail
    return build(outgoing, head)


def _file_name(outgoing: OutgoingMessage) -> str:
    return f"{outgoing.nudge}.eml"


def _shown(outgoing: OutgoingMessage, *, plain: bool) -> str:
    words = "\n".join(filter(None, [outgoing.rendered.subject, outgoing.rendered.text]))
    tongue = tongue_of(outgoing.language)
    return box(tongue.to_somebody[outgoing.channel].format(name=outgoing.name or tongue.you), words, plain=plain)


def _is_stored(maildir: Path, name: str) -> bool:
    """Look in new/, and in cur/ where a mail program adds its flags to the name (`:2,S`)."""
    if (maildir / "new" / name).exists():
        return True
    with suppress(FileNotFoundError), os.scandir(maildir / "cur") as seen:
        return any(entry.name.partition(":")[0] == name for entry in seen)
    return False


def _store(maildir: Path, name: str, mail: bytes) -> bool:
    """Write by the Maildir rules: into tmp/, to the disk, then renamed into new/. Return False if it was there."""
    for folder in (maildir, maildir / "tmp", maildir / "new", maildir / "cur"):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if _is_stored(maildir, name):
        return False
    _write_through(maildir / "tmp" / name, mail)
    (maildir / "tmp" / name).replace(maildir / "new" / name)
    _sync(maildir / "new")
    return True


def _write_through(path: Path, mail: bytes) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW
    with open(os.open(path, flags, 0o600), "wb") as file:  # noqa: PTH123 - a descriptor, for its mode
        file.write(mail)
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
