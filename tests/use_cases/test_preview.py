"""The rehearsal: quicker than the service's own bookkeeping, and never different."""

from dataclasses import replace
from datetime import date, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from nudger.decisions.choosing.history import NO_HISTORY, Contact, History, contact_of
from nudger.decisions.planning.plan import slots
from nudger.decisions.snapshot import AHEAD, build_snapshot
from nudger.domain.catalog import Catalog
from nudger.domain.limits import Limits
from nudger.domain.recipients import QuietHours
from nudger.domain.schedules import Priority, SlotKey, WhenBlocked
from nudger.use_cases import preview
from nudger.use_cases.rehearsal import Rehearsal
from tests.make import WORDS, between, make_message, make_recipient, make_schedule, utc

SINCE = utc("2026-11-23 00:00")
MESSAGES = tuple(make_message(f"m{n}") for n in range(6))


class Plainly(Rehearsal):
    """The same days, kept as the ledger keeps them: every nudge as it stands, and all that is known worked out anew."""

    def __init__(self, snapshot):
        super().__init__(snapshot, NO_HISTORY)
        self.ledger, self.history = {}, NO_HISTORY

    def _history_at(self, moment):
        return self.history

    def _note(self, nudge, moment):
        super()._note(nudge, moment)
        self.ledger[nudge.key] = nudge
        told = [(each, contact_of(each, each.priority)) for each in self.ledger.values()]
        told = sorted(((each, contact) for each, contact in told if contact), key=lambda pair: pair[0].due)
        seen = {each.decision.message: each.due for each, _ in told}
        contacts = sorted((contact for _, contact in told), key=lambda contact: contact.at)
        self.history = History(seen=seen, contacts=tuple(contacts))


limits = st.builds(
    Limits,
    per_day=st.sampled_from([None, 1, 2]),
    per_week=st.sampled_from([None, 3, 5]),
    gap=st.sampled_from([timedelta(0), timedelta(minutes=45), timedelta(hours=5)]),
)
schedules = st.lists(
    st.builds(
        lambda values, window: make_schedule(**(values if window is None else values | {"recurrence": window})),
        st.fixed_dictionaries(
            {
                "at": st.lists(st.sampled_from(["06:30", "08:30", "09:00", "21:15"]), min_size=1, unique=True),
                "priority": st.sampled_from(Priority),
                "when_blocked": st.sampled_from(WhenBlocked),
                "grace": st.sampled_from([timedelta(0), timedelta(hours=2), timedelta(hours=20)]),
            }
        ),
        st.sampled_from([None, None, between("09:00", "18:00")]),
    ),
    min_size=1,
    max_size=4,
).map(lambda found: [replace(each, id=f"s{n}") for n, each in enumerate(found)])


@given(schedules=schedules, limits=limits, zone=st.sampled_from(["UTC", "America/New_York", "Pacific/Apia"]))
def test_a_rehearsal_is_what_plain_bookkeeping_gives(schedules, limits, zone):
    person = make_recipient(time_zone=zone, quiet_hours=QuietHours(start=time(21), end=time(8)))
    catalog = Catalog(schedules=tuple(schedules), messages=MESSAGES, limits=limits)
    snapshot = build_snapshot(catalog, [person], words=WORDS, seed="s", installation="i")
    until = SINCE + timedelta(days=9)
    quick = list(preview.rehearse(snapshot, since=SINCE, until=until, histories={}))
    due = slots(snapshot.roster, since=SINCE, until=until + AHEAD, seed="s")
    assert quick == [each for each in Plainly(snapshot).run(due) if each.slot.due <= until]


def test_a_rehearsal_changes_no_history():
    contact = Contact(SINCE, SlotKey("sam", "kind", date(2026, 11, 22)), "kind/m1")
    history = History(seen={"kind/m1": SINCE}, contacts=(contact,))
    snapshot = build_snapshot(
        Catalog(schedules=(make_schedule(),), messages=MESSAGES),
        [make_recipient()],
        words=WORDS,
        seed="s",
        installation="i",
    )
    assert list(preview.rehearse(snapshot, since=SINCE, until=SINCE + timedelta(days=3), histories={"sam": history}))
    assert history == History(seen={"kind/m1": SINCE}, contacts=(contact,))
