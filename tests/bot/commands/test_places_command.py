"""The commands for places and points, as scripts call them: JSON on stdout, one clear line on stderr, exit status 2."""

from __future__ import annotations

import json

import click
import pytest
from click.testing import CliRunner

from bot.commands.places import COMMANDS

HEADER = "point_code,point_name,pgd_code,pgd_name,new_commune_code,former_commune_code,venue,day_of_month,start_time,end_time,status"
ROW = "VD000001,Điểm Thái Lai,001234,PGD Ví Dụ,15298,15331,Nhà văn hóa thôn 2,12,07:30,11:00,active"


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.setenv("VAYVON_VAR", str(tmp_path / "var"))
    monkeypatch.delenv("VAYVON_DATABASE_URL", raising=False)
    group = click.Group(commands={command.name: command for command in COMMANDS})

    def call(*words, given=None):
        return CliRunner().invoke(group, [str(word) for word in words], input=given)

    return call


def test_place_answers_as_the_contract_says(run):
    answer = json.loads(run("place", "xã Hà Lai huyện Hà Trung Thanh Hóa", "--json").stdout)
    (candidate,) = answer["candidates"]
    assert answer["ambiguous"] is False and set(candidate) >= {"score", "commune", "former", "lat", "lon"}
    assert set(candidate["commune"]) == {"code", "name", "type", "province_code", "province"}
    assert set(candidate["former"]) == {"code", "name", "district", "province"}
    assert json.loads(run("place", "không có gì", "--json").stdout) == {"candidates": [], "ambiguous": False}
    assert json.loads(run("place", "xã Ô Diên, Hà Nội", "--json").stdout)["candidates"][0]["former"] is None


def test_a_bad_line_answers_and_the_stream_goes_on(run):
    lines = [
        '{"id": 1, "text": "xã Ô Diên Hà Nội"}',
        "{",
        '{"id": 3}',
        '{"id": 4, "text": "x", "near": "here"}',
        "[]",
        '{"id": 5, "text": ""}',
        "[" * 19_000,
        '{"id": 7, "text": "x", "near": [1' + "0" * 400 + ", 1]}",
    ]
    answers = [json.loads(line) for line in run("place", "--jsonl", given="\n".join(lines)).stdout.splitlines()]
    assert [answer.get("id") for answer in answers] == [1, None, 3, 4, None, 5, None, 7]
    assert [("error" in answer) for answer in answers] == [False, True, True, True, True, False, True, True]


@pytest.mark.parametrize(
    "words",
    [["place"], ["place", "x", "--near", "a,b"], ["route"], ["route", "--commune", "99999"], ["points", "next", "X"]],
)
def test_wrong_use_is_one_line_and_status_2(run, words):
    result = run(*words)
    assert result.exit_code == 2 and result.stdout == "" and result.stderr.strip()


def test_import_route_and_next(run, tmp_path):
    file = tmp_path / "points.csv"
    file.write_text(f"{HEADER}\n{ROW}\n", "utf-8")
    dry = json.loads(run("points", "import", file, "--dry-run", "--json").stdout)
    assert dry["added"] == ["VD000001"] and dry["import"] is None
    assert json.loads(run("points", "list", "--json").stdout)["points"] == []
    assert json.loads(run("points", "import", file, "--json").stdout)["import"] == 1
    assert json.loads(run("points", "import", file, "--json").stdout)["nothing"] is True
    found = json.loads(run("route", "--commune", "15298", "--former", "15331", "--json").stdout)
    assert (found["point"]["code"], found["rule"], found["filed_at"]) == ("VD000001", "former_commune", "point")
    assert "xã Thái Lai cũ" in found["why"]
    following = json.loads(run("points", "next", "VD000001", "--on", "2026-11-22", "--json").stdout)["next"]
    assert (following["date"], following["start"], following["end"]) == ("2026-12-12", "07:30", "11:00")
    assert "12/12/2026" in run("points", "next", "VD000001", "--on", "2026-11-22").stdout


def test_a_refused_file_names_row_and_column(run, tmp_path):
    file = tmp_path / "points.csv"
    file.write_text(f"{HEADER}\n{ROW.replace(',12,', ',12/11/2026,')}\n", "utf-8")
    result = run("points", "import", file)
    assert result.exit_code == 2 and "Dòng 2, cột day_of_month" in result.stderr
    assert json.loads(run("points", "list", "--json").stdout)["points"] == []


def test_a_presumed_point_has_no_session(run):
    answer = json.loads(run("points", "next", "P-15331", "--json").stdout)
    assert answer["next"] is None and answer["point"]["confirmed"] is False
