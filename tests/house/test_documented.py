"""What people rely on is written down where they look: flows, facts, settings, commands, targets of the Makefile."""

from __future__ import annotations

import re

import click
import pytest
import yaml

from bot.cli import main
from bot.settings import Settings
from bot.wording import catalogue
from flows import FLOWS


def test_every_flow_is_in_the_glossary(house):
    guide = house.read("flows/README.md")
    assert [flow for flow in FLOWS if flow not in guide] == []


def test_every_fact_says_what_it_is_officially_and_why_it_is_asked(house):
    facts = yaml.safe_load(house.read("flows/facts.yaml"))
    facts = facts.get("facts", facts) if isinstance(facts, dict) else facts
    words = catalogue("vi")
    unexplained = []
    for fact in facts:
        if not fact.get("official"):
            unexplained.append(fact["id"])
        if fact.get("asked", True) and fact.get("decides", True):
            unexplained += [key for part in ("ask", "why") if (key := f"fact.{fact['id']}.{part}") not in words]
    assert unexplained == []


def test_every_setting_has_its_line_for_operators(house):
    """deploy/env.example is what an operator copies: it knows every setting and no other."""
    listed = set(re.findall(r"^#?\s?([A-Z][A-Z0-9_]+)=", house.read("deploy/env.example"), re.M))
    known = {_variable(name, field) for name, field in Settings.model_fields.items()}
    assert (sorted(known - listed), sorted(listed - known)) == ([], [])
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


def _variable(name: str, field) -> str:
    alias = field.validation_alias
    if alias is None:
        return f"VAYVON_{name.upper()}"
    return str(alias.choices[0] if hasattr(alias, "choices") else alias)


def _commands(group: click.Group, before: str = "") -> list[tuple[str, click.Command]]:
    context = click.Context(group)
    found = []
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        found.append((f"{before}{name}", command))
        if isinstance(command, click.Group):
            found += _commands(command, f"{before}{name} ")
    return found


def test_every_command_has_help_and_its_place_in_the_guide(house):
    guide = house.read("bot/README.md")
    commands = _commands(main)
    assert commands
    assert [name for name, command in commands if not command.get_short_help_str()] == []
    assert [name for name, _ in commands if name not in guide] == []


@pytest.mark.parametrize("target", ["run", "test", "test-fast", "stack"])
def test_the_readme_names_what_the_makefile_does(house, target):
    assert re.search(rf"^{target}:", house.read("Makefile"), re.M)
    assert f"make {target}" in house.read("README.md")


@pytest.mark.parametrize("room", ["bot", "deploy", "flows", "nlu", "tests"])
def test_every_room_has_a_guide(house, room):
    assert len(house.read(f"{room}/README.md")) > 500


def test_links_in_the_guides_lead_somewhere(house):
    lost = []
    for path in house.texts():
        if path.suffix != ".md":
            continue
        for link in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", house.read(path)):
            if not (house.root / path.parent / link).exists():
                lost.append(f"{path} -> {link}")
    assert lost == []
