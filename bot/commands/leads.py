"""`vayvon leads`: leads in the shell, personal data masked. Revealing one is written into the audit with its reason."""

from __future__ import annotations

import getpass
import json
from typing import Any

import click

from bot.app import open_store
from bot.clock import SystemClock
from bot.commands.running import run, settings_of
from bot.leads.lead import OPEN, STATUSES, as_contract
from bot.stores.lead_rows import NoSuchLead


@click.group("leads")
def leads() -> None:
    """Leads, masked unless --reveal (which the audit keeps)."""


@leads.command("list")
@click.option(
    "--status", "statuses", multiple=True, type=click.Choice(STATUSES), help="Only these (default: open ones)."
)
@click.option("--queue", default=None, metavar="KIND:CODE", help="Only this queue, such as point:001234.")
@click.option("--programme", default=None, help="Only this programme.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=100, show_default=True, help="At most so many.")
@click.option("--reveal", is_flag=True, help="Show personal data; give a reason with --why.")
@click.option("--why", default=None, help="Why personal data has to be seen.")
@click.option("--json", "as_json", is_flag=True, help="JSON on stdout.")
def list_leads(
    *,
    statuses: tuple[str, ...],
    queue: str | None,
    programme: str | None,
    limit: int,
    reveal: bool,
    why: str | None,
    as_json: bool,
) -> None:
    """Newest first."""
    queues = [_queue(queue)] if queue else None
    settings = settings_of(quiet=True)
    _check_reason(reveal, why)

    async def work() -> list[dict[str, Any]]:
        async with open_store(settings) as store:
            rows = await store.leads(queues, statuses or OPEN, programme, limit)
            if reveal:
                for row in rows:
                    await store.note(_who(), "revealed", "lead", row["id"], at=SystemClock().now(), why=why)
            return [as_contract(row, reveal) for row in rows]

    found = run(work())
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
        return
    for lead in found:
        place = lead["queue"]
        click.echo(
            f"{lead['id']}  {lead['status']:<18} {lead['programme']:<9} {place['kind']}:{place['code']}  {lead['created_at']}"
        )


@leads.command("show")
@click.argument("lead_id", metavar="ID")
@click.option("--reveal", is_flag=True, help="Show personal data; give a reason with --why.")
@click.option("--why", default=None, help="Why personal data has to be seen.")
@click.option("--json", "as_json", is_flag=True, help="JSON on stdout.")
def show_lead(*, lead_id: str, reveal: bool, why: str | None, as_json: bool) -> None:
    """One lead with its moves."""
    settings = settings_of(quiet=True)
    _check_reason(reveal, why)

    async def work() -> dict[str, Any]:
        async with open_store(settings) as store:
            row = await store.lead(lead_id.upper())
            if row is None:
                raise NoSuchLead(lead_id)
            if reveal:
                await store.note(_who(), "revealed", "lead", row["id"], at=SystemClock().now(), why=why)
            moves = [_move(move, reveal) for move in await store.lead_moves(row["id"])]
            return {**as_contract(row, reveal), "moves": moves}

    found = run(work())
    if as_json:
        click.echo(json.dumps(found, ensure_ascii=False))
        return
    for name, value in found.items():
        click.echo(f"{name}: {value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)}")


def _move(move: dict[str, Any], reveal: bool) -> dict[str, Any]:
    return {
        "at": move["at"].isoformat(),
        "who": move["who"],
        "from": move["from_status"],
        "to": move["to_status"],
        "why": move["why"] if reveal or move["why"] is None else "***",
        "session": move["session_date"].isoformat() if move["session_date"] else None,
        "from_queue": move["from_queue"],
        "to_queue": move["to_queue"],
    }


def _check_reason(reveal: bool, why: str | None) -> None:
    if reveal and not (why or "").strip():
        raise click.UsageError("--reveal needs a reason: --why '…'; the audit keeps it")


def _who() -> str:
    """Whose shell it is; the audit names the operating system's account."""
    try:
        return f"shell:{getpass.getuser()}"
    except (KeyError, OSError):
        return "shell:unknown"


def _queue(text: str) -> tuple[str, str]:
    kind, _, code = text.partition(":")
    if kind not in {"point", "office", "province"} or not code:
        raise click.UsageError("--queue is point:CODE, office:CODE or province:CODE")
    return kind, code


COMMANDS = [leads]
