"""The service on a real systemd 252, put there by `make install`, as an administrator would live with it.

The tests share one machine and run in this order; each leaves the service running, but for the last two.
"""

import hashlib
import re
import time
from pathlib import Path

import pytest

from tests.system import systemd_machine
from tests.system.conftest import skip_if

pytestmark = pytest.mark.system

ROOT = Path(__file__).parents[2]
MAILBOX = "/var/lib/nudger/mail/new"
MOST_EXPOSURE = 1.5
PERSON = """recipients:
  - id: p1
    name: Zebedee
    time_zone: UTC
    email: canary.zebedee@example.org
    sms: "+15005550006"
    prefer: email
    quiet_hours: none
"""
PRIVATE = ("Zebedee", "canary", "5005550006")
"""Words about the person. None may ever be in the journal."""

SCHEDULE = """schedules:
  - {{id: {id}, to: everyone, when: {{at: "08:00", starts: 2090-01-01}}}}
"""
"""Far away, so that the welcome is the only nudge in these tests."""

MANY = "schedules:\n" + "".join(SCHEDULE.format(id=f"m{n}").partition("\n")[2] for n in range(6))
ANOTHER = "  - {id: p2, name: Zebedee, time_zone: UTC, email: canary.second@example.org, quiet_hours: none}\n"


@pytest.fixture(scope="module")
def machine():
    skip_if(systemd_machine.what_is_missing())
    wheels = systemd_machine.wheels(ROOT / "requirements.lock", ROOT / "requirements-build.lock")
    with systemd_machine.booted(copies={"/srv/nudger": ROOT}, shows={"/srv/wheels": wheels}) as booted:
        yield booted


@pytest.fixture(autouse=True)
def _journal_of_this_test(machine):
    """Show, beside a failure, what the service wrote during the test."""
    since = time.time()
    yield
    print(machine.run("journalctl", "--unit=nudger", f"--since=@{since:.0f}", "--no-pager", check=False).stdout)


def make(machine, target):
    offline = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": "/srv/wheels"}
    return machine.run("make", "-C", "/srv/nudger", target, timeout=300, **offline).stdout


def write(machine, path, text):
    machine.path(path).write_text(text)
    machine.run("chown", "root:nudger", path)
    machine.run("chmod", "640", path)


def show(machine, name):
    return machine.says("systemctl", "show", "nudger", f"--property={name}", "--value")


def eventually(condition, what, limit=20):
    give_up = time.monotonic() + limit
    while not condition():
        assert time.monotonic() < give_up, f"not within {limit} s: {what}"
        time.sleep(0.1)


def mails(machine):
    return sorted(machine.path(MAILBOX).glob("*"))


def journal(machine):
    return machine.says("journalctl", "--unit=nudger", "--no-pager", "--output=cat")


def fingerprint(machine, folder):
    """Sum up every file of a folder: names, modes, owners, contents."""
    listing = machine.says("find", folder, "-printf", "%p %m %u %g\n")
    files = machine.says("find", folder, "-type", "f", "-exec", "sha256sum", "{}", "+")
    return hashlib.sha256("\n".join(sorted(f"{listing}\n{files}".splitlines())).encode()).hexdigest()


def test_make_install_says_what_to_do_next_and_starts_nothing(machine):
    said = make(machine, "install")

    assert "systemctl enable --now nudger" in said
    assert machine.run("systemctl", "is-active", "nudger", check=False).stdout.strip() == "inactive"
    assert machine.says("stat", "--format=%a %U:%G", "/etc/nudger") == "750 root:nudger"
    assert machine.says("stat", "--format=%a %U:%G", "/etc/nudger/credentials") == "700 root:root"
    wide = machine.says(
        "find", "/etc/nudger", "-type", "f", "(", "-not", "-perm", "640", "-o", "-not", "-group", "nudger", ")"
    )
    assert wide == ""


def test_the_service_has_what_it_needs_and_nothing_else(machine):
    listed = machine.says("/opt/nudger/bin/python", "-m", "pip", "list", "--format=freeze").splitlines()
    locked = re.findall(r"^([a-z0-9-]+)==", (ROOT / "requirements.lock").read_text(), re.MULTILINE)

    there = {re.sub("[_.]", "-", line.partition("==")[0].lower()) for line in listed}
    assert there == {*locked, "nudger", "pip"}
    machine.run("/opt/nudger/bin/python", "-m", "pip", "check")
    assert machine.says("find", "/tmp", "-mindepth", "1", "-maxdepth", "1", "-name", "tmp.*") == ""


