"""What stands twice in a list: the second one does nothing, and was hardly what was meant."""

from collections.abc import Iterator

from nudger.config.findings import Findings, Position
from nudger.config.flaws import quote
from nudger.config.values.scalars import DAY_WORDS
from nudger.config.yaml.tree import Listing, Mapping, Node, Part, Scalar

_LISTS = frozenset(
    {
        *("days", "on", "dates", "except", "groups", "recipients", "libraries", "components", "practices"),
        *("situations", "intensities", "part_of_day", "aims", "languages", "goals", "pause"),
    }
)
"""Keys whose lists are looked at here; `at`, `messages` and conditions say themselves what stands there twice."""


def note_repeats(findings: Findings, position: Position) -> None:
    """Warn of what stands twice in the lists of an entry, and of a day that another word there holds already."""
    for loc, listing in _lists(position.node, ()):
        seen: dict[str, str] = {}
        for index, item in enumerate(listing.items):
            for word in _meaning(item, loc[-1]):
                if word in seen and isinstance(item, Scalar):
                    there = "there twice" if seen[word] == item.text else f"in {quote(seen[word])} already"
                    findings.warning(position.at(*loc, index), f"{quote(item.text)} is {there}", "Keep one.")
                    break
                seen[word] = item.text if isinstance(item, Scalar) else ""


def _lists(node: Node, loc: tuple[Part, ...]) -> Iterator[tuple[tuple[Part, ...], Listing]]:
    if isinstance(node, Mapping):
        for key, entry in node.entries.items():
            if isinstance(entry.value, Scalar):
                continue
            if isinstance(entry.value, Listing) and key in _LISTS:
                yield (*loc, key), entry.value
            elif key not in {"only_if", "skip_if"}:
                yield from _lists(entry.value, (*loc, key))
    elif isinstance(node, Listing):
        for index, item in enumerate(node.items):
            if isinstance(item, Scalar):
                continue
            yield from _lists(item, (*loc, index))


def _meaning(item: Node, key: Part) -> list[str]:
    """Return the words that two items share if they say the same: of days, each day of the week."""
    if not isinstance(item, Scalar) or item.absent:
        return []
    said = " ".join(item.text.lower().split())
    days = DAY_WORDS.get(said) if key in {"days", "on"} else None
    return [str(day) for day in sorted(days)] if days else [said]
