"""Which transaction point serves a place, and why that one. Pure; the points are laid in by the shell.

Nearness only ever orders the points of the commune itself: the nearest point in a straight line lies outside the
residence's commune in one place of six. Until a branch has imported its list, each former commune has one presumed point,
without a day, an address or a phone, because the bank kept its points at the former commune seats.
"""

from __future__ import annotations

import math
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import msgspec

from flows.engine.text import Text
from nlu.reading import Commune, FormerCommune

PRESUMED_PREFIX = "P-"
UNIT_WORDS = ("thành phố", "thị xã", "thị trấn", "đặc khu", "phường", "quận", "huyện", "tỉnh", "xã")


class SessionException(msgspec.Struct, frozen=True):
    """A session that is not held on its fixed day; `moved_to` None: not held at all."""

    original: date
    moved_to: date | None = None
    reason: str = ""


class Point(msgspec.Struct, frozen=True, kw_only=True):
    """A transaction point. `confirmed` False: presumed, the bank has not told its day and place."""

    code: str
    name: str
    commune: str
    former: str | None = None
    confirmed: bool = True
    office_code: str = ""
    office_name: str = ""
    is_primary: bool = False
    active: bool = True
    venue: str | None = None
    address: str | None = None
    landmark: str | None = None
    lat: float | None = None
    lon: float | None = None
    day_of_month: int | None = None
    start_time: str | None = None
    end_time: str | None = None
    if_holiday: str = "same_day"
    phone: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    exceptions: tuple[SessionException, ...] = ()
    hamlets: tuple[str, ...] = ()

    def serves_on(self, on: date | None) -> bool:
        """Whether it is in force on a day."""
        if not self.active:
            return False
        if on is None:
            return True
        return (self.valid_from is None or self.valid_from <= on) and (self.valid_to is None or on <= self.valid_to)


class Office(msgspec.Struct, frozen=True):
    """A transaction office (phòng giao dịch) of the bank and the province it lies in."""

    code: str
    name: str
    province_code: str


class Hamlet(msgspec.Struct, frozen=True):
    """A hamlet whose point is known, from the import or from a lead that staff sent on."""

    commune: str
    name: str
    point: str
    former: str | None = None


class PointDirectory:
    """All points of a moment, with the units they serve. Not changed after it is made: a new import makes a new one."""

    def __init__(
        self,
        points: Iterable[Point],
        communes: Mapping[str, Commune],
        formers: Mapping[str, tuple[FormerCommune, ...]],
        hamlets: Iterable[Hamlet] = (),
        version: str = "",
    ) -> None:
        """`communes`: by code; `formers`: commune code -> the former communes it was made of."""
        self.version = version
        self.communes = communes
        self.formers = formers
        self._listed: dict[str, list[Point]] = defaultdict(list)
        self._codes: dict[str, Point] = {}
        for point in points:
            self._listed[point.commune].append(point)
            self._codes.setdefault(point.code, point)  # one that a divided commune left behind stands in several
        self._presumed = {former.code: (former, commune) for commune, found in formers.items() for former in found}
        self._hamlets: dict[tuple[str, str], list[Hamlet]] = defaultdict(list)
        for hamlet in hamlets:
            self._hamlets[hamlet.commune, hamlet_key(hamlet.name)].append(hamlet)
        for point in self._codes.values():
            for name in point.hamlets:
                hamlet = Hamlet(point.commune, name, point.code, point.former)
                self._hamlets[point.commune, hamlet_key(name)].append(hamlet)

        self._by_former: dict[str, list[Hamlet]] = defaultdict(list)
        for found in self._hamlets.values():
            for hamlet in found:
                if hamlet.former is not None:
                    self._by_former[hamlet.former].append(hamlet)

    def by_commune(self, commune: str, on: date | None = None) -> tuple[Point, ...]:
        """The points of a commune in force on a day; presumed ones as long as nothing was imported for the commune."""
        if commune in self._listed:
            return tuple(point for point in self._listed[commune] if point.serves_on(on))
        return tuple(presumed(former, commune) for former in self.formers.get(commune, ()))

    def listed(self) -> tuple[Point, ...]:
        """All points that the bank has told of, closed ones included."""
        return tuple(self._codes.values())

    def by_code(self, code: str) -> Point | None:
        """A point by its code, presumed ones included."""
        if code in self._codes:
            return self._codes[code]
        if code.startswith(PRESUMED_PREFIX):
            former = self._presumed.get(code.removeprefix(PRESUMED_PREFIX))
            return presumed(*former) if former is not None else None
        return None

    def office_of(self, commune: str) -> Office | None:
        """The office that manages a commune's points, known from any row of it, in force or not."""
        named = self.communes.get(commune)
        for point in self._listed.get(commune, ()):
            if point.office_code and named is not None:
                return Office(point.office_code, point.office_name, named.province_code)
        return None

    def point_of_hamlet(self, commune: str, name: str, former: str | None) -> str | None:
        """The point of a hamlet; None where the name is not listed, or listed for several points."""
        found = self._hamlets.get((commune, hamlet_key(name)), ())
        own = [hamlet for hamlet in found if former is None or hamlet.former in (None, former)]
        codes = {hamlet.point for hamlet in own}
        return codes.pop() if len(codes) == 1 else None

    def commune_of_hamlet(self, former: str, name: str) -> str | None:
        """Which part of a divided former commune a hamlet lies in; None where no list says so, or lists disagree."""
        found = {
            hamlet.commune for hamlet in self._by_former.get(former, ()) if hamlet_key(hamlet.name) == hamlet_key(name)
        }
        return found.pop() if len(found) == 1 else None

    def knows_hamlets_of(self, former: str) -> bool:
        """Whether any hamlet of a former commune is listed."""
        return former in self._by_former

    def former(self, commune: str, code: str) -> FormerCommune | None:
        return next((former for former in self.formers.get(commune, ()) if former.code == code), None)