def test_the_starter_configuration_is_right(machine):
    machine.run("nudger", "check")


ROOTS_OWN = "/root/a folder"
TABLE = "id,time_zone,email,joined\nana,UTC,canary.ana@example.org,2090-01-01\n"


def in_roots_own(machine, command):
    """Run a line of a shell as root, in a folder that nobody else may enter."""
    return machine.run("sh", "-c", f"umask 077; mkdir -p '{ROOTS_OWN}'; cd '{ROOTS_OWN}'; {command}", check=False)


def test_what_the_installation_says_next_works_in_roots_own_home(machine):
    done = in_roots_own(machine, "nudger check && nudger preview --days 2")
    assert (done.returncode, "No mistakes" in done.stdout) == (0, True)


def test_a_table_that_only_root_can_read_is_imported_before_the_first_start(machine):
    in_roots_own(machine, f"printf '{TABLE}' >'the people.csv'")
    for words in ("--dry-run 'the people.csv'", "'the people.csv'"):
        done = in_roots_own(machine, f"nudger recipients import {words}")
        assert (done.returncode, done.stdout.splitlines()[0]) == (0, "1 new, 0 changed, 0 same.")
    assert "1 same" in in_roots_own(machine, "nudger recipients import - <'the people.csv'").stdout
    assert machine.says("find", "/var/lib/nudger", "-not", "-user", "nudger") == ""


def test_a_mistake_in_roots_table_is_told_under_its_own_name(machine):
    done = in_roots_own(machine, "printf 'id,email\\nana,nobody\\n' >bad.csv; nudger recipients import bad.csv")
    assert (done.returncode, "bad.csv:2:5:" in done.stdout) == (1, True)
    assert "none.csv cannot be read" in in_roots_own(machine, "nudger recipients import none.csv").stdout


def test_what_is_written_is_roots_or_a_line_says_why_not(machine):
    done = in_roots_own(machine, "nudger recipients export --output out.csv && stat -c '%a %U' out.csv && cat out.csv")
    assert "1 person written.\n600 root\nid,name," in done.stdout
    refused = in_roots_own(machine, "nudger decisions export --output /no/where.csv")
    assert (refused.returncode, refused.stdout) == (1, "nudger: /no/where.csv cannot be written\n")


def test_the_exit_status_comes_through_and_a_folder_that_is_gone_does_not_matter(machine):
    assert in_roots_own(machine, "nudger prevew").returncode == 2
    gone = in_roots_own(machine, "mkdir gone; cd gone; rmdir ../gone; nudger status")
    assert (gone.returncode, "not running" in gone.stdout) == (0, True)


def test_a_command_that_systemd_cannot_start_says_so(machine):
    machine.run("mv", "/etc/nudger/credentials", "/etc/nudger/elsewhere")
    done = machine.run("nudger", "status", check=False)
    machine.run("mv", "/etc/nudger/elsewhere", "/etc/nudger/credentials")
    assert (done.returncode, "systemd could not start this command" in done.stdout) == (1, True)


def test_the_unit_is_sound(machine):
    assert machine.says("systemd-analyze", "verify", "--man=no", "nudger.service") == ""


def test_little_is_exposed(machine):
    verdict = machine.says("systemd-analyze", "security", "--no-pager", "nudger.service").splitlines()[-1]

    exposure = re.search(r"exposure level for nudger.service: ([\d.]+)", verdict)
    assert exposure, verdict
    assert float(exposure[1]) <= MOST_EXPOSURE


def test_start_returns_when_it_serves(machine):
    machine.run("sh", "-c", "rm -r /etc/nudger/schedules/*")
    write(machine, "/etc/nudger/schedules/one.yaml", SCHEDULE.format(id="one"))
    write(machine, "/etc/nudger/recipients.yaml", PERSON)

    machine.run("systemctl", "enable", "--now", "nudger")

    assert show(machine, "ActiveState") == "active"
    assert show(machine, "StatusText").startswith("1 schedule")


