"""The commands for places and points, as scripts call them: JSON on stdout, one clear line on stderr, exit status 2."""

from __future__ import annotations

import io
import json
import os
import re
from datetime import datetime
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from openpyxl import Workbook

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


# --- ten broken files as offices send them -------------------------------------------------------------------------------


def rows_of(count: int, wrong: str = "", at: int = 0) -> str:
    """A file of generated points; row `at` is replaced."""
    lines = [ROW.replace("VD000001", f"VD{number:06d}") for number in range(1, count + 1)]
    if wrong:
        lines[at] = wrong
    return "\n".join([HEADER, *lines]) + "\n"


def workbook(*rows: object) -> bytes:
    book = Workbook()
    for values in rows:
        book.active.append(values)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


CELLS = ROW.split(",")
TEN = {
    "saved with an old code page": (
        "a.csv",
        rows_of(2).replace("Điểm", "\xd0i?m").encode("latin-1", "replace"),
        "UTF-8",
    ),
    "an Excel file of before 2007": ("a.xls", b"\xd0\xcf\x11\xe0" + b"\0" * 900, "lưu lại thành .xlsx"),
    "an Excel file that broke on the way": (
        "a.xlsx",
        workbook(HEADER.split(","), CELLS)[:700],
        "Không mở được tệp Excel",
    ),
    "a letter instead of a list": (
        "a.csv",
        "Kính gửi Ngân hàng,\nChúng tôi gửi danh sách sau.\n".encode(),
        "tiêu đề cột",
    ),
    "a date in the day column": (
        "a.xlsx",
        workbook(HEADER.split(","), [*CELLS[:7], datetime(2026, 11, 12), *CELLS[8:]]),
        "Dòng 2, cột day_of_month",
    ),
    "one wrong row of three hundred": (
        "a.csv",
        rows_of(300, ROW.replace("15298,15331", "15298,00001"), 249).encode(),
        "Dòng 251, cột former_commune_code",
    ),
    "the same point open twice": ("a.csv", (rows_of(3) + ROW + "\n").encode(), "đã có ở dòng 2"),
    "the bank's commune codes in the wrong column": (
        "a.csv",
        rows_of(1).replace("15298", "400123").encode(),
        "mã xã của ngân hàng khác mã đơn vị hành chính",
    ),
    "the hours are no hours": ("a.csv", rows_of(1).replace("07:30", "sáng").encode(), "Hãy ghi như 07:30"),
    "a column was deleted": ("a.csv", rows_of(1).replace("venue", "chỗ").encode(), "Thiếu cột venue"),
}


@pytest.mark.parametrize("name", TEN)
def test_ten_broken_files_are_each_refused_whole_in_words_a_clerk_understands(run, tmp_path, name):
    file_name, data, expected = TEN[name]
    file = tmp_path / file_name
    file.write_bytes(data)
    for words in (["--dry-run"], []):
        result = run("points", "import", file, *words)
        assert (result.exit_code, result.stdout) == (2, ""), result.output
        assert expected in result.stderr and "chưa có gì thay đổi" in result.stderr
        # No word of a programmer's.
        assert not re.search(r"Traceback|Error|None|null|utf-8 codec|[{}]", result.stderr), result.stderr
    assert json.loads(run("points", "list", "--json").stdout)["points"] == []


def test_the_wrong_office_overwrites_nothing_and_sees_the_row(run, tmp_path):
    file = tmp_path / "points.csv"
    file.write_text(f"{HEADER}\n{ROW}\n", "utf-8")
    run("points", "import", file)
    other = ROW.replace("001234,PGD Ví Dụ", "009999,PGD Khác").replace(",12,", ",20,")
    file.write_text(f"{HEADER}\n{ROW.replace('VD000001', 'VD000002')}\n{other}\n", "utf-8")
    result = run("points", "import", file)
    assert result.exit_code == 2 and "Dòng 3, cột pgd_code" in result.stderr and "PGD Ví Dụ" in result.stderr
    points = json.loads(run("points", "list", "--json").stdout)["points"]
    assert [(point["code"], point["day_of_month"]) for point in points] == [("VD000001", 12)]


def test_an_exception_for_a_day_without_a_session_is_refused(run, tmp_path):
    file = tmp_path / "points.csv"
    file.write_text(f"{HEADER}\n{ROW}\n", "utf-8")
    run("points", "import", file)
    file.write_text("point_code,original_date,new_date,reason\nVD000001,2027-02-13,2027-02-20,Tết\n", "utf-8")
    result = run("points", "import", file)
    assert result.exit_code == 2 and "Dòng 2, cột original_date" in result.stderr and "ngày 12" in result.stderr


# --- units -----------------------------------------------------------------------------------------------------------------


