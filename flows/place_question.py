"""The questions for the place that counts: its name, which of several, the former commune, the hamlet. Routing is elsewhere."""

from __future__ import annotations

from typing import Any

import msgspec

from flows.eligibility.assess import assess
from flows.eligibility.verdict import SchemeVerdict
from flows.engine.conversation import Conversation, Residence
from flows.engine.effects import Choice
from flows.engine.flow import Given, Question
from flows.engine.scene import Scene, choice
from flows.engine.text import Text
from flows.fact_question import label_text, value_text
from flows.routing import Route, queue_of, route, spoken
from nlu.reading import PlaceCandidate, Places

OPTIONS_AT_MOST = 5
HAMLET_DIGITS = 2
GIVE_UP = "unknown"
SURELY, PERHAPS = 0.6, 0.3  # shares of belief of a shared location (nlu/entities/place.near)
TRUTHS = ("yes", "unknown", "no")  # from the best fit to the worst


def place_kind(scene: Scene) -> str:
    """Which place counts for this programme and scheme (contract, section 5)."""
    scheme = scheme_verdict(scene)
    return scheme.place_kind if scheme is not None else "residence"


def scheme_verdict(scene: Scene) -> SchemeVerdict | None:
    """The verdict of the scheme at hand, or of the one that the person fits best; None without a programme."""
    if scene.programme not in scene.book.programmes:
        return None
    schemes = assess(scene.programme or "", scene.known, scene.on, scene.book).schemes
    fits = min(schemes, key=lambda scheme: TRUTHS.index(scheme.truth) if scheme.truth in TRUTHS else len(TRUTHS))
    return next((scheme for scheme in schemes if scheme.id == scene.case.scheme), fits)


NOT_IN_A_HAMLET = frozenset({"school", "project"})  # the commune is enough to find these
AT_HOME = frozenset({"works", "house"})  # works and a house of one's own stand where one lives, unless said otherwise


def settled(scene: Scene) -> bool:
    """True if the place that counts is known, or will not be."""
    place, kind = scene.case.place, place_kind(scene)
    if place is None:
        return False
    fits = place.kind == kind or (place.kind == "residence" and kind in AT_HOME)
    return fits and (place.commune is not None or GIVE_UP in place.asked)


def here(scene: Scene) -> Route | None:
    """The route of the settled place, or None before there is one."""
    place = scene.case.place
    if place is None or place.commune is None or scene.book.points is None:
        return None
    former = place.former["code"] if place.former else None
    called = place.former.get("called") if place.former else None
    kind = place_kind(scene)
    return route(scene.book.points, place.commune["code"], former, place.hamlet, on=scene.on, called=called, kind=kind)


AREA = "area"
AREAS = {"Xã": "rural", "Phường": "ward", "Đặc khu": "special_zone"}  # by what a commune of today is called


def area_of_home(scene: Scene) -> Text | None:
    """Work out from the place of today whether works at the home stand in a commune, a ward or a special zone; the line to
    read back, or None where there is nothing new. What the person said themselves stands."""
    programme, place, held = scene.book.programmes.get(scene.programme or ""), scene.case.place, scene.case.facts.get(AREA)
    if programme is None or AREA not in programme.facts or place is None or place.commune is None:
        return None
    if place_kind(scene) not in AT_HOME or place.kind not in {"residence", *AT_HOME}:
        return None
    if held is not None and held.status == "known" and held.origin != "inferred":
        return None
    value = next((value for name, value in AREAS.items() if place.commune["name"].startswith(name)), None)
    if value is None or (held is not None and held.value == value):
        return None
    scene.set_fact(AREA, value, "inferred")
    return Text("noted.fact", {"label": label_text(AREA), "value": value_text(scene.book.facts[AREA], value)})


def forget_area(scene: Scene) -> None:
    """With the place goes what was worked out from it."""
    if _is_inferred(scene):
        scene.forget_fact(AREA)


def _is_inferred(scene: Scene) -> bool:
    held = scene.case.facts.get(AREA)
    return held is not None and held.origin == "inferred"


