"""What a reload changed, for whoever asked for it."""

from nudger.decisions.oversight.changes import Changes


def change_lines(changes: Changes) -> list[str]:
    """Return what a reload changed, a line for each kind."""
    lines = [
        f"schedules {what}: {', '.join(names)}"
        for what, names in (("added", changes.added), ("removed", changes.removed), ("moved", changes.moved))
        if names
    ]
    people = [
        f"{count} {what}"
        for what, count in (
            ("added", changes.people_added),
            ("removed", changes.people_removed),
            ("changed", changes.people_changed),
        )
        if count
    ]
    lines += [f"people: {', '.join(people)}"] if people else []
    lines += [f"messages that differ: {changes.messages}"] if changes.messages else []
    lines += [f"nudges of the next seven days that differ: {changes.coming}"] if changes.coming else []
    return lines or ["nothing changed"]
