"""`make` as a person at a terminal meets it: stopped while it installs, and gone on with."""

import os
import pty
import shutil
import signal
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SLOW_PYTHON = f"""#!/bin/sh
exec {sys.executable} -c 'import time; print("under way", flush=True); time.sleep(60)'
"""
QUICK_PYTHON = """#!/bin/sh
echo "$@" >>asked
"""

pytestmark = pytest.mark.skipif(not shutil.which("make"), reason="needs make")


@pytest.fixture
def project(tmp_path):
    """A project whose virtual environment has a pip that takes its time, and something cut off half-way."""
    shutil.copy(ROOT / "Makefile", tmp_path)
    shutil.copytree(ROOT / "systemd", tmp_path / "systemd")
    for name in ("requirements.lock", "requirements-build.lock", "pyproject.toml"):
        (tmp_path / name).write_text("")
    for name, marks in {"whole-1.dist-info": ["METADATA", "INSTALLER"], "half-1.dist-info": ["METADATA"]}.items():
        folder = tmp_path / "venv/lib/python3/site-packages" / name
        folder.mkdir(parents=True)
        for mark in marks:
            (folder / mark).write_text("")
    (tmp_path / "venv/bin").mkdir()
    (tmp_path / "venv/bin/pip").write_text("")
    (tmp_path / "scratch").mkdir()
    write_python(tmp_path, SLOW_PYTHON)
    return tmp_path


def write_python(project, text):
    python = project / "venv/bin/python"
    python.write_text(text)
    python.chmod(0o755)


def at_a_terminal(folder, *command, stop_at=None, limit=50):
    """Run a command at a terminal; press Ctrl-C when it says something. Give what was shown, and its wait status."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(folder)
        # Not as a part of the make that may have started these tests.
        ours = {name: value for name, value in os.environ.items() if name not in {"MAKELEVEL", "MAKEFLAGS", "MFLAGS"}}
        os.execvpe(command[0], command, {**ours, "TMPDIR": f"{folder}/scratch", "LC_ALL": "C"})
    shown, began = b"", time.monotonic()
    os.set_blocking(terminal, False)
    while time.monotonic() - began < limit:
        try:
            piece = os.read(terminal, 4096)
        except BlockingIOError:
            time.sleep(0.01)
            continue
        except OSError:
            break
        shown += piece
        if stop_at and stop_at in shown:
            os.write(terminal, b"\x03")
            stop_at = None
    else:
        os.kill(pid, signal.SIGKILL)
    os.close(terminal)
    return shown.decode().replace("\r\n", "\n"), os.waitpid(pid, 0)[1]


def test_stopped_while_it_installs_it_says_one_line_and_leaves_nothing_behind(project):
    shown, status = at_a_terminal(project, "make", "VENV=venv", "run", stop_at=b"under way\r\n")

    assert shown == "under way\n^C\nStopped; `make run` goes on where it was.\n"
    assert os.WTERMSIG(status) == signal.SIGINT
    assert list(project.glob("venv/stamp*")) == []
    assert list(project.glob("scratch/*")) == []


def test_what_was_cut_off_half_way_is_installed_again_and_the_rest_is_not(project):
    write_python(project, QUICK_PYTHON)
    (project / "venv/bin/nudger").write_text("#!/bin/sh\necho hello\n")
    (project / "venv/bin/nudger").chmod(0o755)

    shown, status = at_a_terminal(project, "make", "VENV=venv", "run")
    again, _ = at_a_terminal(project, "make", "VENV=venv", "run")

    assert (shown, status) == ("Installing what nudger needs ...\nhello\n", 0)
    assert again == "hello\n"
    assert [folder.name for folder in project.glob("venv/lib/*/*/*")] == ["whole-1.dist-info"]
    assert len((project / "asked").read_text().splitlines()) == 3


def test_a_failure_of_pip_is_an_error_of_make(project):
    write_python(project, "#!/bin/sh\necho no such version >&2\nexit 1\n")

    shown, status = at_a_terminal(project, "make", "VENV=venv", "wheel")

    assert shown.startswith("no such version\nmake: *** [")
    assert os.WEXITSTATUS(status) == 2