# --- the name of the place -----------------------------------------------------------------------------------------


def _options(scene: Scene) -> list[dict[str, Any]]:
    return list(scene.slot("place_options") or ())


def _place_text(scene: Scene) -> Text:
    if _divided(scene):
        return scene.asking("place.divided", former=spoken(_options(scene)[0]["former"]["name"]))
    if _options(scene):
        if scene.data("place_district"):
            return Text("place.district", {"named": scene.data("place_named") or ""})
        return Text("place.near" if scene.data("place_near") else "place.which")
    if narrow := scene.data("place_narrow"):
        named = scene.data("place_named") or ""
        return Text(f"place.narrow.{narrow}" if named else "place.narrow", {"named": named} if named else {})
    return scene.asking(f"place.ask.{place_kind(scene)}")


def _place_choices(scene: Scene) -> tuple[Choice, ...]:
    options = _options(scene)
    if options:
        likely = scene.data("place_near") or [None] * len(options)
        found = tuple(
            choice("residence", _code(option), _how_likely(option_text(option), score))
            for option, score in zip(options, likely, strict=False)
        )
        last = (
            choice("residence", GIVE_UP, "choice.unsure")
            if _divided(scene)
            else choice("residence", "none", "place.none_of_these")
        )
        return (*found, last)
    place = scene.case.place
    if place is not None and place.commune is not None and place.kind != place_kind(scene):
        same = Text("place.same", {"place": place_text(place)})
        return (choice("residence", "same", same),)
    return ()


def _how_likely(option: Text, score: float | None) -> Text:
    """How sure a shared location is of a commune, in words: a middle and an area say no more than that."""
    if score is None:
        return option
    key = "surely" if score >= SURELY else "perhaps" if score >= PERHAPS else "less"
    return Text(f"place.near.{key}", {"place": option})


def _divided(scene: Scene) -> bool:
    """True if the options are what became of one former commune."""
    formers = {option["former"]["code"] if option.get("former") else "" for option in _options(scene)}
    return len(formers) == 1 and "" not in formers


def _code(option: dict[str, Any]) -> str:
    former = option.get("former")
    return f"{option['commune']['code']}.{former['code'] if former else ''}"


def option_text(option: dict[str, Any]) -> Text:
    """A candidate as a button: the former name first, because people still use it."""
    commune, former = option["commune"], option.get("former")
    if former:
        return Text(
            "place.option_former",
            {
                "former": spoken(former["name"]),
                "district": spoken(former["district"]),
                "commune": spoken(commune["name"]),
                "province": spoken(commune["province"]),
            },
        )
    return Text("place.option", {"commune": spoken(commune["name"]), "province": spoken(commune["province"])})


def place_text(place: Residence) -> Text:
    """The settled place as read back."""
    if place.commune is None:
        return Text("place.unknown")
    values = {"commune": spoken(place.commune["name"]), "province": spoken(place.commune["province"])}
    key = "place.read"
    if place.former and place.former["name"] != place.commune["name"]:
        key, values["former"] = "place.read_former", spoken(place.former["name"])
    text = Text(key, dict(values))
    return Text("place.read_hamlet", {"hamlet": place.hamlet, "place": text}) if place.hamlet else text


def _take_place(scene: Scene, given: Given) -> bool:
    if given.picked is not None:
        return _take_picked(scene, given.picked)
    if given.places is not None and (given.places.candidates or given.places.ambiguous):
        scene.drop_data("place_near")
        return take_candidates(scene, given.places)
    if given.near:
        # Where the phone is decides nothing: the likeliest communes are offered, the location itself is gone already.
        scene.set_slot("place_options", [_option(candidate) for candidate in given.near])
        scene.set_data(place_near=[candidate.score for candidate in given.near], place_named="")
        return True
    if given.unsure or given.declined:
        _settle(scene, None, None, GIVE_UP)
        return True
    return False


