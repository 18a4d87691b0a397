"""The example of flows/README.md, done step by step on a copy: what an official is told to expect is what happens."""

from __future__ import annotations

import re
import shutil
import textwrap
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.cli import main

ROOM = Path(__file__).parents[2] / "flows"
PARAMETER = "parameters/student_ordinary_rate.yaml"


def asked_for(*arguments: object) -> tuple[int, str]:
    done = CliRunner().invoke(main, [str(one) for one in arguments])
    return done.exit_code, done.output


@pytest.fixture
def draft(tmp_path: Path) -> Path:
    """A copy with the two blocks of the guide put in."""
    folder = tmp_path / "draft"
    shutil.copytree(ROOM, folder, ignore=shutil.ignore_patterns("__pycache__"))
    guide = (ROOM / "README.md").read_text(encoding="utf-8")
    register, value = (textwrap.dedent(one) for one in re.findall(r"```yaml\n(.*?)```", guide, re.S)[-2:])
    law = folder / "law.yaml"
    first = "  - id: QĐ 2553/QĐ-TTg\n"
    text = law.read_text(encoding="utf-8")
    assert first in text
    law.write_text(text.replace(first, textwrap.indent(register.strip(), "  ") + "\n" + first), encoding="utf-8")
    file = folder / PARAMETER
    closed = file.read_text(encoding="utf-8").replace("to: null", "to: 2027-02-28")
    file.write_text(closed.rstrip() + "\n" + textwrap.indent(value.strip(), "  ") + "\n", encoding="utf-8")
    return folder


def test_the_draft_is_in_order(draft: Path) -> None:
    assert asked_for("flows", "check", draft)[0] == 0


def test_from_the_day_on_one_figure_differs_and_nobody_is_answered_otherwise(draft: Path) -> None:
    code, told = asked_for("flows", "diff", ROOM, draft, "--on", "2027-03-01")
    assert code == 0
    assert "student_ordinary_rate: 6,24% -> 6%" in told
    assert "0 answered differently" in told


def test_the_day_before_nothing_differs(draft: Path) -> None:
    assert "nothing differs in the figures" in asked_for("flows", "diff", ROOM, draft, "--on", "2027-02-28")[1]


def test_an_instrument_that_is_not_registered_is_named_with_file_and_line(draft: Path) -> None:
    file = draft / PARAMETER
    file.write_text(file.read_text(encoding="utf-8").replace("QĐ 999/QĐ-TTg", "QĐ 998/QĐ-TTg"), encoding="utf-8")
    code, told = asked_for("flows", "check", draft)
    assert code == 2
    assert re.search(r"student_ordinary_rate\.yaml:\d+", told)
