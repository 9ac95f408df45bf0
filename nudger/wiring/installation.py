"""An installation: settings, files and ledger. What looks into one, or changes it, has them from here."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from nudger.config.catalog import Reading, read_configuration
from nudger.config.settings.read import Settings, load_settings
from nudger.config.values.zones import prefer_newest_time_zones
from nudger.decisions.snapshot import Snapshot
from nudger.domain.catalog import Catalog
from nudger.domain.facts import DaemonId
from nudger.domain.pulse import Running
from nudger.domain.recipients import Recipient
from nudger.errors import ConfigError, Problem
from nudger.storage.daemon_id import daemon_of
from nudger.storage.lock import running_service
from nudger.wiring.reading import make_snapshot

if TYPE_CHECKING:  # Cold start: a third of a second that only a ledger needs.
    from nudger.storage.transaction import Transaction

Result = TypeVar("Result")


class Installation:
    """What lies in a configuration folder, and the ledger that its settings name, which is open only inside `with`.

    Raises WrongSettingsError. `to_send` says that it is for more than a look. Files are read when they are first asked
    for; where they are wrong, `as_it_is` goes on with an empty catalog and what the ledger knows.
    """

    def __init__(self, config_dir: Path, *, to_send: bool = False, as_it_is: bool = False) -> None:
        prefer_newest_time_zones()
        self.settings: Settings = load_settings(config_dir=config_dir, to_send=to_send)
        self._as_it_is = as_it_is

    @property
    def catalog(self) -> Catalog:
        """All that the files say. Raises ConfigError with every problem of every file, but for `as_it_is`."""
        reading = self._reading
        if reading.catalog is not None:
            return reading.catalog
        if self._as_it_is:
            return Catalog(schedules=(), messages=())
        raise ConfigError(reading.problems, files=reading.files)

    @property
    def problems(self) -> Sequence[Problem]:
        """What is wrong with the files, where they cannot be used."""
        return self._reading.problems if self._reading.catalog is None else ()

    @cached_property
    def _reading(self) -> Reading:
        return read_configuration(self.settings.config_dir, self.settings.recipients_file)

    def snapshot(self, people: Sequence[Recipient]) -> Snapshot:
        """Return what the service would plan from, for these people."""
        return make_snapshot(self.settings, installation="")(self.catalog, people)

    @property
    def daemon(self) -> DaemonId:
        """The daemon that works, or worked, in the state folder."""
        return daemon_of(self.settings.state)

    @property
    def running(self) -> Running | None:
        """The service at work in the state folder, if there is one, and its pulse."""
        return running_service(self.settings.state)

    @contextmanager
    def read(self) -> Iterator["Transaction | None"]:
        """Open the ledger to look into it as it is at one moment; None where there is none yet. Raises LedgerError."""
        if not self.settings.ledger_may_exist:
            yield None
            return
        # Cold start: before the first start there is nothing to ask, and no need to wait for a database library.
        from nudger.wiring.ledger import read_ledger  # noqa: PLC0415

        with read_ledger(self.settings) as transaction:
            yield transaction

    def change(self, work: "Callable[[Transaction], Result]") -> Result:
        """Do something to the ledger, all or nothing, and return what it returned. Raises LedgerError."""
        from nudger.wiring.ledger import open_ledger  # noqa: PLC0415 - cold start, as above

        ledger = open_ledger(self.settings)
        try:
            return ledger.run(work)
        finally:
            ledger.close()
