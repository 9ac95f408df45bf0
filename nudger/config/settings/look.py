"""The settings as `check` looks at them: all that is wrong or doubtful, also beside the people."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from nudger.config import locations
from nudger.config.privacy import remark_on_mode
from nudger.config.settings.sources import nothing_is_set
from nudger.domain.recipients import Recipient
from nudger.errors import Problem

if TYPE_CHECKING:  # Cold start: see look_at_settings.
    from nudger.config.settings.read import SettingsReading


class Look(NamedTuple):
    """Where the people are, if anywhere, and what there is to say about the settings and who can read them."""

    recipients: Path | None
    problems: tuple[Problem, ...]
    reading: "SettingsReading | None"

    def beside(self, people: Iterable[Recipient]) -> Iterator[Problem]:
        """Yield a warning for each of our own addresses that is somebody's, too."""
        if self.reading is None:
            return
        settings, places = self.reading.readable, self.reading.places
        number, address = settings.twilio_from, (settings.email_from or "").rpartition("<")[2].rstrip(">").lower()
        for person in people:
            if number and person.sms == number:
                what = f"the number that texts come from is also that of {person.id}, and nobody can text themselves"
                yield places["twilio_from"].problem(what, "One of the two is wrong.", warning=True)
            if address and (person.email or "").lower() == address:
                what = f"mails come from the address of {person.id}, whose answers would come back to themselves"
                yield places["email_from"].problem(what, "An address of the service's own is better.", warning=True)


def look_at_settings(config_dir: Path) -> Look:
    """Return what there is to say; raises nothing."""
    if nothing_is_set(config_dir):
        path = locations.recipients_file(config_dir, locations.state_dir(config_dir))
        people = path if path.exists() else None
        return Look(people, tuple(_readable(people)), None)
    # Cold start: a quarter of a second that nobody needs who has set nothing.
    from nudger.config.settings.read import read_settings  # noqa: PLC0415

    reading = read_settings(config_dir)
    people = reading.readable.recipients_file
    return Look(people, (*reading.problems, *_readable(people)), reading)


def _readable(people: Path | None) -> Iterator[Problem]:
    return remark_on_mode(people, "it says who gets nudges, and where") if people else iter(())
