"""Importing points: the bank's headers and ours, every fault named by row and column, all or nothing, history, speed."""

from __future__ import annotations

import csv
import io
import time as clock
from datetime import date, datetime, timedelta, timezone

import pytest
from openpyxl import Workbook
from sqlalchemy import func, select

from bot.leads import points as store_points
from bot.leads.point_file import Refused, read_file
from bot.leads.points import Source, Stored, apply, difference, directory, load, stored
from bot.stores.memory import MemoryStore
from bot.stores.tables import imports, point_versions
from bot.stores.tables import points as point_table
from bot.wording import word
from flows.routing import route
from nlu.places.index import packaged

AT = datetime(2026, 11, 22, 9, 0, tzinfo=timezone(timedelta(hours=7)))
GOOD = {
    "point_code": "VD000001",
    "point_name": "Điểm giao dịch xã Thái Lai (cũ)",
    "pgd_code": "001234",
    "pgd_name": "PGD Ví Dụ",
    "new_commune_code": "15298",
    "former_commune_code": "15331",
    "villages": "Thôn 1|Thôn 2",
    "venue": "Nhà văn hóa thôn 2",
    "lat": "20.004",
    "lon": "105.896",
    "day_of_month": "12",
    "start_time": "07:30",
    "end_time": "11:00",
    "status": "active",
}
BANK = (
    "Mã PGD",
    "Mã xã",
    "Tên xã",
    "Mã điểm GDXA",
    "Tên điểm GDXA",
    "Ngày GDXA",
    "Mã thôn",
    "Tên thôn",
    "Địa điểm ĐGD",
    "Giờ giao dịch",
)


def sheet(*rows, delimiter=",", headers=None) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, headers or list(rows[0]), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def row(**changes):
    return {**GOOD, **changes}


def read(data, name="points.csv", **more):
    return read_file(data, name, packaged(), **more)


def problems(data, name="points.csv", **more) -> list[tuple[int, str, str]]:
    with pytest.raises(Refused) as refused:
        read(data, name, **more)
    for problem in refused.value.problems:
        assert word(problem.text) and word(problem.text, "en")
    return [(problem.row, problem.column, problem.text.key.rsplit(".", 1)[1]) for problem in refused.value.problems]


# --- reading ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_csv_as_spreadsheets_write_it(delimiter, mark):
    content = read(mark + sheet(GOOD, delimiter=delimiter))
    point = content.points["VD000001"]
    assert (point["commune_code"], point["former_code"], point["day_of_month"]) == ("15298", "15331", 12)
    assert (point["province_code"], point["office_code"]) == ("38", "001234")
    assert [hamlet["folded"] for hamlet in content.hamlets] == ["thon 1", "thon 2"]


def test_lost_zeros_are_restored_and_blanks_trimmed():
    content = read(
        sheet(
            row(
                new_commune_code="1273",
                former_commune_code="",
                pgd_code="1234",
                lat="",
                lon="",
                venue="  Trụ sở \u00a0 xã  ",
            )
        )
    )
    point = content.points["VD000001"]
    assert (point["commune_code"], point["office_code"], point["venue"]) == ("01273", "001234", "Trụ sở xã")


def test_the_banks_own_export_with_title_rows():
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";")
    writer.writerow(["NGÂN HÀNG CHÍNH SÁCH XÃ HỘI"])
    writer.writerow(["DANH SÁCH ĐIỂM GIAO DỊCH"])
    writer.writerow([])
    writer.writerow(BANK)
    for number, hamlet in enumerate(("Thôn 1", "Thôn 2"), 1):
        writer.writerow(
            [
                "1234",
                "380101",
                "Xã Lĩnh Toại",
                "A01",
                "Thái Lai",
                "12",
                f"0{number}",
                hamlet,
                "Nhà văn hóa",
                "Từ 7h30 đến 11h00",
            ]
        )
    content = read(out.getvalue().encode(), province="Thanh Hóa")
    assert list(content.points) == ["A01"] and len(content.hamlets) == 2
    point = content.points["A01"]
    assert (point["commune_code"], point["start_time"], point["end_time"], point["status"]) == (
        "15298",
        "07:30",
        "11:00",
        "active",
    )


def excel(*rows) -> bytes:
    book = Workbook()
    for values in rows:
        book.active.append(values)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_excel_with_numbers_and_times():
    from datetime import time

    values = {
        **GOOD,
        "new_commune_code": 15298,
        "day_of_month": 12.0,
        "start_time": time(7, 30),
        "end_time": time(11, 0),
        "lat": 20.004,
        "lon": 105.896,
    }
    point = read(excel(["Danh sách"], list(values), list(values.values())), "points.xlsx").points["VD000001"]
    assert (point["day_of_month"], point["start_time"], point["end_time"]) == (12, "07:30", "11:00")


