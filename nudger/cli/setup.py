"""What the commands that look into an installation start from."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from nudger.config.catalog import load_catalog, read_configuration
from nudger.config.settings.read import Settings, load_settings
from nudger.config.values.zones import prefer_newest_time_zones
from nudger.decisions.choosing.history import History
from nudger.decisions.snapshot import Snapshot
from nudger.domain.catalog import Catalog
from nudger.domain.recipients import Pause, Recipient
from nudger.domain.vocabulary import RecipientId
from nudger.errors import NudgerError, Problem
from nudger.use_cases.histories import load_histories
from nudger.use_cases.outlook import Standing, all_new, before_the_first_start, next_few, outlook, standing
from nudger.use_cases.preview import Coming
from nudger.wiring.clock import clock
from nudger.wiring.reading import make_snapshot

if TYPE_CHECKING:  # Cold start: a third of a second that only a ledger needs.
    from nudger.storage.transaction import Transaction

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """An installation as a command finds it: nothing is opened for writing, nothing is sent."""

    settings: Settings
    catalog: Catalog
    problems: Sequence[Problem] = ()
    """What is wrong with the files, where they cannot be used."""

    def ask_ledger(self, question: Callable[["Transaction"], Result], *, otherwise: Result) -> Result:
        """Ask the ledger, or return `otherwise` where there is none yet. Raises LedgerError."""
        if not self.settings.ledger_may_exist:
            return otherwise
        # Cold start: before the first start there is nothing to ask, and no need to wait for a database library.
        from nudger.wiring.ledger import read_ledger  # noqa: PLC0415

        ledger = read_ledger(self.settings)
        if ledger is None:
            return otherwise
        try:
            return ledger.run(question)
        finally:
            ledger.close()

    def histories(
        self, snapshot: Snapshot, *, people: Collection[RecipientId] | None = None, now: datetime
    ) -> Mapping[RecipientId, History]:
        """Return what the people of a snapshot, or some of them, got so far."""
        names = snapshot.recipients if people is None else people
        return self.ask_ledger(
            lambda transaction: load_histories(transaction, snapshot, names, now=now), otherwise=all_new(names)
        )

    def outlook(self, people: list[Recipient], *, first: date, last: date, now: datetime) -> list[Coming]:
        """Return what is to come for some people on the local dates from `first` to `last`, in order."""
        snapshot = self.snapshot(people)
        return outlook(snapshot, self._standing(snapshot, with_histories=True, now=now), first=first, last=last)

    def next_few(self, snapshot: Snapshot, *, count: int, within: timedelta, now: datetime) -> list[Coming]:
        """Return the next nudges that go out to the people of a snapshot, soonest first."""
        at = self._standing(snapshot, with_histories=False, now=now)
        return next_few(
            snapshot, at, lambda names: self.histories(snapshot, people=names, now=now), count=count, within=within
        )

    def _standing(self, snapshot: Snapshot, *, with_histories: bool, now: datetime) -> Standing:
        everybody = self.people()
        nothing: Standing | None = None
        found = self.ask_ledger(
            lambda transaction: standing(transaction, snapshot, everybody, with_histories=with_histories, now=now),
            otherwise=nothing,
        )
        return before_the_first_start(snapshot, everybody, now=now) if found is None else found

    def suppressed(self) -> frozenset[str]:
        """Return the addresses that may not be used."""
        nothing: frozenset[str] = frozenset()
        return self.ask_ledger(lambda transaction: transaction.suppressions.addresses(), otherwise=nothing)

    def person(self, recipient_id: str) -> Recipient:
        """Return one person. Raises NudgerError if nobody has the id."""
        found = next((person for person in self.people() if person.id == recipient_id), None)
        if found is None:
            raise NudgerError(f"nobody here has the id {recipient_id!r}: see `nudger recipients list`")
        return found

    def people(self) -> list[Recipient]:
        """Return everybody: those of recipients.yaml, and those who were imported."""
        kept = self.ask_ledger(_kept, otherwise=_Kept([], [], {}))
        if self.catalog.recipients is None:
            return kept.everybody
        here = {person.id: person for person in kept.imported}
        before = {person.id: person for person in kept.everybody}
        here |= {p.id: _as_adopted(p, before.get(p.id), kept.pauses.get(p.id, ())) for p in self.catalog.recipients}
        return sorted(here.values(), key=lambda person: person.id)

    def snapshot(self, people: list[Recipient]) -> Snapshot:
        """Return what the daemon would plan from, for these people."""
        return make_snapshot(self.settings, installation="")(self.catalog, people)


class _Kept(NamedTuple):
    """Who is in the ledger, who of them was imported, and the pauses that were entered by command."""

    everybody: list[Recipient]
    imported: list[Recipient]
    pauses: dict[RecipientId, tuple[Pause, ...]]


def _kept(transaction: "Transaction") -> _Kept:
    return _Kept(
        transaction.people.everybody(), transaction.people.everybody(source="import"), transaction.people.pauses()
    )


def _as_adopted(person: Recipient, before: Recipient | None, pauses: tuple[Pause, ...]) -> Recipient:
    """Return a person of the file as the service has them, or would have them from today on."""
    joined = person.joined or (before.joined if before else clock().astimezone(person.zone).date())
    return replace(person, joined=joined, pauses=(*person.pauses, *pauses))


def change_ledger(config_dir: Path, work: "Callable[[Transaction], Result]") -> Result:
    """Do something to the ledger, and return what it returned. Raises SettingsError or LedgerError."""
    prefer_newest_time_zones()
    # Cold start: see Setup.ask_ledger.
    from nudger.wiring.ledger import open_ledger  # noqa: PLC0415

    ledger = open_ledger(load_settings(config_dir=config_dir))
    try:
        return ledger.run(work)
    finally:
        ledger.close()


def read_setup(config_dir: Path, *, to_send: bool = False) -> Setup:
    """Read settings and files, `to_send` or only to look. Raises ConfigError with every problem of every file."""
    prefer_newest_time_zones()
    settings = load_settings(config_dir=config_dir, to_send=to_send)
    return Setup(settings=settings, catalog=load_catalog(settings.config_dir, settings.recipients_file))


def read_setup_as_it_is(config_dir: Path) -> Setup:
    """Read settings and files; where the files are wrong, go on with what the ledger knows."""
    prefer_newest_time_zones()
    settings = load_settings(config_dir=config_dir)
    reading = read_configuration(settings.config_dir, settings.recipients_file)
    if reading.catalog is not None:
        return Setup(settings=settings, catalog=reading.catalog)
    return Setup(settings=settings, catalog=Catalog(schedules=(), messages=()), problems=reading.problems)
