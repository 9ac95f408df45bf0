"""A throw-away machine whose PID 1 is a real systemd: systemd-nspawn over a small Debian tree.

The tree is made once, by debootstrap, and kept in a cache; each machine writes to an overlay of its own that is thrown
away. It has no network but its own loopback. Every step has a time limit, and the machine dies with the test process.
"""

import contextlib
import fcntl
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

# Not NUDGER_...: nudger refuses settings that it does not know.
CACHE = Path(os.environ.get("SYSTEM_TEST_CACHE") or "/var/cache/nudger-tests")
SUITE = "bookworm"
PACKAGES = "systemd,systemd-sysv,dbus,libnss-systemd,python3,python3-venv,make,tzdata"
"""No procps among them: a reload must work without /bin/kill."""

QUIET_UNITS = (
    "getty.target console-getty.service systemd-logind.service systemd-timesyncd.service systemd-firstboot.service "
    "systemd-networkd.service systemd-networkd.socket apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer "
    "e2scrub_all.timer e2scrub_reap.service fstrim.timer"
)
"""Nothing here is for them to do, and some would slow the boot."""

BUILD_LIMIT_S = 2700
"""How long making the tree may take: a minute on an idle machine, a quarter of an hour and more on a busy one."""

POWER_OFF = signal.SIGRTMIN + 4
"""What systemd as PID 1 takes as: start poweroff.target."""


def what_is_missing() -> str | None:
    """Say why no machine can be had here, or None."""
    if os.geteuid() != 0:
        return "needs root"
    tools = {"debootstrap": "debootstrap", "systemd-nspawn": "systemd-container", "nsenter": "util-linux"}
    missing = [package for tool, package in tools.items() if not shutil.which(tool)]
    if missing:
        return f"needs {' and '.join(missing)} (apt install)"
    if not debian_mirror():
        return "no Debian mirror among apt's sources"
    return None


def debian_mirror() -> str | None:
    """Find the mirror that this machine's own packages come from."""
    listing = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(ORIGIN) $(COMPONENT) $(REPO_URI)", "Created-By: Packages"],
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    origins = (line.split() for line in listing.stdout.splitlines())
    return next((uri for origin, component, uri in origins if (origin, component) == ("Debian", "main")), None)