class Route(msgspec.Struct, frozen=True, kw_only=True):
    """Where a matter of this place goes. `queue`: "point" | "office" | "province", with `queue_code`.

    `ask`: "former" | "hamlet" would settle it better, with `options` for the former communes; `point` is then where it
    goes if the person does not know. `uncertain`: staff have to confirm the point.
    """

    point: Point | None
    rule: str
    why: Text
    queue: str
    queue_code: str
    ask: str | None = None
    options: tuple[FormerCommune, ...] = ()
    uncertain: bool = False


def route(
    directory: PointDirectory,
    commune: str,
    former: str | None = None,
    hamlet: str | None = None,
    *,
    near: tuple[float, float] | None = None,
    on: date | None = None,
    called: str | None = None,
    kind: str = "residence",
) -> Route:
    """The point that serves a place: the hamlet's, the former commune's, the only one; else it says what to ask.

    `near` orders the points of this commune alone, and only where nothing better is known. `called`: an even older name of
    the former commune that the person used. `kind`: what lies there (residence, works, house, school, project, plan).
    """
    points = directory.by_commune(commune, on)
    if not points:
        return _queue_without_point(directory, commune)
    because = _because(kind, _story(directory, commune, former, called), hamlet)
    if hamlet:
        code = directory.point_of_hamlet(commune, hamlet, former)
        own = next((point for point in points if point.code == code), None)
        if own is not None:
            return _to(own, "hamlet", Text("route.hamlet", {"because": because}))
    if former:
        own_points = [point for point in points if point.former == former]
        if len(own_points) == 1:
            return _to(own_points[0], "former_commune", Text("route.former", {"because": because}))
        if own_points:
            fallback = _fallback(own_points, near, commune)
            return _ask(directory, commune, fallback, because, ask="hamlet", options=())
    if len(points) == 1:
        return _to(points[0], "only_point", Text("route.only", {"because": because}))
    fallback = _fallback(points, near, commune)
    if former is None and len(directory.formers.get(commune, ())) > 1 and any(point.former for point in points):
        return _ask(directory, commune, fallback, because, ask="former", options=directory.formers[commune])
    return _ask(directory, commune, fallback, because, ask="hamlet", options=())


def queue_of(found: Route | None, commune: Mapping[str, Any] | None) -> tuple[str, str, Text, str]:
    """(queue, queue code, why, rule) of a lead, whatever is known of its place: it never goes nowhere."""
    if found is not None:
        return found.queue, found.queue_code, found.why, found.rule
    if commune is not None:
        values = {"commune": spoken(str(commune["name"])), "province": str(commune["province"])}
        return "province", str(commune["province_code"]), Text("route.province", values), "province_queue"
    return "province", "", Text("route.unknown"), "place_unknown"


def presumed(former: FormerCommune, commune: str) -> Point:
    """The point that a former commune very likely still has. Its name is a name, the same in all languages."""
    return Point(
        code=PRESUMED_PREFIX + former.code,
        name=f"Điểm giao dịch {spoken(former.name)} (cũ)",
        commune=commune,
        former=former.code,
        confirmed=False,
    )


