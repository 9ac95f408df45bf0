"""What can be asked of the ledger and written to it, inside one transaction: its parts, a module for each."""

from datetime import datetime

from sqlalchemy import Connection

from nudger.storage.attempts import Attempts
from nudger.storage.clock_repairs import ClockRepairs
from nudger.storage.decisions import Decisions
from nudger.storage.doubts import Doubts
from nudger.storage.events import Events
from nudger.storage.facts import Facts
from nudger.storage.feedback import Feedbacks
from nudger.storage.hellos import Hellos
from nudger.storage.high_water import Mark, Progress
from nudger.storage.histories import Histories
from nudger.storage.leases import Leases
from nudger.storage.nudges import Nudges
from nudger.storage.outcomes import Outcomes
from nudger.storage.people import People
from nudger.storage.planning import Planning
from nudger.storage.suppressions import Suppressions
from nudger.storage.waiting import Waiting


class Transaction:
    """One transaction on the ledger. Which part answers a question is the first word of it: `people.pauses()`."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._progress = progress = Progress()
        self.facts = Facts(connection)
        self.events = Events(connection)
        self.leases = Leases(connection)
        self.planning = Planning(connection, facts=self.facts, progress=progress)
        self.people = People(connection, facts=self.facts, events=self.events)
        self.suppressions = Suppressions(connection, events=self.events, people=self.people)
        self.nudges = Nudges(connection, events=self.events, progress=progress)
        self.attempts = Attempts(connection)
        self.waiting = Waiting(connection)
        self.doubts = Doubts(connection)
        self.clock_repairs = ClockRepairs(connection, events=self.events, progress=progress)
        self.hellos = Hellos(connection)
        self.histories = Histories(connection)
        self.decisions = Decisions(connection)
        self.feedback = Feedbacks(connection)
        self.outcomes = Outcomes(connection)

    def mark(self) -> Mark | None:
        """Return how far the ledger comes with this transaction; None where it wrote nothing of nudges."""
        if not self._progress.wrote_nudges or self._progress.planned_until is None:
            return None
        return Mark(self._progress.planned_until, self.events.last())

    def begin_marks_anew(self, planned_until: datetime) -> None:
        """Let what is kept outside of the ledger agree with it again, from this transaction on."""
        self._progress.planned_until, self._progress.wrote_nudges = planned_until, True
