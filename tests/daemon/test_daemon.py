"""A service in one process, with real parts: it starts, reloads what was edited or nothing of it, and stops."""

import asyncio
import re
import signal
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from nudger.storage.lock import running_service
from tests.daemon.running import FOUR, PEOPLE, SECRETS, messages, running, schedules, write_home

LOOK = timedelta(milliseconds=50)
AS_BEFORE = "4 schedules, 10 messages, 2 people; configuration of "


@pytest.fixture
def home(tmp_path):
    return write_home(tmp_path / "home")


def play(home, monkeypatch, story):
    """Let a story happen to a running service; return the lines of its journal."""

    async def told():
        async with running(home, monkeypatch) as service:
            await story(service)

    with capture_logs() as lines:
        asyncio.run(asyncio.wait_for(told(), timeout=60))
    assert not [secret for secret in SECRETS if secret in str(lines)]
    return lines


def about_configuration(lines):
    """Return the journal's lines about reloads, but for warnings: level, event, and what they say."""
    fields = ("log_level", "event")
    return [
        (
            line["log_level"],
            line["event"],
            {name: value for name, value in line.items() if name not in fields and value},
        )
        for line in lines
        if line["event"].startswith(("configuration", "ledger")) and line["log_level"] != "warning"
    ]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_starts_says_hello_and_stops_well(home, monkeypatch, number):
    async def story(service):
        assert service.began.startswith(AS_BEFORE)
        assert running_service(service.settings.state) is not None
        async with asyncio.timeout(20):  # a stop begins nothing: what it says first goes out before
            while len(list(service.settings.maildir.rglob("*.eml"))) < 2:  # noqa: ASYNC110 - files tell nobody
                await asyncio.sleep(0.02)
        await service.stop(number)
        assert service.task.exception() is None
        assert running_service(service.settings.state) is None
        assert len(list(service.settings.maildir.rglob("*.eml"))) == 2

    lines = play(home, monkeypatch, story)
    assert about_configuration(lines) == []
    assert [line["event"] for line in lines if line["log_level"] in ("error", "critical")] == []


def test_a_good_edit_is_taken_and_what_it_changes_is_said(home, monkeypatch):
    async def story(service):
        (home / "schedules/all.yaml").write_text(schedules(*FOUR[:3], "night"))
        (home / "messages/kind.yaml").write_text(messages(*(f"m{n}" for n in range(8)), "fresh"))
        (home / "recipients.yaml").write_text(PEOPLE.replace("id: kim", "id: lee").replace("Samantha", "Sammy"))
        assert (await service.hang_up()).startswith("4 schedules, 10 messages, 2 people; configuration of ")

    said = about_configuration(play(home, monkeypatch, story))
    changes = {"added": "night", "removed": "evening", "messages": 2}
    people = {"people_added": 1, "people_removed": 1, "people_changed": 1}
    (level, event, fields) = said[0]
    assert (level, event, {name: fields.get(name) for name in changes | people}) == (
        "info",
        "configuration taken",
        changes | people,
    )
    assert fields["coming"] > 0
    assert len(said) == 1


def test_a_reload_by_command_says_what_it_did(home, monkeypatch):
    async def story(service):
        (home / "schedules/all.yaml").write_text(schedules(*FOUR, "night"))
        taken = await service.reload()
        assert (taken.exit_code, taken.stdout.splitlines()[:1]) == (0, ["schedules added: night"])
        assert re.fullmatch(r"nudges of the next seven days that differ: \d+", taken.stdout.splitlines()[1])
        nothing = await service.reload()
        assert (nothing.exit_code, nothing.stdout) == (0, "nothing changed\n")

    play(home, monkeypatch, story)


def test_a_mistake_is_refused_whole_and_the_configuration_before_goes_on(home, monkeypatch):
    async def story(service):
        (home / "schedules/all.yaml").write_text(schedules(*FOUR, "night").replace("08:30", "8 o'clock", 1))
        (home / "messages/kind.yaml").write_text(messages("m0").replace("self-kindness", "kindness"))
        after = await service.hang_up()
        assert after.startswith(AS_BEFORE)
        assert after.endswith("(a newer one has 2 errors and was not taken: nudger check)")
        told = await service.reload()
        assert (told.exit_code, str(told.exception)) == (1, "not taken; the service goes on as before")
        assert len(told.stdout.splitlines()) == 2
        (home / "schedules/all.yaml").write_text(schedules(*FOUR, "night"))
        (home / "messages/kind.yaml").write_text(messages(*(f"m{n}" for n in range(9))))
        assert (await service.hang_up()).startswith("5 schedules, 10 messages, 2 people; configuration of ")
        status = await service.command("status")
        assert "was not taken" not in status.stdout

    said = about_configuration(play(home, monkeypatch, story))
    assert [(level, event) for level, event, _ in said] == [("error", "configuration not taken")] * 4 + [
        ("info", "configuration taken")
    ]
    assert [fields["problem"] for _, _, fields in said[:2]] == [
        (
            f"{home}/schedules/all.yaml:2:57: '8 o'clock' is no time of day (schedules › morning › when › at). "
            'Write "08:00".'
        ),
        (
            f"{home}/messages/kind.yaml:4:25: 'kindness' is no component (messages › m0 › component). "
            "Known: self-kindness, common-humanity, mindfulness. Did you mean 'self-kindness'?"
        ),
    ]


def test_of_a_mistake_about_a_person_the_journal_has_the_place_alone(home, monkeypatch):
    async def story(service):
        (home / "recipients.yaml").write_text(PEOPLE.replace("email: sam@", "email: sam@@"))
        after = await service.hang_up()
        assert after.endswith("(a newer one has 1 error and was not taken: nudger check)")

    said = about_configuration(play(home, monkeypatch, story))
    assert [(level, event) for level, event, _ in said] == [("error", "configuration not taken")]
    assert said[0][2] == {"problem": f"{home}/recipients.yaml:2:54: see `nudger check`"}


def test_files_that_lost_most_of_themselves_need_the_word_of_force_and_it_counts_once(home, monkeypatch):
    gone = "3 of 4 schedules are gone. If that is meant: nudger reload --force"
    people = "2 of 2 people are gone. If that is meant: nudger reload --force"

    async def story(service):
        (home / "schedules/all.yaml").write_text(schedules("noon"))
        after = await service.hang_up()
        assert after.startswith(AS_BEFORE)
        assert after.endswith("(a newer one has 1 error and was not taken: nudger check)")
        refused = await service.reload()
        assert (refused.exit_code, refused.stdout) == (1, f"{gone}\n")
        taken = await service.reload("--force")
        assert (taken.exit_code, taken.stdout.splitlines()[0]) == (0, "schedules removed: morning, afternoon, evening")
        (home / "recipients.yaml").write_text("recipients: []\n")
        again = await service.reload()
        assert (again.exit_code, again.stdout) == (1, f"{people}\n")

    said = about_configuration(play(home, monkeypatch, story))
    assert [(level, event, fields.get("problem")) for level, event, fields in said] == [
        ("error", "configuration not taken", gone),
        ("error", "configuration not taken", gone),
        ("info", "configuration taken", None),
        ("error", "configuration not taken", people),
    ]


def test_an_edit_is_noticed_without_a_signal(home, monkeypatch):
    monkeypatch.setattr("nudger.daemon.configuration.LOOK", LOOK)

    async def story(service):
        (home / "schedules/all.yaml").write_text(schedules(*FOUR, "night"))
        assert (await service.told("READY=1"))[1].startswith("STATUS=5 schedules")

    assert [event for _, event, _ in about_configuration(play(home, monkeypatch, story))] == ["configuration taken"]
