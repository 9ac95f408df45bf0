"""What deciding again from the record says, in words."""

from collections.abc import Mapping

from nudger import __version__
from nudger.decisions.points.replay import Difference, Drawn, Gap, Replay

_GAPS: Mapping[Gap, str] = {
    Gap.NO_SEED: "nothing was drawn",
    Gap.SERIES: "nothing was drawn, it was the next of a series; what had been seen is not in the record",
    Gap.LONGEST_UNSEEN: (
        "nothing was drawn, it was the longest unseen, after all had been seen; what had been seen is not in the record"
    ),
    Gap.NO_CHOICE: "nothing was drawn: it did not come to that",
    Gap.NO_SHORTLIST: "the wordings that were drawn from are not in the record",
}


def replay_in_words(replay: Replay) -> str:
    """Say whether today's functions choose the same, and what they choose where they do not."""
    if replay.gap is not None:
        return _GAPS[replay.gap]
    if replay.differences:
        return f"{made_by(replay.version)} chose otherwise: {'; '.join(map(_difference, replay.differences))}"
    return f"the same choice, by the seed alone ({made_by(replay.version)})"


def made_by(version: str) -> str:
    """Return `nudger 0.1.0`, and which one looks at it now where that is another."""
    return f"nudger {version}" if version == __version__ else f"nudger {version}; this is {__version__}"


def _difference(difference: Difference) -> str:
    if difference.drawn is not Drawn.ANYTHING:
        return f"today the {difference.drawn} would be {difference.today}, then it was {difference.then}"
    if difference.today is None:
        return f"today nothing would be sent, then it was {difference.then}"
    return "today something would be sent, then it was nothing"
