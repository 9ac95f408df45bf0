"""Reasons by their codes instead of sentences, and records whose every field has a name of its own.

What older versions wrote is read here, once: their sentences are frozen in this file. One that is not among them is
kept as it is, as a reason without a code of its own.
"""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

Data = dict[str, Any]

_AT_ONCE = 5_000
"""So many rows are in memory at a time."""


def upgrade() -> None:
    """Add the columns, fill them, and take the sentences out."""
    for name in ("status_code", "status_reason", "decision_reason"):
        op.add_column("nudges", sa.Column(name, sa.Text))
    op.execute("ALTER TABLE nudges RENAME COLUMN facts TO record")
    connection = op.get_bind()
    _convert_nudges(connection)
    _convert_events(connection)
    op.execute("ALTER TABLE nudges DROP COLUMN reason")


def downgrade() -> None:
    """Refuse: the sentences are no longer there."""
    raise RuntimeError("a ledger is never downgraded: put back the backup from before the upgrade")


def _convert_nudges(connection: sa.Connection) -> None:
    # In the order in which the rows lie there: by their ids, which are random, SQLite would read all over the file.
    key = "rowid" if connection.dialect.name == "sqlite" else "id"
    some = f"SELECT {key}, reason, record, message, state, attempts FROM nudges"
    change = sa.text(
        "UPDATE nudges SET status_code = :code, status_reason = :status, decision_reason = :decision, record = :record"
        f" WHERE {key} = :key"
    )
    for rows in _batches(connection, some, key):
        connection.execute(change, [_converted(*tuple(row)) for row in rows])


def _convert_events(connection: sa.Connection) -> None:
    some = "SELECT id, detail FROM events WHERE nudge IS NOT NULL AND detail LIKE '%\"reason\"%'"
    change = sa.text("UPDATE events SET detail = :detail WHERE id = :key")
    for rows in _batches(connection, some, "id"):
        connection.execute(change, [{"key": row.id, "detail": _detail(row.detail)} for row in rows])


def _batches(connection: sa.Connection, some: str, key: str) -> Iterator[Sequence[sa.Row[Any]]]:
    word, last = "AND" if " WHERE " in some else "WHERE", None
    while True:
        after = "" if last is None else f" {word} {key} > :last"
        statement = sa.text(f"{some}{after} ORDER BY {key} LIMIT {_AT_ONCE}")
        rows = connection.execute(statement, {} if last is None else {"last": last}).all()
        if not rows:
            return
        yield rows
        last = rows[-1][0]


def _converted(
    key: Any, reason: str, facts: str, message: str | None, state: str, attempts: int
) -> dict[str, Any]:
    code, status = _reason_columns(reason)
    # What was decided is still its reason where nothing was to be sent, and where it waits for the first time.
    decided = message is None or (state == "pending" and not attempts)
    return {
        "key": key,
        "code": code,
        "status": status,
        "decision": status if decided else None,
        "record": _record(facts),
    }


def _detail(text: str) -> str:
    detail = json.loads(text)
    reason = as_reason(detail["reason"]) if isinstance(detail.get("reason"), str) else None
    return text if reason is None else json.dumps({**detail, "reason": reason})


# Sentences


@lru_cache(maxsize=4096)
def _reason_columns(text: str) -> tuple[str, str] | tuple[None, None]:
    reason = as_reason(text)
    return (None, None) if reason is None else (reason["code"], json.dumps(reason))


def as_reason(text: str) -> Data | None:
    """Return the reason that a sentence told; None for an empty one."""
    if not text:
        return None
    return _known(text) or {"code": "recorded_text", "params": {"text": text}}


