"""Whole days, told as stories: each document of scenarios/*.yaml is a promise, lived through in simulated time.

A scenario has a `name`, `people`, `schedules`, perhaps `limits` and `messages`, a `start`, and a `story`. What stands in
these is read as from the operator's files (tests/spoken.py says what need not be said). Each step lives to the instant `at`, does what `do` says, and compares with what `then` expects. Times that are `sent` or
`waiting` are in the person's own zone: `09:00 ana walk`; `12-24 09:00 ana walk by sms saying m3`.
"""

import asyncio
import re
from datetime import UTC, date, datetime
from itertools import pairwise
from pathlib import Path

import pytest
import yaml
from sqlalchemy import select

from nudger.config.values import scalars
from nudger.domain.catalog import Catalog
from nudger.domain.nudges import WELCOME
from nudger.domain.recipients import Pause, ended
from nudger.prose.reasons import english
from nudger.storage.tables import events
from nudger.use_cases.hold import (
    discard_held,
    hold_everything,
    release_everything,
    release_held,
    sending_blocked,
)
from tests import spoken
from tests.stage import Stage

FOLDER = Path(__file__).parent / "scenarios"
SCENARIOS = [
    pytest.param(scenario, id=f"{path.stem}: {scenario['name']}")
    for path in sorted(FOLDER.glob("*.yaml"))
    for scenario in yaml.load_all(path.read_text(encoding="utf-8"), yaml.BaseLoader)
]


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_the_day_goes_as_told(tmp_path, scenario):
    asyncio.run(asyncio.wait_for(Story(tmp_path, spoken.Keys(scenario)).play(), timeout=60))


