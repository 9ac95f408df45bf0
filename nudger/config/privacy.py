"""Who can read a file that holds secrets, or people."""

import os
import shlex
import stat
from collections.abc import Iterator
from pathlib import Path

from nudger.errors import Problem


def remark_on_mode(path: Path, why: str) -> Iterator[Problem]:
    """Yield a warning where others than its owner can read a file; `why` says what that means.

    A file of root's for a group of the service's (as `make install` leaves them) is meant to be like that; so is a
    group that has the name of its one member.
    """
    try:
        status = path.stat()
    except OSError:
        return
    if not stat.S_ISREG(status.st_mode):
        return  # a folder or a device is no such file, as is said where it is read, and its mode is not to be changed
    if status.st_mode & stat.S_IROTH:
        who = "everybody on this machine"
    elif status.st_mode & stat.S_IRGRP and status.st_uid != 0 and not _is_own_group(status):
        who = "the file's group"
    else:
        return
    remedy = "640" if status.st_uid == 0 and status.st_gid != 0 else "600"
    what = f"{who} can read this file, and {why}"
    yield Problem(
        file=str(path), line=0, column=0, what=what, expected=f"chmod {remedy} {shlex.quote(str(path))}", warning=True
    )


def _is_own_group(status: os.stat_result) -> bool:
    # Cold start: hardly any file gets here.
    import grp  # noqa: PLC0415
    import pwd  # noqa: PLC0415

    try:
        group, owner = grp.getgrgid(status.st_gid), pwd.getpwuid(status.st_uid)
    except KeyError:
        return False
    return group.gr_name == owner.pw_name and not set(group.gr_mem) - {owner.pw_name}