@contextlib.contextmanager
def locked(name: str) -> Iterator[None]:
    """Let one process at a time write to the cache."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def tree() -> Path:
    """Give the Debian tree; made at the first call (about a minute)."""
    recipe = hashlib.sha256(f"{SUITE} {PACKAGES} {QUIET_UNITS}".encode()).hexdigest()[:12]
    made = CACHE / f"tree-{SUITE}-{recipe}"
    with locked("tree"):
        if not made.exists():
            fresh = made.with_suffix(".new")
            _clear(fresh)
            try:
                _debootstrap(fresh)
                _tidy(fresh)
            except BaseException:
                _clear(fresh)
                raise
            fresh.rename(made)
    return made


def _clear(folder: Path) -> None:
    """Remove what a tree that was cut off left behind: debootstrap mounts proc and sys in it, and they stay mounted."""
    for mounted in sorted(_mounts_below(folder), reverse=True):
        subprocess.run(["umount", "--lazy", str(mounted)], check=False, timeout=30)
    still = _mounts_below(folder)
    assert not still, f"unmount by hand, then try again: {still}"
    if folder.exists():
        shutil.rmtree(folder)


def _mounts_below(folder: Path) -> list[Path]:
    """Return where something is mounted in a folder; /proc/self/mountinfo writes a space as \\040."""
    lines = Path("/proc/self/mountinfo").read_text().splitlines()
    points = [Path(line.split()[4].replace("\\040", " ")) for line in lines]
    return [point for point in points if point.is_relative_to(folder)]


def _debootstrap(into: Path) -> None:
    command = ["debootstrap", "--variant=minbase", f"--include={PACKAGES}", SUITE, str(into), str(debian_mirror())]
    done = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, timeout=BUILD_LIMIT_S
    )
    assert done.returncode == 0, f"debootstrap failed:\n{done.stdout[-2000:]}"


def _tidy(root: Path) -> None:
    shutil.rmtree(root / "var/cache/apt/archives")
    shutil.rmtree(root / "var/lib/apt/lists")
    (root / "etc/hostname").write_text("nudgertest\n")
    (root / "etc/hosts").write_text("127.0.0.1 localhost nudgertest\n::1 localhost\n")
    (root / "etc/resolv.conf").write_text("")
    (root / "etc/machine-id").write_text("")  # empty: a fresh id at each boot, without first-boot questions
    journald = root / "etc/systemd/journald.conf.d/tests.conf"
    journald.parent.mkdir(parents=True)
    journald.write_text("[Journal]\nStorage=volatile\nRateLimitBurst=0\n")
    for unit in QUIET_UNITS.split():
        (root / "etc/systemd/system" / unit).symlink_to("/dev/null")


def wheels(*lock_files: Path) -> Path:
    """Give a folder with every wheel of some lock files, for the tree's Python; downloaded at the first call."""
    text = b"".join(file.read_bytes() for file in lock_files)
    made = CACHE / f"wheels-{hashlib.sha256(text).hexdigest()[:12]}"
    with locked("wheels"):
        if not made.exists():
            fresh = made.with_suffix(".new")
            shutil.rmtree(fresh, ignore_errors=True)
            pip = [sys.executable, "-m", "pip", "download", "-qq", "--disable-pip-version-check"]
            target = ["--python-version=3.11", "--only-binary=:all:", "--require-hashes"]
            locks = [f"--requirement={file}" for file in lock_files]
            subprocess.run([*pip, *target, *locks, f"--dest={fresh}"], check=True, timeout=600)
            fresh.rename(made)
    return made


@dataclass(frozen=True, slots=True)
class Machine:
    """A booted machine, and how to do things in it."""

    leader: int
    """Its PID 1, as this machine sees it."""

    def run(
        self, *command: str, check: bool = True, timeout: float = 60, **environment: str
    ) -> subprocess.CompletedProcess[str]:
        """Run a command as root inside. Its output comes back as text, standard error included."""
        inside = ["nsenter", f"--target={self.leader}", "--mount", "--uts", "--ipc", "--net", "--pid", "--cgroup"]
        clean = ["env", "-i", "PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C.UTF-8", "HOME=/root"]
        variables = [f"{name}={value}" for name, value in environment.items()]
        done = subprocess.run(
            [*inside, *clean, *variables, *command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=timeout,
        )
        if check:
            assert done.returncode == 0, f"{' '.join(command)}: exit status {done.returncode}\n{done.stdout}"
        return done

    def says(self, *command: str) -> str:
        """Run a command that must succeed, and give what it printed."""
        return self.run(*command).stdout.strip()

    def path(self, inside: str) -> Path:
        """Give a file of the machine as a path out here."""
        return Path(f"/proc/{self.leader}/root{inside}")


@contextlib.contextmanager
def booted(*, copies: dict[str, Path], shows: dict[str, Path]) -> Iterator[Machine]:
    """Boot a machine. `copies` are folders put into it, `shows` are folders it may read (path inside: path here)."""
    with contextlib.ExitStack() as stack:
        run = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="nudger-machine-", dir="/var/tmp")))
        for name in ("upper", "work", "root"):
            (run / name).mkdir()
        for inside, folder in copies.items():
            shutil.copytree(folder, f"{run}/upper{inside}", ignore=shutil.ignore_patterns(".*", "__pycache__", "var"))
        cgroups = stack.enter_context(_own_cgroup())
        with (run / "console").open("w") as console:
            command = _nspawn(run, shows, cgroups)
            nspawn = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=console, stderr=console)
        stack.callback(_end, nspawn)
        yield _wait_for_boot(nspawn, run / "console")


