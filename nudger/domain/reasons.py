"""Why something is as it is: a code of a closed list, with what belongs to it as plain values. No sentence, ever.

A reason is counted by its code, stored and compared as it is, and put into words at the edge (`nudger.prose.reasons`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from nudger.domain.vocabulary import Word

Json = None | bool | int | float | str | Sequence["Json"] | Mapping[str, "Json"]
"""What JSON can hold."""


class ReasonCode(Word):
    """Every reason there is. The values are written down in ledgers: none is ever changed, or used for another."""

    # What stands in the way for a while
    HELLO_FIRST = "hello_first"
    """The first hello has not gone out. `may_have`: nobody knows yet; because of what it did not."""
    PAUSED = "paused"
    """`until`: the last day of the pause (YYYY-MM-DD)."""
    HARD_DAY = "hard_day"
    """A day to be left in peace."""
    QUIET_HOURS = "quiet_hours"
    """`start` and `end` (HH:MM)."""
    LEGAL_HOURS = "legal_hours"
    """`opens` and `closes` (HH:MM), or the `weekday` (0 is Monday) without any; `places` that set them."""
    MOST_A_WEEK = "most_a_week"
    """`most` in seven days."""
    MOST_A_DAY = "most_a_day"
    """`most` a day."""
    KEPT_FOR_OTHER = "kept_for_other"
    """`most` a day, and the `schedule` matters more that is still to come."""
    TOO_SOON_AFTER = "too_soon_after"
    """At least so many `minutes` after another."""
    TOO_SOON_BEFORE = "too_soon_before"
    """At least so many `minutes` before the `schedule` that matters more."""
    ONE_AFTER_ANOTHER = "one_after_another"
    """Several of these, in this order."""

    # Why nothing is sent
    TOO_LATE = "too_late"
    """Its last moment is over; because of what it waited for."""
    ADDRESS_STOPPED = "address_stopped"
    """The address may not be used."""
    NO_ADDRESS = "no_address"
    """None for the `channel` that was asked for; without one, none at all."""
    NO_WELCOME = "no_welcome"
    """No message is written for a first hello."""
    MISSED_WHILE_DOWN = "missed_while_down"
    """Fell due while the service was down."""
    NOT_SENT_LATE = "not_sent_late"
    """The same, and its schedule sends nothing late."""
    ONE_FOR_ALL_MISSED = "one_for_all_missed"
    """The same, and a newer one goes out for all that were missed."""
    MOVED_BY_EDIT = "moved_by_edit"
    """An edit moved it to before the service came back."""
    SAME_INSTANT = "same_instant"
    """Another time of its schedule fell due at the same instant."""
    NO_LONGER_HERE = "no_longer_here"
    """Nobody here any more, or without an address."""
    SCHEDULE_GONE = "schedule_gone"
    """No such schedule any more, or not for this person."""
    ONLY_IF = "only_if"
    """The `condition` (`nudger.domain.conditions.as_data`) does not hold, or is `unknown`. Of old: in `words`."""
    NOT_IF = "not_if"
    """The `condition` holds. Of old: in `words`."""
    ON_PURPOSE = "on_purpose"
    """Nothing was drawn, because that may be better."""
    ALL_IS_WELL = "all_is_well"
    NO_ANSWER = "no_answer"
    MUCH_OF_LATE = "much_of_late"
    SERIES_ENDED = "series_ended"
    """They got every message of the series."""
    NO_WORDS = "no_words"
    """No message fits in this `language`, `gentle` or any, for this `channel` and `part_of_day`, `low` day or not."""

    # What became of attempts
    PROVIDER_ANSWER = "provider_answer"
    """The provider's own `code`, or ours for its silence."""
    TOO_LATE_FOR_ANOTHER_TRY = "too_late_for_another_try"
    """Because of what the last one came to."""
    INTERRUPTED = "interrupted"
    """Interrupted in mid-send."""
    INTERRUPTED_TOO_LATE = "interrupted_too_late"
    INTERRUPTED_OFTEN = "interrupted_often"
    """So many `times`."""
    INTERRUPTED_AND_SENT_AGAIN = "interrupted_and_sent_again"
    MAY_HAVE_GONE_OUT_BEFORE = "may_have_gone_out_before"
    """Because of what ended it after all."""
    NOT_FOUND = "not_found"
    """The provider does not have it."""
    NOT_FOUND_TOO_LATE = "not_found_too_late"
    NOBODY_COULD_SAY = "nobody_could_say"
    """Until it was too late; because of what made the doubt."""

    # What people and the guard did
    GUARDED = "guarded"
    """Held by the guard against storms."""
    GUARDED_TOO_LATE = "guarded_too_late"
    RELEASED = "released"
    DISCARDED = "discarded"
    BEFORE_RESTORE = "before_restore"
    """May have gone out before the backup was put back: it is asked about."""
    GUARDED_BEFORE_RESTORE = "guarded_before_restore"
    """The same, and nobody can be asked: held by the guard."""
    CLOCK_WAS_WRONG = "clock_was_wrong"
    """Too late only by a clock that was wrong."""

    RECORDED_TEXT = "recorded_text"
    """The `text` of an older version that this one does not know."""


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason; `params` are what its code says. `because` holds what it rests on, where its code says so."""

    code: ReasonCode
    params: Mapping[str, Json] = field(default_factory=dict)
    because: tuple["Reason", ...] = ()

    def __hash__(self) -> int:
        """Few reasons of one code differ."""
        return hash(self.code)


def because(reason: Reason | None) -> tuple[Reason, ...]:
    """Return what a reason rests on, where it is known."""
    return () if reason is None else (reason,)
