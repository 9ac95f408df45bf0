"""Deciding again from the record alone: what is written down with a choice must lead to the same choice.

The record holds the chances and the wordings that were drawn from, and the seed; not everything that fitted. So what is
repeated are the draws: nothing or something, which practice, which wording.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from nudger import __version__
from nudger.decisions.choosing.choose import LONGEST_UNSEEN, SERIES, pick_practice, pick_wording
from nudger.decisions.choosing.restraint import ON_PURPOSE, draws_nothing
from nudger.decisions.draw import draws_of
from nudger.domain.nudges import Nudge


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """What deciding again says: `agrees` is None where the record does not hold what would be needed."""

    agrees: bool | None
    version: str
    """The version that made the choice; '' where nothing was chosen."""

    words: str


def replay(nudge: Nudge) -> Replay:
    """Decide a nudge again from what is written down with it, by today's functions."""
    facts = dict(nudge.decision.facts)
    version = str(facts.get("version", ""))
    if "seed" not in facts:
        return Replay(agrees=None, version=version, words="nothing was drawn")
    differs = _differences(nudge, facts)
    if differs:
        return Replay(agrees=False, version=version, words=f"{made_by(version)} chose otherwise: {'; '.join(differs)}")
    if gap := _gap(nudge, facts):
        return Replay(agrees=None, version=version, words=gap)
    return Replay(agrees=True, version=version, words=f"the same choice, by the seed alone ({made_by(version)})")


def made_by(version: str) -> str:
    """Return `nudger 0.1.0`, and which one looks at it now where that is another."""
    return f"nudger {version}" if version == __version__ else f"nudger {version}; this is {__version__}"


def _differences(nudge: Nudge, facts: Mapping[str, Any]) -> list[str]:
    message = nudge.decision.message
    if _draws_nothing(facts):
        return [] if message is None else [f"today nothing would be sent, then it was {message}"]
    if message is None and nudge.decision.reason.startswith(ON_PURPOSE):
        return ["today something would be sent, then it was nothing"]
    found, draws = [], draws_of(facts["seed"])
    if (chances := facts.get("chances")) and "practice" in facts:
        practice = pick_practice({name: chance for name, chance, _ in chances}, draws)
        if practice != facts["practice"]:
            found.append(f"today the practice would be {practice}, then it was {facts['practice']}")
    if shortlist := facts.get("shortlist"):
        wording = pick_wording(shortlist, draws)
        if wording != message:
            found.append(f"today the wording would be {wording}, then it was {message}")
    return found


def _draws_nothing(facts: Mapping[str, Any]) -> bool:
    chance, _ = facts.get("nothing", (0.0, ""))
    return draws_nothing(float(chance), facts["seed"])


def _gap(nudge: Nudge, facts: Mapping[str, Any]) -> str:
    """Say what the record does not hold; '' where it holds all that was drawn."""
    if _draws_nothing(facts):
        return ""
    if facts.get("rule") in _RULES_WITHOUT_DRAW:
        return (
            f"nothing was drawn, it was {_RULES_WITHOUT_DRAW[facts['rule']]}; what had been seen is not in the record"
        )
    if nudge.decision.message is None:
        return "nothing was drawn: it did not come to that"
    if "shortlist" not in facts:
        return "the wordings that were drawn from are not in the record"
    return ""


_RULES_WITHOUT_DRAW = {SERIES: SERIES, LONGEST_UNSEEN: "the longest unseen, after all had been seen"}