def _nspawn(run: Path, shows: dict[str, Path], cgroups: list[Path]) -> list[str]:
    # setpriv: killed when the test process dies. unshare: the overlay is mounted for this process alone, and goes with it.
    overlay = f"lowerdir={tree()},upperdir={run}/upper,workdir={run}/work"
    join = [f"echo 0 >{group}/cgroup.procs" for group in cgroups]
    mount_and_go = " && ".join([*join, f"mount -t overlay -o {overlay} overlay {run}/root", 'exec "$@"'])
    binds = [f"--bind-ro={folder}:{inside}" for inside, folder in shows.items()]
    return [
        *["setpriv", "--pdeathsig=KILL", "unshare", "--mount"],
        *["sh", "-c", mount_and_go, "sh"],
        *["systemd-nspawn", "--quiet", "--boot", f"--directory={run}/root", "--machine=nudgertest"],
        *["--register=no", "--keep-unit", "--console=pipe", "--private-network", "--resolv-conf=off", "--timezone=off"],
        *["--link-journal=no", "--settings=no", "--kill-signal=SIGRTMIN+4"],
        # The unit's own sandbox needs these, as it has them on a real machine.
        *["--capability=CAP_SYS_RESOURCE,CAP_BPF,CAP_PERFMON,CAP_IPC_LOCK,CAP_SYSLOG"],
        *["--system-call-filter=bpf @keyring", *binds],
    ]


@contextlib.contextmanager
def _own_cgroup() -> Iterator[list[Path]]:
    """Make a control group that systemd-nspawn may divide up; without one it would do so at the root."""
    top = Path("/sys/fs/cgroup")
    hierarchies = [top] if (top / "cgroup.procs").exists() else [top / "unified", top / "systemd"]
    groups = [path / f"nudger-machine-{os.getpid()}" for path in hierarchies if path.exists()]
    for group in groups:
        group.mkdir(exist_ok=True)
    try:
        yield groups
    finally:
        for group in groups:
            _remove_group(group)


def _remove_group(group: Path) -> None:
    """Remove a control group and all below it, deepest first; the kernel may need a moment to let go."""
    below = [path for path in group.rglob("*") if path.is_dir()]
    for path in [*sorted(below, reverse=True), group]:
        for _ in range(30):
            with contextlib.suppress(OSError):
                path.rmdir()
                break
            time.sleep(0.1)


def _wait_for_boot(nspawn: subprocess.Popen[bytes], console: Path, limit: float = 60) -> Machine:
    give_up = time.monotonic() + limit
    while time.monotonic() < give_up and nspawn.poll() is None:
        leader = _leader(nspawn.pid)
        if leader and Path(f"/proc/{leader}/root/run/systemd/private").exists():
            machine = Machine(leader)
            machine.run("systemctl", "is-system-running", "--wait", timeout=limit)
            return machine
        time.sleep(0.05)
    raise AssertionError(f"the machine did not boot:\n{console.read_text()}")


def _leader(nspawn: int) -> int | None:
    """Find PID 1 of the machine: the first child of systemd-nspawn, once that has become systemd."""
    with contextlib.suppress(OSError, IndexError):
        child = int(Path(f"/proc/{nspawn}/task/{nspawn}/children").read_text().split()[0])
        if Path(f"/proc/{child}/comm").read_text() == "systemd\n":
            return child
    return None


def _end(nspawn: subprocess.Popen[bytes]) -> None:
    """Switch the machine off: kindly, and if that takes too long, not."""
    leader = _leader(nspawn.pid)
    if leader:
        os.kill(leader, POWER_OFF)
    try:
        nspawn.wait(timeout=20)
    except subprocess.TimeoutExpired:
        nspawn.kill()  # PID 1 of the machine is tied to it, and all its processes to that
        nspawn.wait(timeout=20)