def test_the_welcome_is_sent(machine):
    eventually(lambda: mails(machine), "a mail in the mailbox")

    (mail,) = mails(machine)
    assert "canary.zebedee@example.org" in mail.read_text()


def test_what_it_keeps_is_private(machine):
    assert machine.says("stat", "--format=%a %U:%G", "/var/lib/nudger") == "700 nudger:nudger"
    assert machine.says("find", "/var/lib/nudger", "-not", "-user", "nudger") == ""
    assert machine.says("find", "/var/lib/nudger", "-type", "f", "-not", "-perm", "600") == ""
    assert machine.says("find", "/var/lib/nudger", "-type", "d", "-not", "-perm", "700") == ""


def test_the_administrators_command_sees_what_the_service_sees(machine):
    assert "running" in machine.says("nudger", "status")
    assert machine.says("find", "/var/lib/nudger", "-not", "-user", "nudger") == ""


def test_reload_takes_a_good_file(machine):
    write(machine, "/etc/nudger/schedules/two.yaml", SCHEDULE.format(id="two"))
    process = show(machine, "MainPID")

    machine.run("systemctl", "reload", "nudger")

    eventually(lambda: show(machine, "StatusText").startswith("2 schedules"), "two schedules in the status")
    assert "configuration taken" in journal(machine)
    assert show(machine, "MainPID") == process


def test_reload_leaves_a_wrong_file_and_goes_on(machine):
    write(machine, "/etc/nudger/schedules/two.yaml", "schedules:\n  - {id: two, too: everyone}\n")
    process = show(machine, "MainPID")

    machine.run("systemctl", "reload", "nudger")

    eventually(lambda: "was not taken" in show(machine, "StatusText"), "a status that says so")
    assert show(machine, "StatusText").startswith("2 schedules")
    assert (show(machine, "ActiveState"), show(machine, "MainPID")) == ("active", process)
    assert "two.yaml:2" in journal(machine)

    write(machine, "/etc/nudger/schedules/two.yaml", SCHEDULE.format(id="two"))
    machine.run("systemctl", "reload", "nudger")
    eventually(lambda: "was not taken" not in show(machine, "StatusText"), "the mended file being taken")


def test_a_change_is_noticed_without_a_signal(machine):
    """The files are looked at every five seconds, and taken once they are left alone from one look to the next."""
    process = show(machine, "MainPID")

    write(machine, "/etc/nudger/schedules/many.yaml", MANY)

    eventually(lambda: show(machine, "StatusText").startswith("8 schedules"), "eight schedules in the status", limit=15)
    assert show(machine, "MainPID") == process


def test_a_halved_file_is_refused_and_taken_by_force(machine):
    write(machine, "/etc/nudger/schedules/many.yaml", "".join(MANY.splitlines(keepends=True)[:3]))

    eventually(lambda: "was not taken" in show(machine, "StatusText"), "a status that says so", limit=15)
    assert show(machine, "StatusText").startswith("8 schedules")
    assert "4 of 8 schedules are gone" in journal(machine)
    refused = machine.run("nudger", "reload", check=False)
    assert refused.returncode != 0
    assert "4 of 8 schedules are gone" in refused.stdout

    taken = machine.says("nudger", "reload", "--force")

    assert "schedules removed: m2, m3, m4, m5" in taken
    eventually(lambda: re.match("4 schedules[^(]*$", show(machine, "StatusText")), "four schedules, and nothing wrong")


def test_on_hold_nobody_hears_anything_until_the_release(machine):
    machine.run("nudger", "hold", "the wrong words")
    write(machine, "/etc/nudger/recipients.yaml", PERSON + ANOTHER)
    assert "people: 1 added" in machine.says("nudger", "reload")
    assert "the wrong words" in machine.says("nudger", "status")
    time.sleep(2)  # the welcome would come with the reload
    assert len(mails(machine)) == 1

    assert "go out again" in machine.says("nudger", "release")

    eventually(lambda: len(mails(machine)) == 2, "the welcome that waited", limit=40)  # a tick comes every 30 seconds
    (welcome,) = (mail for mail in mails(machine) if "canary.second" in mail.read_text())
    welcome.unlink()
    write(machine, "/etc/nudger/recipients.yaml", PERSON)
    assert "people: 1 removed" in machine.says("nudger", "reload")


