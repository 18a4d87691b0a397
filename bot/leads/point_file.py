"""A branch's file of transaction points -> checked rows, or all that is wrong with it. Pure: bytes in, values out.

CSV (`,` `;` or tab) or XLSX, with title rows above the header and the headers of the bank's own export. Three kinds: points,
dated exceptions, hamlets. Nothing is half read: one problem refuses the whole file. Storing is `bot/leads/points.py`.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, time
from typing import Any

import msgspec
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from flows.calendar import fixed_day
from flows.engine.text import Text
from flows.routing import hamlet_key
from nlu.places.index import PlaceIndex, distance_km
from nlu.places.spelling import bare, key

TITLE_ROWS = 25  # the header stands within these
LONGEST_FILE = 50_000
FAR_KM = 15
OFFICE_CODE_LENGTH = 6
ENOUGH_PROBLEMS = 50

# Our header, then what branches write instead; compared without marks, case and punctuation.
HEADERS: dict[str, tuple[str, ...]] = {
    "point_code": ("Mã điểm GDXA", "Mã điểm giao dịch", "Mã điểm"),
    "point_name": ("Tên điểm GDXA", "Tên điểm giao dịch", "Tên điểm"),
    "pgd_code": ("Mã PGD", "Mã phòng giao dịch"),
    "pgd_name": ("Tên PGD", "Phòng giao dịch", "Tên phòng giao dịch"),
    "new_commune_code": ("Mã ĐVHC", "Mã xã mới", "Mã xã (ĐVHC)"),
    "bank_commune_code": ("Mã xã",),
    "new_commune_name": ("Tên xã", "Tên xã mới", "Xã", "Xã/phường"),
    "province": ("province_name", "Tỉnh", "Tên tỉnh", "Tỉnh/thành phố"),
    "former_commune_code": ("Mã xã cũ",),
    "villages": ("Danh sách thôn", "Các thôn"),
    "hamlet_code": ("Mã thôn",),
    "hamlet": ("Tên thôn", "Thôn", "village"),
    "is_primary": ("Điểm chính",),
    "venue": ("Địa điểm ĐGD", "Địa điểm giao dịch", "Địa điểm"),
    "address": ("Địa chỉ",),
    "landmark": ("Dễ tìm", "Gần", "Mốc chỉ đường", "Chỉ đường"),
    "lat": ("Vĩ độ", "latitude"),
    "lon": ("Kinh độ", "longitude", "lng"),
    "day_of_month": ("Ngày GDXA", "Ngày giao dịch", "Ngày GD"),
    "hours": ("Giờ giao dịch", "Giờ GD"),
    "start_time": ("Giờ bắt đầu",),
    "end_time": ("Giờ kết thúc",),
    "if_holiday": ("Nếu trùng ngày lễ",),
    "contact_phone": ("Điện thoại", "Số điện thoại", "SĐT"),
    "status": ("Trạng thái", "Tình trạng"),
    "valid_from": ("Hiệu lực từ",),
    "valid_to": ("Hiệu lực đến",),
    "note": ("Ghi chú",),
    "original_date": ("Ngày theo lịch", "Ngày cũ"),
    "new_date": ("Ngày thay thế", "Ngày mới"),
    "reason": ("Lý do",),
    "former_name": ("Tên trước đây", "Tên đã bỏ"),
    "old_code": ("Mã cũ",),
    "new_code": ("Mã mới",),
    "new_name": ("Tên mới",),
    "new_type": ("Loại mới", "Loại"),
    "population": ("Dân số",),
    "since": ("Từ ngày", "Ngày hiệu lực"),
    "decree": ("Nghị quyết", "Văn bản"),
}  # fmt: skip
REQUIRED = {
    "points": ("point_code", "point_name", "pgd_code", "venue", "day_of_month"),
    "exceptions": ("point_code", "original_date"),
    "hamlets": ("point_code", "hamlet"),
    "former_names": ("former_name",),
    "unit_changes": ("old_code", "new_code", "new_name", "new_type", "since", "decree"),
}
KINDS_OF_POINTS = ("points", "exceptions", "hamlets")
OWN_HEADERS_TOO = ("pgd_name", "status")  # required where the file follows our format and not the bank's export
HOLIDAYS = ("same_day", "next_day", "previous_day", "skip")
STATUSES = {
    "active": "active", "closed": "closed", "inactive": "closed", "hoatdong": "active", "danghoatdong": "active",
    "dong": "closed", "dadong": "closed", "ngung": "closed", "ngunghoatdong": "closed", "tamngung": "closed",
}  # fmt: skip
YES = {"1", "x", "co", "yes", "true", "dung"}
NO = {"", "0", "khong", "no", "false", "sai"}


class Problem(msgspec.Struct, frozen=True):
    """What is wrong, and where: row and column as the clerk sees them in the file (0: the file as a whole)."""

    row: int
    column: str
    text: Text


class Refused(Exception):
    """The file is refused whole; `problems` says why, in order."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(f"{len(self.problems)} problems")