def instant(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    assert moment.tzinfo is not None, f"{text} needs an offset"
    return moment.astimezone(UTC)


class Story:
    def __init__(self, path, keys):
        self.name = keys.take("name")
        self.people = {each["id"]: each for each in keys.pop("people")}
        self.schedules = {each["id"]: each for each in keys.pop("schedules")}
        self.limits = keys.pop("limits", None)
        self.messages = spoken.described(keys.pop("messages", "60"))
        self.hello = keys.take("hello") == "yes"
        self.steps = [spoken.Keys(step) for step in keys.pop("story")]
        self.stage = Stage(path, catalog=self.catalog(), start=instant(keys.pop("start")))
        self.told = 0
        keys.done(self.name)

    def catalog(self) -> Catalog:
        return spoken.catalog(
            people=self.people.values(),
            schedules=self.schedules.values(),
            messages=self.messages,
            limits=self.limits,
            hello=self.hello,
        )

    async def play(self):
        await self.stage.open()
        await self.stage.tick()
        for number, step in enumerate(self.steps, start=1):
            await self.live(step)
            for key, wanted in step.take("then", dict, {}).items():
                found = getattr(self, f"found_{key}")(wanted)
                where = f"{self.name}\n  step {number}, {self.stage.clock.now:%Y-%m-%d %H:%M} UTC: {key}"
                assert found == wanted, f"{where}\n  expected {wanted}\n  found    {found}"
            self.told = len(self.stage.sent)
            step.done(f"{self.name}, step {number}")
        self.check_always()
        await self.stage.close()

    async def live(self, step):
        moment, deeds = instant(step.take("at")), step.pop("do", {})
        assert moment >= self.now, f"{self.name}: {moment} is over"
        await self.stage.until(moment)
        for verb, what in ({deeds: ""} if isinstance(deeds, str) else deeds).items():
            await getattr(self, "do_" + verb.replace(" ", "_"))(what)
        await self.stage.tick()

    def check_always(self):
        """What holds in every story: nobody gets one nudge twice, whatever happened."""
        ids = [sent.outgoing.nudge for sent in self.stage.sent if not sent.nudge or not sent.nudge.possible_duplicate]
        assert len(ids) == len(set(ids)), f"{self.name}: sent twice"

    # What can be done

    async def do_restart(self, changes):
        await self.stage.close()
        self.stage.catalog = self.change(changes or {})
        await self.stage.open()

    async def do_provider(self, mood):
        for post in self.stage.posts:
            post.mood = lambda _, mood=mood: mood

    async def do_provider_cannot_be_asked(self, _):
        for post in self.stage.posts:
            post.tells = False

    async def do_crash(self, _):
        """Kill what is under way, and start again at once."""
        await self.stage.crash()
        await self.do_provider("ok")
        await self.stage.open(after_crash=True)

    async def do_clock(self, moment):
        """Set the clock, as somebody's hand or a time server would; a sleeping machine wakes up like this, too."""
        self.stage.clock.now = instant(moment)

    async def do_down_until(self, moment):
        await self.stage.close()
        self.stage.clock.now = instant(moment)
        await self.stage.open()

    async def do_reload(self, changes):
        await self.stage.reload(self.change(changes))

    def change(self, changes) -> Catalog:
        keys = spoken.Keys(changes)
        self.schedules |= {each["id"]: self.schedules.get(each["id"], {}) | each for each in keys.pop("schedules", [])}
        self.limits = keys.pop("limits", self.limits)
        self.people |= {each["id"]: each for each in keys.pop("people", [])}
        for gone in keys.pop("without", []):
            self.schedules.pop(gone, None)
            self.people.pop(gone, None)
        keys.done("changes")
        return self.catalog()

    async def do_change_person(self, changes):
        self.people[changes["id"]] = self.people[changes["id"]] | changes
        await self.stage.reload(self.catalog())

    async def do_pause(self, what):
        today = self.stage.clock.now.astimezone(self.zone(what["id"])).date()
        self.write(
            lambda t: t.people.pause(
                self.person(what["id"]), [Pause(first=today, last=date.fromisoformat(what["until"]))], at=self.now
            )
        )

    async def do_unpause(self, name):
        today = self.now.astimezone(self.zone(name)).date()
        self.write(
            lambda t: t.people.pause(self.person(name), ended(t.people.pauses().get(name, ()), today), at=self.now)
        )

    async def do_hold(self, reason):
        self.write(lambda t: hold_everything(t, reason, now=self.now))

    async def do_release(self, _):
        self.write(lambda t: release_everything(t, now=self.now))

    async def do_guard(self, word):
        work = {"release": release_held, "discard": discard_held}[word]
        self.write(lambda t: work(t, now=self.now))

    async def do_stop(self, address):
        self.write(lambda t: t.suppressions.add(address, "asked to", at=self.now))

    async def do_back_up(self, _):
        await self.stage.back_up()

    async def do_restore(self, _):
        await self.stage.restore()

    # What can be expected

    def found_sent(self, wanted):
        return [self.line(sent.at, sent.nudge, wanted) for sent in self.fresh()]

    def found_count(self, _):
        return str(len(self.fresh()))

    def found_within(self, wanted):
        """Every time since the last step lies in this part of the day, the end excluded."""
        local_times = [f"{self.local(sent):%H:%M}" for sent in self.fresh()]
        first, last = wanted.split("-")
        return wanted if all(first <= wall < last for wall in local_times) else local_times

    def found_apart(self, wanted):
        """No two to one person since the last step are nearer to each other than that."""
        moments = sorted((sent.nudge.key.recipient, sent.at) for sent in self.fresh())
        gaps = [later - at for (who, at), (other, later) in pairwise(moments) if who == other]
        return wanted if all(gap >= scalars.duration(wanted) for gap in gaps) else list(map(str, gaps))

    def found_different_words(self, _):
        return str(len({sent.nudge.decision.message for sent in self.fresh()}))

    def found_different_times(self, _):
        """How many times of day there were since the last step."""
        return str(len({self.local(sent).time() for sent in self.fresh()}))

    def found_waiting(self, wanted):
        waits = sorted((n for n in self.nudges() if n.next_look_at), key=lambda n: n.next_look_at)
        return [self.line(nudge.next_look_at, nudge, wanted) for nudge in waits]

    def found_states(self, wanted):
        """For each schedule, or `person schedule`: the states of all its nudges, oldest first."""
        return {name: " ".join(n.state.value for n in self.nudges_of(name)) for name in wanted}

    def found_reasons(self, wanted):
        """For each schedule, or `person schedule`: a part of the reason of its newest nudge."""
        found = {name: next((english(n.status_reason) for n in self.nudges_of(name)[::-1]), "-") for name in wanted}
        return {name: wanted[name] if wanted[name] in reason else reason for name, reason in found.items()}

    def found_doubt(self, wanted):
        doubt = self.stage.service.doubt or "none"
        return wanted if wanted in doubt else doubt

    def found_guard(self, wanted):
        guard = self.read(lambda t: sending_blocked(t, now=self.now)).guard
        why = guard.why if guard else "none"
        return wanted if wanted in why else why

    def found_events(self, wanted):
        """The events of these kinds, as often as they were noted."""
        kinds = self.read(lambda t: t.connection.execute(select(events.c.kind)).scalars().all())
        return [kind for kind in kinds if kind in wanted]

    def found_duplicates(self, _):
        return str(sum(n.possible_duplicate for n in self.nudges()))

    # Helpers

    @property
    def now(self):
        return self.stage.clock.now

    def read(self, work):
        return self.stage.ledger.run(work)

    write = read

    def nudges(self):
        return [n for n in self.stage.nudges() if n.key.schedule != WELCOME or n.decision.message]

    def nudges_of(self, name):
        *who, schedule = name.split()
        return [n for n in self.nudges() if n.key.schedule == schedule and (not who or n.key.recipient == who[0])]

    def fresh(self):
        return self.stage.sent[self.told :]

    def local(self, sent):
        return sent.at.astimezone(self.zone(sent.nudge.key.recipient))

    def zone(self, name):
        return self.person(name).zone

    def person(self, name):
        return next(person for person in self.catalog().recipients if person.id == name)

    def line(self, at, nudge, wanted):
        """Say it with as much detail as is wanted."""
        model = wanted[0] if wanted else ""
        local = at.astimezone(self.zone(nudge.key.recipient))
        day = f"{local:%Y-%m-%d} " if re.match(r"\d{4}-", model) else f"{local:%m-%d} " if model[2:3] == "-" else ""
        by = f" by {nudge.decision.channel}" if " by " in model else ""
        saying = f" saying {nudge.decision.message.partition('/')[2]}" if " saying " in model else ""
        return f"{day}{local:%H:%M} {nudge.key.recipient} {nudge.key.schedule}{by}{saying}"