def test_a_date_in_the_day_column_of_excel_is_refused():
    values = {**GOOD, "day_of_month": datetime(2026, 12, 11)}
    assert problems(excel(list(values), list(values.values())), "a.xlsx") == [(2, "day_of_month", "day_is_date")]


BROKEN = {
    "empty": (b"", [(0, "", "empty")]),
    "not utf-8": (sheet(GOOD).decode().encode("utf-16"), [(1, "", "not_utf8")]),
    "no header": (b"a,b,c\n1,2,3\n", [(0, "", "no_header")]),
    "no rows": (sheet(GOOD).splitlines()[0], [(0, "", "no_rows")]),
    "an old Excel file": (b"\xd0\xcf\x11\xe0" + b"\0" * 600, [(0, "", "old_excel")]),
    "a broken Excel file": (b"PK\x03\x04 nothing", [(0, "", "broken_excel")]),
    "a column is missing": (
        sheet({name: value for name, value in GOOD.items() if name != "venue"}),
        [(1, "venue", "missing_column")],
    ),
    "unknown commune": (sheet(row(new_commune_code="99999")), [(2, "new_commune_code", "unknown_commune_code")]),
    "a former commune's code": (sheet(row(new_commune_code="15331")), [(2, "new_commune_code", "old_commune_code")]),
    "no predecessor": (sheet(row(former_commune_code="00001")), [(2, "former_commune_code", "no_predecessor")]),
    "two open rows a code": (sheet(GOOD, row(villages="")), [(3, "point_code", "code_twice")]),
    "a date for a day": (sheet(row(day_of_month="12/11/2026")), [(2, "day_of_month", "day_is_date")]),
    "day 32": (sheet(row(day_of_month="32")), [(2, "day_of_month", "bad_day")]),
    "far away": (sheet(row(lat="21.03", lon="105.85")), [(2, "lat", "location_far")]),
    "swapped": (sheet(row(lat="105.896", lon="20.004")), [(2, "lat", "location_swapped")]),
    "half a location": (sheet(row(lon="")), [(2, "lon", "half_location")]),
    "ends before it starts": (sheet(row(start_time="11:00", end_time="07:30")), [(2, "end_time", "ends_before_start")]),
    "status": (sheet(row(status="maybe")), [(2, "status", "bad_status")]),
    "holiday rule": (sheet({**GOOD, "if_holiday": "sometimes"}), [(2, "if_holiday", "not_one_of")]),
    "empty venue": (sheet(row(venue=" ")), [(2, "venue", "empty_cell")]),
    "a time": (sheet(row(start_time="7h75")), [(2, "start_time", "bad_time")]),
    "several at once": (
        sheet(GOOD, row(point_code="VD2", day_of_month="x", status="")),
        [(3, "day_of_month", "bad_day"), (3, "status", "bad_status")],
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_is_refused_whole_with_row_and_column(name):
    data, expected = BROKEN[name]
    assert sorted(problems(data)) == sorted(expected)


def test_exceptions_and_hamlets_need_points_that_are_there():
    known = {"VD000001": {"code": "VD000001", "commune_code": "15298", "former_code": "15331"}}
    data = (
        b"point_code,original_date,new_date,reason\nVD000001,2027-02-12,20/02/2027,T\xe1\xba\xbft\nVD9,2027-02-12,,\n"
    )
    assert problems(data, known=known) == [(3, "point_code", "unknown_point")]
    content = read(data.splitlines()[0] + b"\n" + data.splitlines()[1], known=known)
    assert content.exceptions[0]["new_date"] == date(2027, 2, 20)
    hamlets = read("Mã điểm,Tên thôn\nVD000001,Thôn 7\n".encode(), known=known)
    assert hamlets.kind == "hamlets" and hamlets.hamlets[0]["commune_code"] == "15298"


# --- the difference --------------------------------------------------------------------------------------------------


def held(*rows) -> Stored:
    content = read(sheet(*rows))
    return Stored(
        content.points,
        {(h["point"], h["folded"]): {**h, "id": at, "source": "import"} for at, h in enumerate(content.hamlets)},
    )


def test_the_same_file_changes_nothing():
    assert difference(read(sheet(GOOD)), held(GOOD)).nothing


def test_what_changed_is_told_field_by_field():
    found = difference(read(sheet(row(day_of_month="13", villages="Thôn 1"))), held(GOOD))
    assert found.changed == {"VD000001": {"day_of_month": (12, 13)}}
    assert [hamlet["name"] for hamlet in found.hamlets_gone] == ["Thôn 2"]


def test_another_offices_point_is_not_overwritten():
    with pytest.raises(Refused) as refused:
        difference(read(sheet(row(pgd_code="009999"))), held(GOOD))
    assert "PGD Ví Dụ" in word(refused.value.problems[0].text)
    with pytest.raises(Refused):
        difference(read(sheet(GOOD)), Stored(), offices=["009999"])


def test_points_that_the_file_leaves_out_stay_unless_it_replaces():
    two = held(GOOD, row(point_code="VD2", new_commune_code="15271", former_commune_code="", lat="", lon=""))
    kept = difference(read(sheet(GOOD)), two)
    assert kept.absent == ("VD2",) and kept.closing == () and kept.nothing
    closed = difference(read(sheet(GOOD)), two, replace=True)
    assert closed.closing == ("VD2",) and closed.uncovered == ("15271",)


def test_a_directory_of_stored_rows_routes():
    found = route(directory(held(GOOD), packaged()), "15298", hamlet="thôn 2")
    assert (found.point.code, found.rule, found.point.day_of_month) == ("VD000001", "hamlet", 12)


# --- the database ----------------------------------------------------------------------------------------------------


@pytest.fixture
async def store():
    opened = MemoryStore()
    await opened.migrate()
    yield opened
    await opened.close()


async def bring(store, data, **options):
    content = read_file(data, "points.csv", packaged(), known=(await stored(store)).points)
    return await apply(store, content, Source(data, "points.csv", "staff:vidu", AT), **options)


async def count(store, table) -> int:
    async with store.reading() as connection:
        return (await connection.execute(select(func.count()).select_from(table))).scalar()


async def test_import_then_correct_then_again(store):
    assert (await load(store)).by_commune("15298")[0].confirmed is False
    first, number = await bring(store, sheet(GOOD))
    assert (first.added, number) == (("VD000001",), 1)
    before = await load(store)
    assert before.by_code("VD000001").day_of_month == 12
    second, _ = await bring(store, sheet(row(day_of_month="13")))
    assert second.changed["VD000001"] == {"day_of_month": (12, 13)}
    after = await load(store)
    assert after.by_code("VD000001").day_of_month == 13 and after.version != before.version
    assert await count(store, point_versions) == 1 and await count(store, imports) == 2
    again, nothing = await bring(store, sheet(row(day_of_month="13")))
    assert again.nothing and nothing is None and await count(store, imports) == 2


async def test_exceptions_and_hamlets_are_brought_in_and_corrected(store):
    await bring(store, sheet(GOOD))
    header = "point_code,original_date,new_date,reason\n"
    await bring(store, (header + "VD000001,2027-02-12,2027-02-20,Tết\n").encode())
    found, _ = await bring(store, (header + "VD000001,2027-02-12,,Tết\n").encode())
    assert len(found.exceptions_changed) == 1
    await bring(store, "point_code,hamlet\nVD000001,Xóm Mới\n".encode())
    now = await load(store)
    assert now.by_code("VD000001").exceptions[0].moved_to is None
    assert now.point_of_hamlet("15298", "xom moi", None) == "VD000001"


async def test_a_refused_import_leaves_nothing_behind(store, monkeypatch):
    async def fails(*args):
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(store_points, "_write_hamlets", fails)
    with pytest.raises(RuntimeError):
        await bring(store, sheet(GOOD))
    assert [await count(store, table) for table in (point_table, imports, point_versions)] == [0, 0, 0]


async def test_the_whole_country_in_seconds_and_again_as_nothing(store):
    """9,965 points, the bank's real number, generated: one a former commune."""
    index = packaged()
    rows = []
    for number, (code, before) in enumerate(sorted(index.formers.items())[:9_965]):
        commune = index.successors[code][0][0]
        rows.append(
            {
                "point_code": f"P{number:06d}",
                "point_name": f"Điểm {before.name}",
                "pgd_code": f"{int(index.district_of[code]):06d}",
                "pgd_name": f"PGD {before.district}",
                "new_commune_code": commune,
                "former_commune_code": code,
                "venue": "Trụ sở cũ",
                "day_of_month": str(number % 28 + 1),
                "status": "active",
            }
        )
    data = sheet(*rows)
    started = clock.perf_counter()
    first, _ = await bring(store, data)
    assert len(first.added) == 9_965 and clock.perf_counter() - started < 30
    again, number = await bring(store, data)
    assert again.nothing and number is None
    assert len((await load(store)).listed()) == 9_965
