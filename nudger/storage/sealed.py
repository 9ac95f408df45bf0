"""The one place where what says something of a person is sealed, before it is written to the ledger.

Nothing is sealed yet: what these types are given is stored as it is, and a ledger's file is as readable as the
operator's recipients.yaml. The place is here before the lock is, because a column whose type is its own can be
encrypted by a change of this module alone: every name, address and text, and all of a person's details, passes
through it on the way in and on the way out, whoever asks.

A sealed value cannot be compared with another, for the same words sealed twice differ. So look-ups by address are
written here, too: a keyed hash beside the column will answer them.
"""

import json
from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Column, ColumnElement, Dialect, Text, TypeDecorator

_NOTHING = "{}"


class SealedText(TypeDecorator[str]):
    """A name, an address, or words that somebody was sent."""

    impl = Text
    cache_ok = True


class SealedJson(TypeDecorator[Mapping[str, Any]]):
    """What few people have, by name, kept as one JSON object."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Mapping[str, Any] | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Return the text of an object."""
        return None if value is None else json.dumps(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Mapping[str, Any] | None:  # noqa: ARG002
        """Return the object of a text."""
        if value is None:
            return None
        if value == _NOTHING:  # nearly everybody's, and there may be a hundred thousand of them
            return {}
        read: Mapping[str, Any] = json.loads(value)
        return read


def is_address(column: Column[str] | Column[str | None], address: str) -> ColumnElement[bool]:
    """Return the condition that a sealed column holds an address."""
    return column == address


def is_one_of(column: Column[str] | Column[str | None], addresses: Collection[str]) -> ColumnElement[bool]:
    """Return the condition that a sealed column holds one of some addresses."""
    return column.in_(addresses)