class Sheet(msgspec.Struct, frozen=True):
    """A file's rows by field. `titles`: field -> header as written; `kind`: points, exceptions, hamlets, former_names or
    unit_changes (these two: `bot/leads/unit_file.py`)."""

    kind: str
    titles: dict[str, str]
    rows: tuple[tuple[int, dict[str, str]], ...]
    of_the_bank: bool


class PointFile(msgspec.Struct, frozen=True):
    """The checked content of a file: rows as the tables hold them. `hamlets`: (point code, name). `lines`: point code -> row of
    the file that it stands in; `column`: the header under which the file has the office."""

    kind: str
    points: dict[str, dict[str, Any]] = {}
    hamlets: tuple[dict[str, Any], ...] = ()
    exceptions: tuple[dict[str, Any], ...] = ()
    lines: dict[str, int] = {}
    column: str = "pgd_code"


def read_file(
    data: bytes,
    file_name: str,
    index: PlaceIndex,
    province: str | None = None,
    known: Mapping[str, Mapping[str, Any]] | None = None,
) -> PointFile:
    """Read and check a whole file; raises `Refused`. `known`: stored points by code, for files that only name a point.

    `province` (name or code) helps where the file names communes without their province.
    """
    sheet = read_sheet(data, file_name)
    if sheet.kind not in KINDS_OF_POINTS:
        raise Refused([_whole("units_not_points")])
    checker = _Checker(sheet, index, province, known or {})
    content = {"points": checker.points, "exceptions": checker.exceptions, "hamlets": checker.hamlets}[sheet.kind]()
    if checker.problems:
        raise Refused(checker.problems)
    return content


# --- the sheet ---------------------------------------------------------------------------------------------------------


def read_sheet(data: bytes, file_name: str) -> Sheet:
    """The rows below the header, each value as trimmed text."""
    if not data.strip():
        raise Refused([_whole("empty")])
    if data[:2] == b"PK" or file_name.lower().endswith(".xlsx"):
        rows = _xlsx_rows(data)
    elif data[:4] == b"\xd0\xcf\x11\xe0":
        raise Refused([_whole("old_excel")])
    else:
        rows = _csv_rows(data)
    return _below_header(rows)


def _xlsx_rows(data: bytes) -> list[list[str]]:
    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        return [[_cell_text(value) for value in row] for row in sheet.iter_rows(values_only=True)]
    except (zipfile.BadZipFile, InvalidFileException, KeyError, IndexError, ValueError) as error:
        raise Refused([_whole("broken_excel")]) from error


def _cell_text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        # A time without a day comes as 1899/1900 from some programs.
        return value.strftime("%H:%M") if value.year < 1910 else value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return value.strftime("%H:%M")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return _trim(str(value))


def _csv_rows(data: bytes) -> list[list[str]]:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise Refused([Problem(line, "", Text("points.problem.not_utf8"))]) from error
    if "\x00" in text:
        raise Refused([_whole("not_a_table")])
    lines = text.splitlines()[:TITLE_ROWS]
    delimiter = max((",", ";", "\t"), key=lambda mark: max((line.count(mark) for line in lines), default=0))
    try:
        return [
            [_trim(value) for value in row] for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        ]
    except csv.Error as error:
        raise Refused([_whole("not_a_table")]) from error


