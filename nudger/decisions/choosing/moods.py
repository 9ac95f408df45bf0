"""What the last check-in means for the next nudge: a level, 1 (very hard) to 9 (very light), that is not too old.

"Fine" begins at two levels, on purpose. From `FINE_DAY` on, messages that were written for fine days go first:
something comes either way, so a day that is rather good will do. From `ALL_IS_WELL` on, every other nudge stays away:
somebody may have wanted it, so it takes a day that is good beyond doubt. Both last two days, a low day one.
"""

from datetime import timedelta

from nudger.decisions.choosing.variables import Known

LOW_DAY = 4
"""Below this only what is gentle and asks nothing may come, and what was written for low days goes first."""

FINE_DAY = 7
"""From this on what was written for fine days goes first."""

ALL_IS_WELL = 8
"""From this on a nudge may lower the mood rather than lift it (NeCamp 2020): nothing may be better."""

_LOW_LASTS = timedelta(days=1)
_FINE_LASTS = timedelta(days=2)


def is_low_day(mood: Known | None) -> bool:
    """Say whether the last check-in makes it a low day; one that nobody made does not."""
    return mood is not None and mood.age <= _LOW_LASTS and mood.value < LOW_DAY


def is_fine_day(mood: Known | None) -> bool:
    """Say whether the last check-in makes it a fine day."""
    return mood is not None and mood.age <= _FINE_LASTS and mood.value >= FINE_DAY


def all_is_well(mood: Known | None) -> bool:
    """Say whether by the last check-in nothing is missing."""
    return mood is not None and mood.age <= _FINE_LASTS and mood.value >= ALL_IS_WELL
