"""`vayvon`: which command stands in which file, and how an error looks. No command is written here.

A file of commands is imported when one of its commands is asked for, so that the light ones start fast.
"""

from __future__ import annotations

import importlib
import io
import sys
from typing import Any, NoReturn

import click

COMMANDS = {  # command -> its file in bot/commands/
    "assess": "eligibility",
    "next-question": "eligibility",
    "terms": "eligibility",
    "schedule": "eligibility",
    "flows": "eligibility",
    "read": "reading",
    "nlu": "reading",
    "place": "places",
    "route": "places",
    "points": "places",
    "chat": "chat",
    "leads": "leads",
    "serve": "operate",
    "work": "operate",
    "migrate": "operate",
    "staff": "operate",
    "doctor": "operate",
}


class Lazy(click.Group):
    """A group that imports a command's file when it is needed; each error is one line on stderr and status 2."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"bot.commands.{COMMANDS[cmd_name]}")
        return next(command for command in module.COMMANDS if command.name == cmd_name)

    def main(self, *args: Any, standalone_mode: bool = True, **extra: Any) -> Any:
        if not standalone_mode:
            return super().main(*args, standalone_mode=False, **extra)
        _let_odd_signs_pass()
        try:
            status = super().main(*args, standalone_mode=False, **extra)
        except click.exceptions.NoArgsIsHelpError as error:
            click.echo(error.format_message())
            sys.exit(0)
        except click.ClickException as error:
            _complain(error.format_message())
        except (click.Abort, KeyboardInterrupt):
            sys.exit(130)
        except BrokenPipeError:
            sys.stderr.close()  # the reader has gone; there is nobody to tell
            sys.exit(0)
        sys.exit(status if isinstance(status, int) else 0)


def _let_odd_signs_pass() -> None:
    """Bytes that are no text, and halves of a sign that JSON can spell, become "?": no line ends a stream of lines."""
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _complain(message: str) -> NoReturn:
    click.echo("vayvon: " + " ".join(message.split()), err=True)
    sys.exit(2)


@click.group(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="vayvon", message="%(version)s")
def main() -> None:
    """A Vietnamese conversation about policy credit: asks, explains, forwards to the transaction point."""