def _take_picked(scene: Scene, picked: str) -> bool:
    place = scene.case.place
    if picked == "same" and place is not None:
        scene.change_case(place=msgspec.structs.replace(place, kind=place_kind(scene)))
        return True
    if picked == GIVE_UP:
        # Of a divided commune at least the former one is known: its hamlet may settle the rest.
        _settle(scene, None, _options(scene)[0]["former"] if _divided(scene) else None, GIVE_UP)
        return True
    if picked == "none":
        scene.forget_slot("place_options")
        if scene.data("place_district"):
            scene.set_data(place_narrow="commune")  # one of the district's other communes
        else:
            scene.set_data(place_narrow="both", place_named="")
        scene.drop_data("place_near", "place_district")
        return True
    option = next((option for option in _options(scene) if _code(option) == picked), None)
    if option is None:
        return False
    _settle(scene, option["commune"], option.get("former"))
    return True


def take_candidates(scene: Scene, places: Places) -> bool:
    """One sure candidate is taken; a few are offered; many need the district or province first. Never a silent guess.

    False if this says no more than was said before.
    """
    before = _options(scene), scene.data("place_narrow"), scene.data("place_named")
    scene.set_data(place_named=places.named)
    scene.drop_data("place_district")
    if len(places.candidates) == 1 and not places.ambiguous:
        candidate = places.candidates[0]
        _settle(scene, *_parts(candidate))
    elif not places.candidates:
        scene.set_data(place_narrow="commune")
    elif places.district and len(places.candidates) <= OPTIONS_AT_MOST:
        scene.set_slot("place_options", [_option(candidate) for candidate in places.candidates])
        scene.set_data(place_district=True)
    elif len({candidate.commune.code for candidate in places.candidates}) == 1:
        _settle(
            scene, _parts(places.candidates[0])[0], None
        )  # the commune is sure; which former one is asked if it matters
    elif len(places.candidates) <= OPTIONS_AT_MOST:
        scene.set_slot("place_options", [_option(candidate) for candidate in places.candidates])
    else:
        scene.forget_slot("place_options")
        provinces = {candidate.commune.province_code for candidate in places.candidates}
        if all(candidate.former is None for candidate in places.candidates):
            scene.set_data(place_narrow="commune" if len(provinces) == 1 else "both")  # a district was named
        else:
            scene.set_data(place_narrow="district" if len(provinces) == 1 else "both")
    return (_options(scene), scene.data("place_narrow"), scene.data("place_named")) != before or settled(scene)


def named_before(conversation: Conversation) -> str:
    """The place that the open question wants narrowed down, in the person's words; "" if none is."""
    pending = conversation.pending
    return str(conversation.flow_data.get("place_named") or "") if pending and pending.slot == PLACE.slot else ""


def _option(candidate: PlaceCandidate) -> dict[str, Any]:
    commune, former = _parts(candidate)
    return {"commune": commune, "former": former}


def _parts(candidate: PlaceCandidate) -> tuple[dict[str, Any], dict[str, Any] | None]:
    former = msgspec.to_builtins(candidate.former) if candidate.former else None
    if former is not None and candidate.called:
        former["called"] = candidate.called
    return msgspec.to_builtins(candidate.commune), former


def _settle(scene: Scene, commune: dict[str, Any] | None, former: dict[str, Any] | None, *asked: str) -> None:
    provinces = {option["commune"]["province_code"] for option in _options(scene)}
    province = commune["province_code"] if commune else (provinces.pop() if len(provinces) == 1 else "")
    scene.forget_slot("place_options")
    scene.forget_slot("rerouted")
    scene.drop_data("place_narrow", "place_named", "place_near", "place_district")
    kind = place_kind(scene)
    scene.change_case(place=Residence(kind=kind, commune=commune, former=former, asked=asked, province_code=province))
    if _is_inferred(scene):
        area_of_home(scene)  # another place, perhaps another kind of place


def queue_at(scene: Scene) -> tuple[str, str, Text, str]:
    """(queue, queue code, why, rule) for the settled place, or for what is sure of it."""
    place = scene.case.place
    if place is not None and place.commune is None and place.province_code:
        return "province", place.province_code, Text("where.province"), "commune_unknown"
    return queue_of(here(scene), place.commune if place else None)