def test_killed_it_comes_back_and_welcomes_nobody_twice(machine):
    process, ticks = show(machine, "MainPID"), show(machine, "WatchdogTimestampMonotonic")

    machine.run("systemctl", "kill", "--signal=KILL", "--kill-who=main", "nudger")

    eventually(lambda: show(machine, "MainPID") not in (process, "0"), "another process")
    eventually(lambda: show(machine, "ActiveState") == "active", "active again")
    eventually(lambda: show(machine, "WatchdogTimestampMonotonic") not in (ticks, "0"), "a tick")
    assert show(machine, "NRestarts") == "1"
    time.sleep(2)  # a second welcome would come with the first ticks
    assert len(mails(machine)) == 1


def test_a_credential_reaches_the_settings(machine):
    """Half a pair of settings is refused by name: so the half that is there was read."""
    machine.path("/etc/nudger/credentials/twilio_auth_token").write_text("canary-token")

    refused = machine.run("systemctl", "restart", "nudger", check=False)

    assert refused.returncode != 0
    assert "NUDGER_TWILIO_AUTH_TOKEN" in journal(machine)
    assert "canary-token" not in journal(machine)

    machine.path("/etc/nudger/credentials/twilio_auth_token").unlink()
    machine.run("systemctl", "restart", "nudger")
    assert show(machine, "ActiveState") == "active"


def test_hung_it_is_restarted_by_the_watchdog(machine):
    """Ticks feed the watchdog, 30 seconds apart; the unit's own 90 seconds would only make this test longer."""
    machine.path("/etc/systemd/system/nudger.service.d").mkdir()
    machine.path("/etc/systemd/system/nudger.service.d/test.conf").write_text("[Service]\nWatchdogSec=34\n")
    machine.run("systemctl", "daemon-reload")
    machine.run("systemctl", "restart", "nudger")
    process = show(machine, "MainPID")

    machine.run("systemctl", "kill", "--signal=STOP", "--kill-who=main", "nudger")

    eventually(lambda: show(machine, "MainPID") not in (process, "0"), "another process", limit=60)
    eventually(lambda: show(machine, "ActiveState") == "active", "active again")
    assert "Watchdog timeout" in machine.says("journalctl", "--unit=nudger", "--no-pager")
    assert len(mails(machine)) == 1


def test_an_upgrade_leaves_configuration_and_data_alone(machine):
    before = fingerprint(machine, "/etc/nudger")
    process = show(machine, "MainPID")
    left_over = machine.path("/opt/nudger/lib/python3.11/site-packages/needed_before-1.dist-info")
    left_over.mkdir()
    (left_over / "METADATA").write_text("Metadata-Version: 2.1\nName: needed-before\nVersion: 1\n")
    (left_over / "INSTALLER").write_text("pip\n")
    (left_over / "RECORD").write_text("needed_before-1.dist-info/METADATA,,\n")

    said = make(machine, "install")

    assert "systemctl restart nudger" in said
    assert fingerprint(machine, "/etc/nudger") == before
    assert show(machine, "MainPID") == process
    assert not (left_over / "METADATA").exists()
    assert len(mails(machine)) == 1


def test_stop_takes_less_than_ten_seconds(machine):
    began = time.monotonic()

    machine.run("systemctl", "stop", "nudger")

    assert time.monotonic() - began < 10
    assert show(machine, "Result") == "success"
    assert show(machine, "ExecMainStatus") == "0"


def test_the_journal_never_said_who_or_what(machine):
    (mail,) = mails(machine)
    said = [line for line in mail.read_text().partition("\n\n")[2].splitlines() if len(line) > 20 and "=" not in line]
    everything = machine.says("journalctl", "--no-pager", "--output=export")

    assert said
    assert [word for word in (*PRIVATE, *said) if word in everything] == []


def test_uninstall_keeps_configuration_and_data(machine):
    before = fingerprint(machine, "/etc/nudger")

    make(machine, "uninstall")

    assert not machine.path("/opt/nudger").exists()
    assert fingerprint(machine, "/etc/nudger") == before
    assert len(mails(machine)) == 1
    assert "not be found" in machine.run("systemctl", "status", "nudger", check=False).stdout