def _trim(value: str) -> str:
    return " ".join(unicodedata.normalize("NFC", value).replace("\u00a0", " ").replace("\ufeff", "").split())


def _below_header(rows: list[list[str]]) -> Sheet:
    known = {_plain(written): field for field, others in HEADERS.items() for written in (field, *others)}
    best = max(
        range(min(TITLE_ROWS, len(rows))), key=lambda at: sum(_plain(cell) in known for cell in rows[at]), default=None
    )
    fields = [known.get(_plain(cell)) for cell in rows[best]] if best is not None else []
    if best is None or sum(field is not None for field in fields) < 2:
        raise Refused([_whole("no_header")])
    problems = _header_problems(rows[best], fields, best + 1)
    kind = _kind(fields)
    titles = {field: title for field, title in zip(fields, rows[best], strict=True) if field}
    of_the_bank = any(_plain(title) != _plain(field) for field, title in titles.items())
    for field in REQUIRED[kind]:
        if field not in titles:
            problems.append(Problem(best + 1, field, Text("points.problem.missing_column", {"column": _title(field)})))
    if kind == "points":
        if not {"new_commune_code", "new_commune_name"} & set(titles):
            column = f"{_title('new_commune_code')} / {_title('new_commune_name')}"
            problems.append(Problem(best + 1, column, Text("points.problem.missing_column", {"column": column})))
        for field in () if of_the_bank else OWN_HEADERS_TOO:
            if field not in titles:
                problems.append(Problem(best + 1, field, Text("points.problem.missing_column", {"column": field})))
    if problems:
        raise Refused(problems)
    body = []
    for number, row in enumerate(rows[best + 1 :], best + 2):
        values = {field: row[at] if at < len(row) else "" for at, field in enumerate(fields) if field}
        if any(values.values()):
            body.append((number, values))
    if not body:
        raise Refused([_whole("no_rows")])
    if len(body) > LONGEST_FILE:
        raise Refused([_whole("too_long")])
    return Sheet(kind, titles, tuple(body), of_the_bank)


def _header_problems(titles: list[str], fields: list[str | None], row: int) -> list[Problem]:
    twice = {field for field in fields if field and fields.count(field) > 1}
    return [
        Problem(row, title, Text("points.problem.column_twice", {"column": title}))
        for title, field in zip(titles, fields, strict=True)
        if field in twice
    ]


def _kind(fields: list[str | None]) -> str:
    if "former_name" in fields:
        return "former_names"
    if "old_code" in fields and "new_code" in fields:
        return "unit_changes"
    if "original_date" in fields:
        return "exceptions"
    return "hamlets" if "hamlet" in fields and "day_of_month" not in fields and "venue" not in fields else "points"


def _title(field: str) -> str:
    others = HEADERS.get(field, ())
    return f"{field} ({others[0]})" if others else field


def _plain(text: str) -> str:
    return "".join(letter for letter in key(text) if letter.isalnum())


def _whole(what: str) -> Problem:
    return Problem(0, "", Text(f"points.problem.{what}"))


# --- checking ----------------------------------------------------------------------------------------------------------