def _to(point: Point, rule: str, why: Text) -> Route:
    return Route(point=point, rule=rule, why=why, queue="point", queue_code=point.code, uncertain=not point.confirmed)


def _ask(
    directory: PointDirectory,
    commune: str,
    fallback: Point | None,
    because: Text,
    *,
    ask: str,
    options: tuple[FormerCommune, ...],
) -> Route:
    if fallback is None:
        without = _queue_without_point(directory, commune)
        return msgspec.structs.replace(without, ask=ask, options=options)
    rule = "primary_point" if fallback.is_primary or not fallback.confirmed else "nearest_in_commune"
    why = Text(f"route.{rule}", {"because": because})
    return Route(
        point=fallback,
        rule=rule,
        why=why,
        queue="point",
        queue_code=fallback.code,
        ask=ask,
        options=options,
        uncertain=True,
    )


def _fallback(points: Iterable[Point], near: tuple[float, float] | None, commune: str) -> Point | None:
    """For a person who does not know: the primary point, else the nearest of these; with presumed ones the commune seat's."""
    known = list(points)
    primary = [point for point in known if point.is_primary]
    if len(primary) == 1:
        return primary[0]
    placed = [point for point in known if point.lat is not None and point.lon is not None]
    if near is not None and placed:
        return min(placed, key=lambda point: (_squared(near, point), point.code))
    # A commune of today carries the code of the former commune where it has its seat.
    return next((point for point in known if not point.confirmed and point.former == commune), None)


def _squared(near: tuple[float, float], point: Point) -> float:
    lat, lon = point.lat or 0.0, point.lon or 0.0
    return (lat - near[0]) ** 2 + ((lon - near[1]) * math.cos(math.radians(near[0]))) ** 2


def _queue_without_point(directory: PointDirectory, commune: str) -> Route:
    named = directory.communes.get(commune)
    if named is None:
        return Route(point=None, rule="place_unknown", why=Text("route.unknown"), queue="province", queue_code="")
    values = {"commune": spoken(named.name), "province": named.province}
    office = directory.office_of(commune)
    if office is not None:
        why = Text("route.office", {**values, "office": office.name})
        return Route(point=None, rule="office_queue", why=why, queue="office", queue_code=office.code)
    why = Text("route.province", values)
    return Route(point=None, rule="province_queue", why=why, queue="province", queue_code=named.province_code)


def _because(kind: str, story: Text, hamlet: str | None) -> Text:
    place = Text("route.place", {"hamlet": hamlet, "story": story}) if hamlet else story
    return Text(f"route.because.{kind}", {"place": place})


def _story(directory: PointDirectory, commune: str, former: str | None, called: str | None) -> Text:
    """The place through its names: "xã Hà Lai cũ (huyện Hà Trung, Thanh Hóa), sau là xã Thái Lai, nay là xã Lĩnh Toại"."""
    now = directory.communes.get(commune)
    now_name = spoken(now.name) if now else commune
    before = directory.former(commune, former) if former else None
    if before is None:
        return Text("route.story.now", {"commune": now_name, "province": _bare(now.province) if now else ""})
    values = {
        "former": spoken(before.name),
        "district": spoken(before.district),
        "province": _bare(before.province),
        "commune": now_name,
    }
    if called and _plain(called) != _plain(before.name):
        return Text("route.story.called", {**values, "called": spoken(called)})
    if _plain(before.name) == _plain(now_name):
        return Text("route.story.same", values)
    return Text("route.story.former", values)


def spoken(name: str) -> str:
    """An official name as it stands within a sentence: "Xã Lĩnh Toại" -> "xã Lĩnh Toại"."""
    for word in UNIT_WORDS:
        if name.lower().startswith(word + " "):
            return word + name[len(word) :]
    return name


def _bare(name: str) -> str:
    lowered = name.lower()
    return next((name[len(word) + 1 :] for word in UNIT_WORDS if lowered.startswith(word + " ")), name)


def _plain(name: str) -> str:
    """Letters and digits without marks, in lower case."""
    letters = unicodedata.normalize("NFD", name.lower().replace("đ", "d"))
    return "".join(letter for letter in letters if letter.isalnum())


def hamlet_key(name: str) -> str:
    """A hamlet's name as it is compared: "Thôn 03", "thôn 3" and "thon 3" are one; "Ấp 3" is another."""
    words = "".join(letter if letter.isalnum() else " " for letter in unicodedata.normalize("NFC", name)).split()
    return " ".join(_plain(word.lstrip("0") or "0") if word.isdigit() else _plain(word) for word in words)