PLACE = Question(
    slot="residence",
    text=_place_text,
    take=_take_place,
    needed=lambda scene: not settled(scene),
    choices=_place_choices,
    expects="location",
    hint=lambda scene: Text("place.hint"),
    why=lambda scene: Text("place.why"),
)


# --- which former commune, which hamlet ----------------------------------------------------------------------------


def _asked_before(scene: Scene, what: str) -> bool:
    place = scene.case.place
    return place is None or place.commune is None or what in place.asked


def _mark(scene: Scene, what: str, **fields: Any) -> None:
    place = scene.case.place
    if place is not None:
        scene.change_case(place=msgspec.structs.replace(place, asked=(*place.asked, what), **fields))


def _former_needed(scene: Scene) -> bool:
    found = here(scene)
    return not _asked_before(scene, "former") and found is not None and found.ask == "former"


def _former_choices(scene: Scene) -> tuple[Choice, ...]:
    found = here(scene)
    options = found.options if found is not None else ()
    named = tuple(
        choice("former", option.code, Text("value.one", {"value": spoken(option.name)})) for option in options
    )
    return (*named, choice("former", GIVE_UP, "choice.unsure"))


def _take_former(scene: Scene, given: Given) -> bool:
    found = here(scene)
    options = {option.code: option for option in (found.options if found else ())}
    code = given.picked
    if code is None and given.places is not None:
        code = next(
            (one.former.code for one in given.places.candidates if one.former and one.former.code in options), None
        )
    if code == GIVE_UP or given.unsure or given.declined:
        _mark(scene, "former")
        return True
    if code not in options:
        return False
    _mark(scene, "former", former=msgspec.to_builtins(options[code]))
    return True


FORMER = Question(
    slot="former",
    text=lambda scene: scene.asking("place.former"),
    take=_take_former,
    needed=_former_needed,
    choices=_former_choices,
    expects="choice",
    hint=lambda scene: Text("place.former_hint"),
    why=lambda scene: Text("place.why"),
)


def _is_no_hamlet(words: str) -> bool:
    """Hamlets bear names or small numbers: "thôn 3", "12"; no "123", no bare signs."""
    return (words.isdigit() and len(words) > HAMLET_DIGITS) or not any(letter.isalnum() for letter in words)


def _take_hamlet(scene: Scene, given: Given) -> bool:
    if given.picked == GIVE_UP or given.unsure or given.declined:
        _mark(scene, "hamlet")
        return True
    words = given.answer if isinstance(given.answer, str) else given.text.strip()
    if not words or len(words) > 80 or _is_no_hamlet(words):
        return False
    place, directory = scene.case.place, scene.book.points
    if place is not None and place.commune is None and place.former and directory is not None:
        code = directory.commune_of_hamlet(place.former["code"], words)
        if code is not None:
            scene.change_case(
                place=msgspec.structs.replace(place, commune=msgspec.to_builtins(directory.communes[code]))
            )
    _mark(scene, "hamlet", hamlet=words)
    return True


def _hamlet_needed(scene: Scene) -> bool:
    """Always where one lives or builds; of a divided commune also before the new one is known, if a list can tell it."""
    place, directory = scene.case.place, scene.book.points
    if place_kind(scene) in NOT_IN_A_HAMLET or place is None or "hamlet" in place.asked:
        return False
    if place.commune is not None:
        return True
    return bool(place.former and directory is not None and directory.knows_hamlets_of(place.former["code"]))


HAMLET = Question(
    slot="hamlet",
    text=lambda scene: scene.asking(f"place.hamlet.{place_kind(scene)}"),
    take=_take_hamlet,
    needed=_hamlet_needed,
    choices=lambda scene: (choice("hamlet", GIVE_UP, "choice.skip"),),
    hint=lambda scene: Text("place.hamlet_hint"),
    why=lambda scene: Text("place.why"),
    accepts_text=True,
)