class RowChecker:
    """Goes through one sheet, collecting every problem so that a clerk mends the file once."""

    def __init__(self, sheet: Sheet, index: PlaceIndex, province: str | None = None) -> None:
        self.sheet = sheet
        self.index = index
        self.problems: list[Problem] = []
        self.row = 0
        self.values: dict[str, str] = {}
        self.province = self._province_code(province) if province else None
        if province and self.province is None:
            self.problems.append(Problem(0, "", Text("points.problem.unknown_province", {"value": province})))

    def _wrong(self, field: str, what: str, **values: Any) -> None:
        if len(self.problems) < ENOUGH_PROBLEMS:
            column = self.sheet.titles.get(field, field)
            shown = {"value": self.values.get(field, ""), **values}
            self.problems.append(Problem(self.row, column, Text(f"points.problem.{what}", shown)))

    def _each(self) -> Iterator[int]:
        """Go through the rows; the checks look at `self.values`."""
        for row, values in self.sheet.rows:
            self.row, self.values = row, values
            yield row

    def _needed(self, field: str) -> str:
        value = self.values.get(field, "")
        if not value:
            self._wrong(field, "empty_cell")
        return value

    def _province_code(self, value: str) -> str | None:
        if value.zfill(2) in self.index.provinces and value.isdigit():
            return value.zfill(2)
        wanted = key(_unmarked_unit(value))
        return next((code for code, name in self.index.provinces.items() if key(bare(name)) == wanted), None)

    def _number(self, field: str) -> float | None:
        value = self.values.get(field, "")
        if not value:
            return None
        try:
            return float(value.replace(",", "."))
        except ValueError:
            self._wrong(field, "not_a_number")
            return None

    def _date(self, field: str) -> date | None:
        value = self.values.get(field, "")
        if not value:
            return None
        for pattern in ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y"):
            try:
                return datetime.strptime(value, pattern).date()
            except ValueError:
                continue
        self._wrong(field, "bad_date")
        return None

    def _one_of(self, field: str, allowed: tuple[str, ...], default: str) -> str:
        value = self.values.get(field, "") or default
        if value not in allowed:
            self._wrong(field, "not_one_of", allowed=", ".join(allowed))
        return value

    def _yes_no(self, field: str) -> bool:
        value = _plain(self.values.get(field, ""))
        if value not in YES and value not in NO:
            self._wrong(field, "not_yes_no")
        return value in YES


