"""What several commands take and refuse alike: a day, today in Việt Nam, data that cannot be used. No command stands here."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import click


class WrongInput(click.ClickException):
    """What was given cannot be used; the message says why, in one line on stderr, exit status 2."""

    exit_code = 2


class IsoDay(click.ParamType):
    """A day written as 2026-11-22."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is no day; write it as 2026-11-22", param, ctx)


def today() -> date:
    """The day it is in Việt Nam."""
    return datetime.now(ZoneInfo("Asia/Ho_Chi_Minh")).date()