def _known(text: str) -> Data | None:
    if text in _PLAIN:
        return {"code": _PLAIN[text]}
    for pattern, code, names in _PATTERNS:
        if found := pattern.fullmatch(text):
            said = zip(names, found.groups(), strict=True)
            params = {name: read(value) for (name, read), value in said if value is not None}
            return {"code": code, "params": params} if params else {"code": code}
    for start, code, end in _BEHIND:
        if text.startswith(start) and text.endswith(end):
            inner = as_reason(text[len(start) : len(text) - len(end)])
            return {"code": code, "because": [inner]} if inner else {"code": code}
    if ", then " in text:
        parts = [_known(part) for part in text.split(", then ")]
        return {"code": "one_after_another", "because": parts} if all(parts) else None
    return _legal_hours(text) or _too_soon(text) or _no_words(text) or _answer(text)


def _legal_hours(text: str) -> Data | None:
    found = re.fullmatch(rf"legal hours (?:({_TIME})-({_TIME})|none on (\w+day)) \(([^()]+)\)", text)
    if not found or (found[3] and found[3] not in _DAYS):
        return None
    hours: Data = {"weekday": _DAYS.index(found[3])} if found[3] else {"opens": found[1], "closes": found[2]}
    return {"code": "legal_hours", "params": {**hours, "places": found[4].split(", ")}}


def _too_soon(text: str) -> Data | None:
    found = re.fullmatch(
        r"at least (?:(\d+) h)?(?:(?:(?<=h) )?(\d+) min)? (?:after another|before (.+), which matters more)", text
    )
    if not found or not (found[1] or found[2]):
        return None
    minutes = {"minutes": int(found[1] or 0) * 60 + int(found[2] or 0)}
    if found[3] is None:
        return {"code": "too_soon_after", "params": minutes}
    return {"code": "too_soon_before", "params": {**minutes, "schedule": found[3]}}


def _no_words(text: str) -> Data | None:
    found = re.fullmatch(r"no (gentle )?(\S+) message fits \((sms|email), (\w+)(, a low day)?\)", text)
    if not found:
        return None
    params: Data = {"language": found[2], "channel": found[3], "part_of_day": found[4]}
    params |= {"gentle": True} if found[1] else {}
    return {"code": "no_words", "params": params | ({"low": True} if found[5] else {})}


def _answer(text: str) -> Data | None:
    """Return a provider's code, or ours for its silence: one word, of which there are many."""
    return {"code": "provider_answer", "params": {"code": text}} if re.fullmatch(r"[\w.:/+-]{1,64}", text) else None


def _yes(_: str) -> bool:
    return True