class _Checker(RowChecker):
    """Checks a sheet of points, exceptions or hamlets."""

    def __init__(
        self, sheet: Sheet, index: PlaceIndex, province: str | None, known: Mapping[str, Mapping[str, Any]]
    ) -> None:
        super().__init__(sheet, index, province)
        self.known = known

    # --- points

    def points(self) -> PointFile:
        rows: dict[str, dict[str, Any]] = {}
        first: dict[str, int] = {}
        hamlets: list[dict[str, Any]] = []
        for _ in self._each():
            point = self._point()
            code = point["code"]
            if not code:
                continue
            if code in rows and not self._same_point(rows[code], point, first[code]):
                continue
            if code not in rows or point["status"] == "active":
                rows[code] = point
                first.setdefault(code, self.row)
            hamlets += self._hamlets_of(point)
        column = self.sheet.titles.get("pgd_code", "pgd_code")
        return PointFile("points", rows, tuple(_once(hamlets)), lines=first, column=column)

    def _same_point(self, before: dict[str, Any], point: dict[str, Any], first: int) -> bool:
        """The bank's export repeats a point for each of its hamlets; anything else twice is a fault."""
        if "hamlet" in self.sheet.titles and before == point:
            return True
        if "hamlet" in self.sheet.titles:
            field = next(name for name in point if before[name] != point[name])
            self._wrong(COLUMN_FIELDS.get(field, field), "differs_from_row", other=first)
            return False
        if before["status"] == "active" and point["status"] == "active":
            self._wrong("point_code", "code_twice", other=first)
            return False
        return True

    def _point(self) -> dict[str, Any]:
        commune = self._commune()
        lat, lon = self._location(commune)
        start, end = self._hours()
        starts, ends = self._date("valid_from"), self._date("valid_to")
        if starts and ends and ends < starts:
            self._wrong("valid_to", "ends_before_start")
        office = self._needed("pgd_code")
        office = office.zfill(OFFICE_CODE_LENGTH) if office.isdigit() else office  # spreadsheets drop leading zeros
        return {
            "code": self._code("point_code"),
            "name": self._needed("point_name"),
            "office_code": office,
            "office_name": self.values.get("pgd_name")
            or (f"PGD {office}" if self.sheet.of_the_bank else self._needed("pgd_name")),
            "province_code": self.index.communes[commune].province_code if commune else "",
            "commune_code": commune or "",
            "former_code": self._former(commune),
            "is_primary": self._yes_no("is_primary"),
            "status": self._status(),
            "venue": self._needed("venue"),
            "address": self.values.get("address") or None,
            "landmark": self.values.get("landmark") or None,
            "lat": lat,
            "lon": lon,
            "day_of_month": self._day_of_month(),
            "start_time": start,
            "end_time": end,
            "if_holiday": self._one_of("if_holiday", HOLIDAYS, "same_day"),
            "contact_phone": self._phone(),
            "valid_from": starts,
            "valid_to": ends,
            "note": self.values.get("note") or None,
        }

    def _code(self, field: str) -> str:
        value = self._needed(field)
        if len(value) > 32 or (value and not re.fullmatch(r"[\w./-]+", value)):
            self._wrong(field, "bad_code")
        return value

    def _commune(self) -> str | None:
        value = self.values.get("new_commune_code", "")
        if value:
            code = value.zfill(5) if value.isdigit() else value  # spreadsheets drop leading zeros
            if code in self.index.communes:
                return code
            self._wrong(
                "new_commune_code", "old_commune_code" if code in self.index.formers else "unknown_commune_code"
            )
            return None
        return self._commune_by_name()

    def _commune_by_name(self) -> str | None:
        name = (
            self._needed("new_commune_name")
            if "new_commune_name" in self.sheet.titles
            else self._needed("new_commune_code")
        )
        if not name:
            return None
        province = self.province
        if self.values.get("province"):
            province = self._province_code(self.values["province"])
            if province is None:
                self._wrong("province", "unknown_province")
                return None
        found = self._communes_named(name, province)
        if len(found) == 1:
            return found[0]
        self._wrong("new_commune_name", "unknown_commune_name" if not found else "commune_name_twice")
        return None

    def _communes_named(self, name: str, province: str | None) -> list[str]:
        plain = _unmarked_unit(name)
        found = [
            each.code
            for each in self.index.names.get(key(plain), ())
            if each.level == "commune" and province in (None, self.index.communes[each.code].province_code)
        ]
        if len(found) > 1:
            exact = [
                code
                for code in found
                if name.lower()
                in (self.index.communes[code].name.lower(), bare(self.index.communes[code].name).lower())
            ]
            found = exact or found
        return found

    def _former(self, commune: str | None) -> str | None:
        value = self.values.get("former_commune_code", "")
        if not value:
            return None
        code = value.zfill(5) if value.isdigit() else value
        if code not in self.index.formers:
            self._wrong("former_commune_code", "unknown_former_code")
            return None
        if commune and code not in self.index.predecessors.get(commune, ()):
            names = {"former": self.index.formers[code].name, "commune": self.index.communes[commune].name}
            self._wrong("former_commune_code", "no_predecessor", **names)
        return code

    def _location(self, commune: str | None) -> tuple[float | None, float | None]:
        lat, lon = self._number("lat"), self._number("lon")
        if (lat is None) != (lon is None):
            self._wrong("lat" if lat is None else "lon", "half_location")
            return None, None
        if lat is None or lon is None:
            return None, None
        if not (5 < lat < 24.5 and 100 < lon < 119):
            swapped = 5 < lon < 24.5 and 100 < lat < 119
            self._wrong("lat", "location_swapped" if swapped else "location_outside")
        elif commune:
            spot = self.index.spots[commune]
            far = distance_km(lat, lon, spot.lat, spot.lon) - spot.radius_km
            if far > FAR_KM:
                self._wrong("lat", "location_far", km=round(far), commune=self.index.communes[commune].name)
        return lat, lon

    def _day_of_month(self) -> int | None:
        value = self._needed("day_of_month")
        if not value:
            return None
        number = re.fullmatch(r"(?:ngày|ngay)?\s*(\d{1,2})(?:\s*hàng tháng)?", value.lower())
        if number and 1 <= int(number[1]) <= 31:
            return int(number[1])
        self._wrong("day_of_month", "day_is_date" if re.search(r"\d[/.-]\d", value) else "bad_day")
        return None

    def _hours(self) -> tuple[str | None, str | None]:
        if self.values.get("hours"):
            found = [
                f"{int(hour):02d}:{minute or '00'}"
                for hour, minute in re.findall(r"(\d{1,2})\s*(?:[hHg:.](\d{2})?)", self.values["hours"])
            ]
            if len(found) != 2 or not all(_clock(each) for each in found):
                self._wrong("hours", "bad_hours")
                return None, None
            start, end = found
        else:
            start, end = self._clock("start_time"), self._clock("end_time")
        if start and end and start >= end:
            self._wrong("end_time" if "end_time" in self.sheet.titles else "hours", "ends_before_start")
        return start, end

    def _clock(self, field: str) -> str | None:
        value = self.values.get(field, "")
        if not value:
            return None
        found = re.fullmatch(r"(\d{1,2})\s*(?:[hHg:.])\s*(\d{2})?(?::\d{2})?", value)
        written = f"{int(found[1]):02d}:{found[2] or '00'}" if found else ""
        if not _clock(written):
            self._wrong(field, "bad_time")
            return None
        return written

    def _status(self) -> str:
        value = self.values.get("status", "")
        if not value and self.sheet.of_the_bank and "status" not in self.sheet.titles:
            return "active"
        status = STATUSES.get(_plain(value))
        if status is None:
            self._wrong("status", "bad_status")
        return status or "active"

    def _phone(self) -> str | None:
        value = self.values.get("contact_phone", "")
        if not value:
            return None
        digits = re.sub(r"[\s.()+-]", "", value)
        if len(digits) == 9 and not digits.startswith("0"):
            digits = "0" + digits  # spreadsheets drop the leading zero
        if not digits.isdigit() or not 8 <= len(digits) <= 12:
            self._wrong("contact_phone", "bad_phone")
            return None
        return digits

    def _hamlets_of(self, point: dict[str, Any]) -> list[dict[str, Any]]:
        listed = [name.strip() for name in re.split(r"[|\n]", self.values.get("villages", ""))]
        return [_hamlet(point, name) for name in (*listed, self.values.get("hamlet", "")) if name]

    # --- exceptions and hamlets

    def exceptions(self) -> PointFile:
        rows: dict[tuple[str, date], dict[str, Any]] = {}
        for _ in self._each():
            point = self._known_point()
            if not self._needed("original_date"):
                continue
            original, new = self._date("original_date"), self._date("new_date")
            if point is None or original is None:
                continue
            self._is_session(point, original)
            if (point["code"], original) in rows:
                self._wrong("original_date", "exception_twice")
            reason = self.values.get("reason") or None
            rows[point["code"], original] = {
                "point": point["code"], "original_date": original, "new_date": new, "reason": reason,
            }  # fmt: skip
        return PointFile("exceptions", exceptions=tuple(rows.values()))

    def _is_session(self, point: Mapping[str, Any], original: date) -> None:
        """An exception for a day on which nothing is held would be kept and never seen again."""
        day = point.get("day_of_month")
        if day is not None and fixed_day(day, original.year, original.month) != original:
            self._wrong("original_date", "not_a_session", day=day)

    def hamlets(self) -> PointFile:
        found = []
        for _ in self._each():
            point, name = self._known_point(), self._needed("hamlet")
            if point is not None and name:
                found.append(
                    _hamlet({**point, "former_code": self._former(point["commune_code"]) or point["former_code"]}, name)
                )
        return PointFile("hamlets", hamlets=tuple(_once(found)))

    def _known_point(self) -> Mapping[str, Any] | None:
        code = self._needed("point_code")
        if code and code not in self.known:
            self._wrong("point_code", "unknown_point")
        return self.known.get(code)


COLUMN_FIELDS = {
    "name": "point_name",
    "office_code": "pgd_code",
    "office_name": "pgd_name",
    "commune_code": "new_commune_name",
}


def _hamlet(point: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {
        "commune_code": point["commune_code"],
        "former_code": point["former_code"],
        "name": name,
        "folded": hamlet_key(name),
        "point": point["code"],
    }


def _once(rows: Iterable[dict[str, Any]]) -> Iterable[dict[str, Any]]:
    return {(row["point"], row["folded"]): row for row in rows}.values()


def _clock(written: str) -> bool:
    return re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", written) is not None


def _unmarked_unit(name: str) -> str:
    """A name without its unit word, short ones too: "X. Lĩnh Toại", "TP Huế"."""
    return re.sub(r"^(?:x|p|tt|đk|tp|t)\s*\.\s*|^(?:tp|đk)\s+", "", bare(name), flags=re.IGNORECASE)
