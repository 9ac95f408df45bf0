"""Floor 0: the small tree of expected trouble.

Expected trouble is shown to a person as one line and ends a command with exit status 1. Whatever is not a
`NudgerError` is a bug: a traceback, and exit status 3.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class NudgerError(Exception):
    """Expected trouble. The text is for a person, and says what to do."""


class SettingsError(NudgerError):
    """A setting (environment, nudger.env, credential) is missing or wrong."""


class LedgerError(NudgerError):
    """The ledger cannot be used as it is: newer, corrupt, locked, or empty where history should be."""


class LedgerLostError(LedgerError):
    """Another ledger, or none that can be used, lies where ours was: only a new start can look at what is there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing wrong in one file; lines and columns count from 1, 0 where there is none to name."""

    file: str
    line: int
    column: int
    what: str
    path: tuple[str, ...] = ()
    expected: str = ""
    source: str = ""
    width: int = 1
    warning: bool = False

    def headline(self) -> str:
        """Return `FILE:LINE:COL: what (path › in › words). What was expected.` on one line."""
        where = f" ({' › '.join(self.path)})" if self.path else ""
        level = "warning: " if self.warning else ""
        expected = f" {self.expected}" if self.expected else ""
        return f"{self.file}:{self.line}:{self.column}: {level}{self.what}{where}.{expected}"


def in_numbers(problems: Iterable[Problem]) -> str:
    """Return `1 error and 4 warnings`, `2 errors`; '' for none at all."""
    counts = Counter(problem.warning for problem in problems)
    nouns = ((counts[False], "error"), (counts[True], "warning"))
    return " and ".join(f"{count:,} {noun}{'' if count == 1 else 's'}" for count, noun in nouns if count)


class ConfigError(NudgerError):
    """One or more files are wrong. Carries every problem of every file, in reading order, and how many were read."""

    def __init__(self, problems: tuple[Problem, ...], *, files: int = 0) -> None:
        self.problems = problems
        self.files = files
        errors = sum(not problem.warning for problem in problems)
        super().__init__(f"{errors} error{'s' if errors != 1 else ''} in the configuration: nudger check")


class WrongSettingsError(ConfigError, SettingsError):
    """One or more settings are wrong; carries every problem, and no value of any."""

    def __str__(self) -> str:
        return "; ".join(problem.headline().replace(":0:0:", ":", 1) for problem in self.problems)


class Effect(StrEnum):
    """What a failed attempt means for the nudge, its address and its channel."""

    TRY_AGAIN = "try_again"
    """Nothing was accepted; the same attempt may succeed later."""

    GIVE_UP = "give_up"
    """Refused for good; trying the same again cannot help. The address may still be fine."""

    SUPPRESS = "suppress"
    """Refused for good because of the address (opted out, no such number): never use it again."""

    SLOW_DOWN = "slow_down"
    """Nothing was accepted, and nothing was tried: the whole sender is too fast, and must wait."""

    CHANNEL_DOWN = "channel_down"
    """The account or the server is the trouble: nothing was accepted, and nothing else will be."""

    UNCERTAIN = "uncertain"
    """The provider may have accepted it. Never sent again without asking the provider first."""


class DeliveryError(NudgerError):
    """An attempt did not end in an acceptance.

    `code` is the provider's own (a Twilio error number, an SMTP reply code) or a word such as `timeout`;
    it never holds an address or a text. `retry_after` is the provider's wish, when it named one.
    """

    def __init__(self, code: str, effect: Effect, *, retry_after: timedelta | None = None) -> None:
        super().__init__(f"{code}: {effect.value}")
        self.code = code
        self.effect = effect
        self.retry_after = retry_after