NAMES = "former_name,district_name,province_name,old_code,new_code,area_share,since,decree,source\n"
DECREE = "old_code,new_code,new_name,new_type,population,since,decree\n"


def test_retired_names_come_in_and_are_found(run, tmp_path):
    file = tmp_path / "names.csv"
    file.write_text(NAMES + "Xã Ví Dụ Xưa,Huyện Hà Trung,Thanh Hóa,15331,15298,,,,\n", "utf-8")
    assert json.loads(run("place", "xã Ví Dụ Xưa", "--json").stdout)["candidates"] == []
    dry = json.loads(run("units", "import", file, "--dry-run", "--json").stdout)
    assert dry["counts"]["added"] == 1 and json.loads(run("units", "list", "--json").stdout)["retired_names"] == []
    assert json.loads(run("units", "import", file, "--json").stdout)["import"] == 1
    (candidate,) = json.loads(run("place", "xã Ví Dụ Xưa, Thanh Hóa", "--json").stdout)["candidates"]
    assert (candidate["former"]["code"], candidate["called"]) == ("15331", "Xã Ví Dụ Xưa")
    assert json.loads(run("units", "import", file, "--json").stdout)["import"] is None


def test_a_decree_holds_from_its_day_and_points_follow(run, tmp_path):
    points = tmp_path / "points.csv"
    points.write_text(f"{HEADER}\n{ROW}\n", "utf-8")
    run("points", "import", points)
    file = tmp_path / "decree.csv"
    file.write_text(DECREE + "15298,90001,Ví Dụ Lớn,Xã,whole,2026-01-15,NQ thử\n", "utf-8")
    assert run("units", "import", file).exit_code == 0
    (candidate,) = json.loads(run("place", "xã Hà Lai, huyện Hà Trung, Thanh Hóa", "--json").stdout)["candidates"]
    assert (candidate["commune"]["code"], candidate["commune"]["name"]) == ("90001", "Xã Ví Dụ Lớn")
    found = json.loads(run("route", "--commune", "90001", "--former", "15331", "--json").stdout)
    assert found["point"]["code"] == "VD000001" and "nay là xã Ví Dụ Lớn" in found["why"]
    later = tmp_path / "later.csv"
    later.write_text(DECREE + "90001,90002,Chưa Tới,Xã,whole,2999-01-01,NQ sau\n", "utf-8")
    assert run("units", "import", later).exit_code == 0
    (candidate,) = json.loads(run("place", "xã Hà Lai, huyện Hà Trung, Thanh Hóa", "--json").stdout)["candidates"]
    assert candidate["commune"]["code"] == "90001"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (NAMES + "Xã Hà Lai,,,,,,,,\n", "Dòng 2, cột old_code"),
        (NAMES + "Xã Hà Lai,,,99999,,,,,\n", "Không có xã cũ nào mang mã"),
        (DECREE + "99999,90001,A,Xã,whole,2027-01-01,NQ\n", "Dòng 2, cột old_code"),
        (DECREE + "15298,90001,A,Xã,whole,2025-07-01,NQ\n", "phải sau 01/07/2025"),
        (DECREE + "15298,90001,A,Quận,whole,2027-01-01,NQ\n", "Chọn một trong: Xã, Phường, Đặc khu"),
        (DECREE + "15298,90001,A,Xã,whole,2027-01-01,\n", "Dòng 2, cột decree"),
        (DECREE + "15298,90001,A,Xã,,2027-01-01,NQ\n15298,90002,B,Xã,,2027-01-01,NQ\n", "chỉ một nơi được ghi whole"),
        (DECREE + "15298,9x,A,Xã,whole,2027-01-01,NQ\n", "năm chữ số"),
        (f"{HEADER}\n{ROW}\n", "vayvon points import"),
    ],
)
def test_a_broken_file_of_units_is_refused_whole(run, tmp_path, content, expected):
    file = tmp_path / "units.csv"
    file.write_text(content, "utf-8")
    result = run("units", "import", file)
    assert result.exit_code == 2 and expected in result.stderr, result.output
    assert json.loads(run("units", "list", "--json").stdout) == {"retired_names": [], "unit_changes": []}


@pytest.mark.skipif(
    not os.environ.get("GEO_YARDSTICK_DIR"), reason="GEO_YARDSTICK_DIR names no folder with the geography yardstick"
)
def test_the_yardsticks_retired_names_come_in_whole(run):
    file = Path(os.environ["GEO_YARDSTICK_DIR"]) / "former_names.csv"
    answer = run("units", "import", file, "--dry-run", "--json")
    assert answer.exit_code == 0, answer.output
    assert json.loads(answer.stdout)["counts"]["added"] > 1_700


def test_a_presumed_point_has_no_session(run):
    answer = json.loads(run("points", "next", "P-15331", "--json").stdout)
    assert answer["next"] is None and answer["point"]["confirmed"] is False
