"""How a command runs the app: settings read, log set up, and each error that an operator can mend as one clear line.

No command stands here.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from datetime import datetime
from typing import Any, TypeVar

import click
import uvloop

from bot import logs
from bot.app import NotMigrated
from bot.leads.lead import MoveRefused
from bot.ports import Away
from bot.settings import BadSettings, Settings, load
from bot.stores.lead_rows import NoSuchLead
from bot.stores.sql import WrongKeys
from bot.stores.tables import VIETNAM
from flows.eligibility.sheets import BookError

Result = TypeVar("Result")


def settings_of(quiet: bool = False, **given: object) -> Settings:
    """The settings, with the log set up; `quiet` shows warnings and errors only."""
    try:
        settings = load(**given)
    except BadSettings as error:
        raise click.ClickException(str(error)) from None
    logs.configure("warning" if quiet and settings.log_level == "info" else settings.log_level, settings.log_format)
    return settings


def run(work: Coroutine[Any, Any, Result]) -> Result:
    """Run a command's work; what the operator can mend becomes a click error."""
    try:
        return uvloop.run(work)
    except NoSuchLead as error:
        raise click.ClickException(f"there is no lead {error}") from None
    except Away as error:
        raise click.ClickException(f"the database can't be reached ({error})") from None
    except (BadSettings, WrongKeys, NotMigrated, MoveRefused, BookError) as error:
        raise click.ClickException(str(error)) from None
    except asyncio.CancelledError:
        raise click.Abort from None


class Moment(click.ParamType):
    """An ISO time; one without a zone is of Việt Nam."""

    name = "ISO"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        if isinstance(value, datetime):
            return value
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is no time such as 2026-11-23T09:00", param, ctx)
        return moment if moment.tzinfo is not None else moment.replace(tzinfo=VIETNAM)
