"""Pictures of programmes and flows: readable SVG, a PNG of the same, and Mermaid text."""

from datetime import date
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner

from bot.cli import main
from bot.papers.rule_picture import mermaid, picture_png, picture_svg
from flows.eligibility.book import load_book
from flows.eligibility.draw import draw_programme

BOX = draw_programme("housing", date(2026, 11, 22), load_book())


def test_no_line_leaves_the_picture_and_the_clause_is_there():
    drawn = ElementTree.fromstring(picture_svg(BOX))
    width, height = float(drawn.get("width")), float(drawn.get("height"))
    texts = drawn.findall("{http://www.w3.org/2000/svg}text")
    assert any("Điều 76" in text.text for text in texts)
    for text in texts:
        assert float(text.get("y")) < height
        assert float(text.get("x")) + 6 * len(text.text) < width, text.text


def test_the_png_is_as_wide_as_it_says():
    made = picture_png(BOX)
    assert made.startswith(b"\x89PNG")
    assert int.from_bytes(made[16:20], "big") == 1800


def test_mermaid_has_a_node_a_box_and_an_arrow_for_all_but_the_first():
    lines = mermaid(BOX).splitlines()
    nodes = [line for line in lines if '["' in line]
    assert len([line for line in lines if "-->" in line]) == len(nodes) - 1


@pytest.mark.parametrize("ending", ["svg", "png"])
def test_the_command_writes_a_picture(tmp_path, ending):
    file = tmp_path / f"water.{ending}"
    done = CliRunner().invoke(main, ["flows", "draw", "water", "--picture", str(file), "--on", "2026-11-22"])
    assert done.exit_code == 0, done.output
    assert file.stat().st_size > 2000


def test_the_command_says_what_it_can_draw():
    done = CliRunner().invoke(main, ["flows", "draw", "weather"])
    assert done.exit_code == 2
    assert "screening" in done.output + done.stderr
    assert "housing" in done.output + done.stderr
