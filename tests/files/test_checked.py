"""What a check remembers: nothing that could make it say that all is well when it is not."""

import os
import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest

from nudger.files import checked

ROOT = Path(__file__).parents[2]
TODAY = date(2026, 11, 25)
FOUND = checked.Spotless(15, 603, 32)


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    folder = tmp_path / "cache"
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder))
    return folder / "nudger" / "checked"


@pytest.fixture
def config(tmp_path):
    for name in ("schedules", "messages"):
        shutil.copytree(ROOT / name, tmp_path / "config" / name)
    (tmp_path / "config" / "recipients.yaml").write_text("recipients: []\n")
    return tmp_path / "config"


def digest(config, today=TODAY):
    return checked.digest_of(config, config / "recipients.yaml", today)


def test_what_was_kept_is_recalled_and_nothing_else(config):
    assert checked.recall(digest(config)) is None
    checked.keep(digest(config), FOUND)
    assert checked.recall(digest(config)) == FOUND
    assert checked.recall(digest(config, TODAY + timedelta(days=1))) is None


def test_the_folder_may_move(config, tmp_path):
    before = digest(config)
    config.rename(tmp_path / "elsewhere")
    assert digest(tmp_path / "elsewhere") == before


def _edit(config):
    path = config / "messages" / "journal.yaml"
    status = path.stat()
    path.write_text(path.read_text().replace("a", "b", 1))
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def _move_a_line_to_the_next_file(config):
    one, two = config / "schedules" / "everyday.yaml", config / "schedules" / "limits.yaml"
    text = one.read_text() + two.read_text()
    one.write_text(text[:-1])
    two.write_text(text[-1:])


CHANGES = {
    "an edit, of the same size at the same time": _edit,
    "a new file": lambda config: (config / "messages" / "new.yaml").write_text(""),
    "a new name": lambda config: (config / "messages" / "journal.yaml").rename(config / "messages" / "diary.yaml"),
    "no such file any more": lambda config: (config / "schedules" / "limits.yaml").unlink(),
    "the same text, parted elsewhere": _move_a_line_to_the_next_file,
    "a file in a folder inside": lambda config: shutil.copytree(config / "schedules", config / "messages" / "old"),
    "other people": lambda config: (config / "recipients.yaml").write_text("recipients:\n"),
    "nobody": lambda config: (config / "recipients.yaml").unlink(),
    "crisis lines": lambda config: (config / "crisis_lines.yaml").write_text("crisis_lines: []\n"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_every_change_asks_for_a_new_look(config, change):
    before = digest(config)
    change(config)
    assert digest(config) not in {before, None}


@pytest.mark.parametrize("what", ["code", "library"])
def test_new_code_looks_anew(config, tmp_path, monkeypatch, what):
    code, library = tmp_path / "code", tmp_path / "site-packages"
    for folder in (code, library):
        folder.mkdir()
    monkeypatch.setattr(checked, "_CODE", code)
    monkeypatch.syspath_prepend(str(library))
    before = digest(config)
    assert digest(config) == before
    ((code if what == "code" else library) / "new.py").write_text("")
    assert digest(config) != before


def _pipe(config):
    os.mkfifo(config / "messages" / "pipe.yaml")


UNREADABLE = {
    "no folder": lambda config: shutil.rmtree(config / "messages"),
    "too large": lambda config: (config / "messages" / "big.yaml").write_bytes(bytes(2_000_000)),
    "no ordinary file": _pipe,
    "a broken link": lambda config: (config / "messages" / "link.yaml").symlink_to("nowhere"),
}


@pytest.mark.parametrize("harm", UNREADABLE.values(), ids=UNREADABLE.keys())
def test_what_cannot_be_read_stands_for_nothing(config, harm):
    harm(config)
    assert digest(config) is None


def test_a_few_are_kept_the_newest(cache):
    names = [f"{number:064}" for number in range(30)]
    for name in (*names, names[15]):
        checked.keep(name, FOUND)
    assert [checked.recall(name) is not None for name in names] == [False] * 10 + [True] * 20
    assert cache.stat().st_mode & 0o777 == 0o600
    assert len(list(cache.parent.iterdir())) == 1


@pytest.mark.parametrize("text", [b"", b"\xff\xfe", b"{0}", b"{0} many", b"{0} 1 2", b"{0} 1 2 3 4", b"\0" * 100])
def test_whatever_stands_in_the_cache_is_survived(config, cache, text):
    name = digest(config)
    cache.parent.mkdir(parents=True)
    cache.write_bytes(text.replace(b"{0}", name.encode()))
    assert checked.recall(name) is None
    checked.keep(name, FOUND)
    assert checked.recall(name) == FOUND


def test_where_nothing_can_be_kept_nothing_is_said(monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", os.devnull)
    checked.keep("0" * 64, FOUND)
    assert checked.recall("0" * 64) is None


def test_without_a_folder_of_that_name_it_is_at_home(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    monkeypatch.setenv("HOME", str(tmp_path))
    checked.keep("0" * 64, FOUND)
    assert (tmp_path / ".cache" / "nudger" / "checked").is_file()
