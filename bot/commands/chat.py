"""`vayvon chat`: a conversation in the shell, for people, scripts and bug reports that become tests."""

from __future__ import annotations

import json
import secrets
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import click
import yaml

from bot.app import App, running
from bot.channels.messages import Address, Inbound, Outbound
from bot.channels.terminal import BadLine, inbound_of, plain
from bot.clock import FixedClock, SystemClock
from bot.commands.running import Moment, run, settings_of
from flows.eligibility.assess import assess
from flows.engine.conversation import Conversation

SLOTS = frozenset(  # of the forms (contract, section 6); any other question asks for a fact or for nothing nameable
    [
        "name",
        "phone",
        "cccd",
        "birth_year",
        "residence",
        "hamlet",
        "term",
        "school",
        "destination_country",
        "num_students",
        "contact_hours",
        "consent",
        "confirm",
        "yes_no",
    ]
)


@click.command("chat")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a turn on stdout.")
@click.option(
    "--channel", type=click.Choice(["terminal", "web"]), default="terminal", show_default=True, help="Channel."
)
@click.option("--lang", type=click.Choice(["vi", "en"]), default=None, help="Language to begin in.")
@click.option("--dry", is_flag=True, help="Keep everything in memory.")
@click.option("--now", type=Moment(), default=None, help="Stand still at this time.")
@click.option("--talk", default=None, help="Go on with the talk of this name (default: a new one).")
@click.option("--transcript", type=click.Path(dir_okay=False, path_type=Path), help="Write the talk here, as YAML.")
def chat(
    *,
    as_json: bool,
    channel: str,
    lang: str | None,
    dry: bool,
    now: datetime | None,
    talk: str | None,
    transcript: Path | None,
) -> None:
    """Talk to the bot: a line a turn on stdin, plain or JSON ({"text"}, {"choice"}, {"location"}, {"contact"})."""
    settings = settings_of(quiet=True, **({"language": lang} if lang else {}))
    address = Address(channel, talk or secrets.token_hex(8))
    greets = sys.stdin.isatty() and not as_json

    async def work() -> None:
        clock = FixedClock(now) if now else SystemClock()
        async with running(settings, clock=clock, dry=dry, language=lang, limited=False) as app:
            session = Session(app, address, as_json)
            if greets:
                await session.turn('{"start": true}')
            for line in _lines():
                await session.turn(line)
            if transcript is not None:
                session.write(transcript)

    run(work())


@dataclass
class Session:
    """One talk: takes lines, shows replies, remembers both for the transcript."""

    app: App
    address: Address
    as_json: bool
    turns: int = 0
    last: int = 0
    kept: list[dict[str, Any]] = field(default_factory=list)

    async def turn(self, line: str) -> None:
        """One line in, one answer out."""
        self.turns += 1
        at = self.app.clock.now()
        try:
            inbound = inbound_of(line, self.address, at.isoformat(timespec="seconds"))
        except BadLine as error:
            self._show({"turn": self.turns, "error": str(error)}, f"({error})")
            return
        late = (
            [message for _, message in await self.app.store.fetch_web(self.address, self.last, at)] if self.last else []
        )
        replies = late + await self.app.turns.receive(inbound)
        self.last = await self.app.store.last_message(self.address)
        state = await self._state()
        self.kept += [_said(inbound), *(_heard(reply) for reply in replies)]
        answer = {"turn": self.turns, "replies": [reply.as_json() for reply in replies], "state": state}
        self._show(answer, plain(replies))

    def write(self, path: Path) -> None:
        """Save the talk in the form of `tests/flows/transcripts/`; `--update` there adds how it ends."""
        script = {"title": path.stem, "kind": "other", "turns": self.kept}
        try:
            path.write_text(yaml.safe_dump(script, allow_unicode=True, sort_keys=False, width=200), encoding="utf-8")
        except OSError as error:
            raise click.ClickException(f"{path} cannot be written: {error.strerror}") from None

    def _show(self, answer: dict[str, Any], text: str) -> None:
        click.echo(json.dumps(answer, ensure_ascii=False) if self.as_json else f"{text}\n")
        sys.stdout.flush()

    async def _state(self) -> dict[str, Any]:
        conversation = await self.app.turns.state(self.address)
        if conversation is None:
            return _state_of(None, {}, None, self.app)
        case = next((case for case in conversation.cases if case.id == conversation.active), None)
        sent = list(case.leads)[-1] if case and case.leads else None
        row = await self.app.store.lead(sent) if sent else None
        verdicts = _verdicts(conversation, self.app)
        return _state_of(conversation, verdicts, row, self.app)


def _state_of(
    conversation: Conversation | None, verdicts: dict[str, str], lead: dict[str, Any] | None, app: App
) -> dict[str, Any]:
    """The state object of the contract, section 8."""
    facts = _facts(conversation)
    case = next((one for one in conversation.cases if one.id == conversation.active), None) if conversation else None
    slot = conversation.pending.slot if conversation and conversation.pending else None
    return {
        "flow": conversation.flow if conversation else None,
        "asking": slot if slot in SLOTS or slot in app.rules.book().facts else None,
        "programme": case.programme if case else None,
        "facts": facts,
        "verdicts": verdicts,
        "lead": lead["id"] if lead else None,
        "point": lead["point"] if lead else None,
        "language": conversation.language if conversation else app.settings.language,
    }


def _facts(conversation: Conversation | None) -> dict[str, Any]:
    cases = conversation.cases if conversation else ()
    case = next((one for one in cases if conversation and one.id == conversation.active), None)
    answers = case.facts if case else {}
    return {fact: answer.value for fact, answer in answers.items() if answer.status == "known"}


def _verdicts(conversation: Conversation, app: App) -> dict[str, str]:
    """How each programme stands with what is known."""
    book, on = app.rules.book(), app.clock.now().date()
    facts = _facts(conversation)
    return (
        {programme: assess(programme, facts, on, book, with_terms=False).truth for programme in book.programmes}
        if facts
        else {}
    )


def _said(inbound: Inbound) -> dict[str, Any]:
    match inbound.kind:
        case "text":
            return {"me": inbound.text}
        case "choice":
            return {"press": inbound.choice}
        case "media":
            return {"sends": inbound.media}
        case "location":
            return {"location": [inbound.lat, inbound.lon]}
        case "contact":
            return {"contact": inbound.phone}
        case _:
            return {"opens": inbound.payload or True}


def _heard(reply: Outbound) -> dict[str, Any]:
    heard: dict[str, Any] = {"bot": reply.text}
    if reply.choices:
        heard["choices"] = [choice.label for choice in reply.choices]
    return heard


def _lines() -> Iterator[str]:
    if not sys.stdin.isatty():
        for line in sys.stdin:
            yield line.rstrip("\r\n")
        return
    while True:
        try:
            line = click.prompt(">", prompt_suffix=" ", default="", show_default=False)
        except (click.Abort, EOFError):
            return
        yield line


COMMANDS = [chat]