_TIME = r"\d\d:\d\d"
_DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
_PLAIN = {
    "a day to be left in peace": "hard_day",
    "an edit moved it to before the service came back": "moved_by_edit",
    "another time of this schedule fell due at the same instant": "same_instant",
    "discarded by hand": "discarded",
    "fell due while the service was down": "missed_while_down",
    "fell due while the service was down, and is not sent late": "not_sent_late",
    "fell due while the service was down; one goes out for all that were missed": "one_for_all_missed",
    "held by the guard until it was too late": "guarded_too_late",
    "held by the guard: nudger guard": "guarded",
    "interrupted in mid-send": "interrupted",
    "interrupted in mid-send, and too late to send it again": "interrupted_too_late",
    "interrupted in mid-send: sent again as the same mail": "interrupted_and_sent_again",
    "may have gone out before the backup was put back": "before_restore",
    "may have gone out before the backup was put back: nudger guard": "guarded_before_restore",
    "no address": "no_address",
    "no longer a recipient, or without an address": "no_longer_here",
    "no welcome message": "no_welcome",
    "not found at the provider": "not_found",
    "not found at the provider, and too late to send it again": "not_found_too_late",
    "released by hand": "released",
    "the first hello has not gone out yet": "hello_first",
    "the schedule is gone, or no longer for this person": "schedule_gone",
    "the series is at its end": "series_ended",
    "this address may not be used": "address_stopped",
    "too late": "too_late",
    "too late only by a clock that was wrong": "clock_was_wrong",
    "all is well by the last check-in": "all_is_well",
    "no answer for two weeks": "no_answer",
    "much was sent of late, and nothing came back": "much_of_late",
}
_Names = list[tuple[str, Callable[[str], Any]]]
_SENTENCES: list[tuple[str, str, _Names]] = [
    (r"paused until (\d{4}-\d\d-\d\d)", "paused", [("until", str)]),
    (rf"quiet hours ({_TIME})-({_TIME})", "quiet_hours", [("start", str), ("end", str)]),
    (r"at most (\d+) in seven days", "most_a_week", [("most", int)]),
    (r"at most (\d+) a day", "most_a_day", [("most", int)]),
    (r"at most (\d+) a day, and (.+) matters more", "kept_for_other", [("most", int), ("schedule", str)]),
    (r"only if (.+?)( \(unknown\))?", "only_if", [("words", str), ("unknown", _yes)]),
    (r"not if (.+)", "not_if", [("words", str)]),
    (r"no address for (preferred|sms|email)", "no_address", [("channel", str)]),
    (r"interrupted in mid-send (\d+) times", "interrupted_often", [("times", int)]),
    (r"the first hello has not gone out yet \((it may have): nobody knows yet\)", "hello_first", [("may_have", _yes)]),
]
_PATTERNS = [(re.compile(pattern), code, names) for pattern, code, names in _SENTENCES]
_BEHIND = [
    ("nothing sent on purpose: ", "on_purpose", ""),
    ("too late for another attempt: ", "too_late_for_another_try", ""),
    ("may have gone out before: ", "may_have_gone_out_before", ""),
    ("nobody could say until it was too late: ", "nobody_could_say", ""),
    ("too late: ", "too_late", ""),
    ("the first hello has not gone out yet (", "hello_first", ")"),
]


# Records

_RULES = {
    "one not seen before": "unseen",
    "the next of a series": "series",
    "all seen before: the longest unseen": "longest_unseen",
    "the first hello": "first_hello",
    "asked for by hand": "by_hand",
}
_MODES = {"a hard day": "hard_day", "a low day": "low_day", "a fine day": "fine_day"}
_ASIDE = {
    "seen before": "seen",
    "not wanted": "not_wanted",
    "another component's turn, or resting": "other_turn",
}
_CAUSES = {
    text: _PLAIN[text]
    for text in (
        "all is well by the last check-in",
        "no answer for two weeks",
        "much was sent of late, and nothing came back",
    )
}
_SAME = frozenset(
    {"version", "seed", "variables", "component", "practice", "options", "unseen", "chances", "shortlist", "language"}
)
_FIRST_DAYS = re.compile(r"the first (\d+) days")


def _record(text: str) -> str:
    if text == "{}":
        return text
    record: Data = {}
    others: Data = {}
    for name, value in json.loads(text).items():
        found = {name: value} if name in _SAME else _CONVERT[name](value) if name in _CONVERT else None
        if found is None:
            others[name] = value
        else:
            record |= found
    return json.dumps({**record, "recorded": others} if others else record)


def _rule(value: str) -> Data | None:
    return {"rule": _RULES[value]} if value in _RULES else None


def _nothing(value: tuple[float, str]) -> Data | None:
    chance, why = value
    return {"restraint": [chance, _CAUSES[why]]} if why in _CAUSES else None


def _mode(value: str) -> Data | None:
    modes: list[str] = []
    days: Data = {}
    for each in value.split(", "):
        if found := _FIRST_DAYS.fullmatch(each):
            modes.append("first_days")
            days = {"first_days": int(found[1])}
        elif each in _MODES:
            modes.append(_MODES[each])
        else:
            return None
    return {"modes": modes, **days}


def _set_aside(value: list[tuple[str, int]]) -> Data | None:
    known = all(why in _ASIDE for why, _ in value)
    return {"set_aside": [[_ASIDE[why], count] for why, count in value]} if known else None


_CONVERT: dict[str, Callable[[Any], Data | None]] = {"rule": _rule, "nothing": _nothing, "mode": _mode, "set_aside": _set_aside}
