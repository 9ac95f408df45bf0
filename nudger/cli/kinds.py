"""Kinds of options and commands, in words of our own where click would show its own notation."""

import re
from datetime import datetime
from typing import Any

import click

from nudger.config.flaws import quote


class Date(click.ParamType["datetime"]):
    """A date as 2026-11-24; its value is that day's midnight, without a zone."""

    name = "date"

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:  # noqa: ARG002 - the base's shape
        """Return what stands for it in the help."""
        return "YYYY-MM-DD"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Return the date; end the command with one line for anything else."""
        if isinstance(value, datetime):
            return value
        try:
            if re.fullmatch(r"\d{4}-\d{2}-\d{2}", value, re.ASCII):
                return datetime.fromisoformat(value)
        except ValueError:
            return self.fail(f"there is no {value}", param, ctx)
        return self.fail(f"{quote(value)} is no date: write it as 2026-11-24", param, ctx)


class Whole(click.IntRange):
    """A whole number from `min` to `max`."""

    name = "whole number"

    def _describe_range(self) -> str:
        return f"{self.min} to {self.max}"


class Amount(click.FloatRange):
    """A number that is not negative."""

    name = "number"

    def __init__(self) -> None:
        super().__init__(min=0)

    def _describe_range(self) -> str:
        return "0 or more"


class Group(click.Group):
    """A command with commands of its own; its help says all of the first sentence of each."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write what each command does; click would cut it."""
        rows = [
            (name, command.get_short_help_str(limit=1000))
            for name in self.list_commands(ctx)
            if (command := self.get_command(ctx, name)) is not None and not command.hidden
        ]
        with formatter.section("Commands"):
            formatter.write_dl(rows)


DATE = Date()
