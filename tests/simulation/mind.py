"""What the person does next: answers what is asked, in their style; now and then leaves the path. Knows what they have told.

The person sees what a person sees: which question is open, its buttons, what was said. They do not see the bot's state,
but for the line-by-line reading back before sending, which is the state.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from simulation.citizen import PROGRAMMES, Citizen, agree, sum_for, value_of
from simulation.words import SELF, bare, day, money, phone, phrases, spelled, styled
from talk import rules

from flows.engine.conversation import Conversation

UNSURE = "?"
ASIDES = ("aside", "aside", "off_topic", "small_talk", "emoji", "sticker")
DEEDS = ("correct", "correct", "change_sum", "go_back", "mend", "switch", "correct_phone")
SOFT = frozenset({"menu", "next", "need", "mend", "data", "erase", "case", "confirm", "consent", "programme"})
GIVES_UP = 5  # times that the same answer was not understood
CLARIFIED_AT_MOST = 3  # "which of these", then "add the district": more is not understood
NUMERIC = frozenset({"money", "integer", "number", "date", "months"})


@dataclass(frozen=True)
class Act:
    """One thing done. `why`: what it is for; `claims`: what it says of the person, by fact or slot."""

    kind: str  # say, press, media, leave
    what: str
    why: str
    claims: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Screen:
    """What the person sees. `keys`: which texts were said since they last did something."""

    slot: str | None
    choices: tuple[str, ...]
    labels: tuple[str, ...]
    question: frozenset[str]  # catalogue keys in the open question
    keys: frozenset[str]
    state: Conversation


class Mind:
    """The person in a talk."""

    def __init__(self, citizen: Citizen) -> None:
        self.citizen = citizen
        self.chance = random.Random(f"mind {citizen.seed}")
        self.wish = citizen.wish
        self.facts = dict(citizen.facts)
        self.told: dict[str, Any] = {}
        self.reopened: set[str] = set()
        self.asides = citizen.temper.asides
        self.failed = 0
        self.clarified = 0
        self.last: Act | None = None
        self.mending: str | None = None
        self.mended: set[str] = set()
        self.explored = False
        self.i = "bác ấy" if citizen.about else self.chance.choice(SELF[citizen.style])

    # --- speaking ----------------------------------------------------------------------------------------------------

    def say(self, phrase: str, why: str, claims: dict[str, Any] | None = None, **values: str) -> Act:
        """Words in the style of the person."""
        text = phrase.format(i=self.i, **values)
        return Act("say", styled(text, self.citizen.style, self.chance), why, claims or {})

    def pick(self, options: list[Any]) -> Any:
        """A phrase; who writes briefly takes the shortest."""
        if self.citizen.style == "short" and options and isinstance(options[0], str):
            return min(options, key=len)
        return self.chance.choice(options)

    def _name_said(self, text: str, why: str, claims: dict[str, Any]) -> Act:
        """A name of a person or a place: no style but those that leave it the same name."""
        style = self.citizen.style if self.citizen.style in {"no_diacritics", "elderly_voice"} else ""
        return Act("say", styled(text, style, self.chance), why, claims)

    def aside(self, kind: str) -> Act:
        return self.say(self.chance.choice(phrases()["asides"][kind]), f"aside:{kind}")

    def sum(self, vnd: int) -> str:
        return money(vnd, self.citizen.style, self.chance)

    # --- the next thing ------------------------------------------------------------------------------------------------

    def opening(self) -> Act:
        """The first words."""
        wish = self.wish or "unknown"
        options = phrases()["openings"][wish]
        opening = self.chance.choice([one for one in options if self._true(one.get("tells", {}))] or options)
        self.facts.update({fact: self._held(fact, value) for fact, value in opening.get("tells", {}).items()})
        claims = {fact: self._held(fact, value) for fact, value in opening.get("tells", {}).items()}
        words = opening["say"]
        if self.citizen.about:
            words = f"tôi hỏi cho {self.citizen.about}, {words}"
        if self.citizen.style == "long_story" and self.wish:
            more, told = self._story(self.wish)
            claims.update(told)
            words = ", ".join([self.pick(phrases()["fillers"]["before"]), *more, words])
        return self.say(words, "open", claims)

    def _story(self, wish: str) -> tuple[list[str], dict[str, Any]]:
        """A few things told before they are asked."""
        wanted = [fact for fact in rules().programmes[wish].facts if "tells" in phrases()["facts"].get(fact, {})]
        self.chance.shuffle(wanted)
        said, told = [], {}
        for fact in wanted[: self.chance.randint(1, 4)]:
            clause = self._tells(fact)
            if clause:
                said.append(clause)
                told[fact] = self.facts[fact]
        return said, told

    def _tells(self, fact: str) -> str | None:
        """The clause that says a fact unasked, with its number."""
        shapes = phrases()["facts"].get(fact, {}).get("tells", {})
        if "number" in shapes:
            return self.chance.choice(shapes["number"]).replace("{n}", self._number(fact))
        options = self._true_ones(shapes.get(self._one(fact)) or ())
        return self.chance.choice(options)["say"] if options else None

    def _true_ones(self, options: Iterable[str | dict[str, Any]]) -> list[dict[str, Any]]:
        """The phrases that tell nothing else, or nothing untrue."""
        listed = [{"say": one} if isinstance(one, str) else one for one in options]
        return [one for one in listed if self._true(one.get("tells", {}))]

    def _true(self, tells: dict[str, Any]) -> bool:
        return all(self._one(fact) == value for fact, value in tells.items())

    def _one(self, fact: str) -> Any:
        value = self.facts.get(fact)
        return value[0] if isinstance(value, list) else value

    def _held(self, fact: str, value: Any) -> Any:
        return [value] if rules().facts[fact].kind == "multichoice" else value

    def next(self, screen: Screen) -> Act:
        """What is done now, seeing this screen."""
        act = self._next(screen)
        self.last = act
        return act

    def _next(self, screen: Screen) -> Act:
        temper = self.citizen.temper
        asked_again = self.last is not None and self.last.why == f"answer:{screen.slot}"
        self.clarified = self.clarified + 1 if asked_again and self._clarifies(screen) else 0
        understood = not asked_again or (self._clarifies(screen) and self.clarified < CLARIFIED_AT_MOST)
        self.failed = 0 if understood else self.failed + 1
        if self.failed >= GIVES_UP:
            return Act("leave", "", "gave_up")
        at_work = screen.slot is not None and screen.slot not in SOFT
        if at_work and not self.failed:
            if temper.quits and self.chance.random() < 0.12:
                return self.say(self.pick(phrases()["quit"]), "quit")
            if temper.asks_human and self.chance.random() < 0.12:
                return self.say(self.pick(phrases()["human"]), "human")
            if self.asides and self.chance.random() < temper.wander and (act := self._off_the_path(screen)):
                self.asides -= 1
                return act
        return self._answer(screen)

    def _clarifies(self, screen: Screen) -> bool:
        """True if the question that came back is not the same one: which value, which of these places."""
        return bool(screen.question & {"ask.which_value", "place.which", "place.divided", "place.narrow"})

    # --- leaving the path ------------------------------------------------------------------------------------------------

    def _off_the_path(self, screen: Screen) -> Act | None:
        if self.chance.random() < 0.55:
            return self._something_else(screen, self.chance.choice(ASIDES))
        return self._something_done(screen, self.chance.choice(DEEDS))

    def _something_else(self, screen: Screen, kind: str) -> Act:
        match kind:
            case "aside":
                kinds = [one for one in phrases()["asides"] if one != "why" or screen.slot in rules().facts]
                return self.aside(self.chance.choice(kinds))
            case "sticker":
                return Act("media", self.chance.choice(("sticker", "photo", "voice")), "media")
            case _:
                return self.say(self.chance.choice(phrases()[kind]), kind)

    def _something_done(self, screen: Screen, kind: str) -> Act | None:
        match kind:
            case "correct":
                return self._correction(screen)
            case "change_sum" if self.told.get("loan_amount") not in {None, UNSURE} and not self._asks_a_sum(screen):
                value = sum_for(self.wish, self.told["loan_amount"] < 10_000_000, self.chance)
                if value == self.told["loan_amount"]:
                    return None
                self.facts["loan_amount"] = value
                phrase = self.chance.choice(phrases()["correct_sum"])
                return self.say(phrase, "change_sum", {"loan_amount": value}, n=self.sum(value))
            case "correct_phone" if "phone" in self.told and screen.slot != "phone":
                digits = self.citizen.phone[:-3] + str(self.chance.randint(100, 999))
                phrase = self.chance.choice(phrases()["correct_phone"])
                spoken = phone(digits, self.citizen.style, self.chance)
                return self.say(phrase, "correct_phone", {"phone": f"+84{digits[1:]}"}, n=spoken)
            case "go_back" if self.told:
                return self.say(self.pick(phrases()["go_back"]), "go_back")
            case "mend" if (fact := self._told_fact(screen)) is not None:
                self.mending = fact
                return self.say(self.pick(phrases()["mend"]), "mend")
            case "switch" if self.wish is not None and not self.explored:
                self.wish = self.chance.choice([one for one in PROGRAMMES if one != self.wish])
                self.explored = True
                return self._switch_words("switch")
        return None

    def _told_fact(self, screen: Screen, with_words: bool = False) -> str | None:
        facts = [
            fact
            for fact, value in self.told.items()
            if fact in rules().facts and fact not in {screen.slot, "loan_amount"} and value != UNSURE
            if not with_words or "tells" in phrases()["facts"].get(fact, {})
        ]
        return self.chance.choice(facts) if facts else None

    def _correction(self, screen: Screen) -> Act | None:
        """A told fact gets another value, in free words."""
        fact = self._told_fact(screen, with_words=True)
        if fact is None:
            return None
        before = self.facts[fact]
        if not self._change(fact):
            return None
        clause = self._tells(fact)
        if clause is None:
            self.facts[fact] = before
            return None
        phrase = self.chance.choice(phrases()["correct"])
        self.mending = fact  # in case the bot asks which line is meant
        self.mended.add(fact)
        claims = {fact: self.facts[fact]}
        if fact == "registration" and "lawful_residence" in self.told:
            claims["lawful_residence"] = self.facts["lawful_residence"]  # who corrects the one has said the other
        return self.say(phrase.replace("{c}", clause), "correct", claims)

    def _change(self, fact: str) -> bool:
        before = self.facts[fact]
        for _ in range(12):
            self.facts[fact] = value_of(rules().facts[fact], self.chance)
            agree(self.facts)
            if self.facts[fact] != before:
                return True
        return False

    # --- answering -------------------------------------------------------------------------------------------------------

    def _answer(self, screen: Screen) -> Act:
        slot = screen.slot
        if slot is None:
            return Act("leave", "", "nothing_asked")
        if slot in rules().facts:
            return self._fact(screen, slot)
        return getattr(self, f"_on_{slot}", self._on_anything)(screen)

    def _wants_button(self, screen: Screen) -> bool:
        if not screen.choices:
            return False
        return self.chance.random() < (
            0.5 if self.failed == 1 else 1.0 if self.failed > 1 else self.citizen.temper.buttons
        )

    def _press(self, screen: Screen, choice: str, why: str, claims: dict[str, Any] | None = None) -> Act:
        """The button, or its number where it can be no answer by itself."""
        numbered = screen.slot not in rules().facts or rules().facts[screen.slot].kind not in NUMERIC
        if numbered and not self.failed and self.chance.random() < self.citizen.temper.numbers:
            return Act("say", str(screen.choices.index(choice) + 1), why, claims or {})
        return Act("press", choice, why, claims or {})

    def _fact(self, screen: Screen, fact: str) -> Act:
        why = f"answer:{fact}"
        if not self.failed and self.told.get(fact) is None and self.chance.random() < self.citizen.temper.unsure:
            return self.say(self.pick(phrases()["unsure"]), why, {fact: UNSURE})
        if fact == "loan_amount":
            return self._sum(screen, why)
        value = self.facts[fact]
        claims = {fact: value}
        button = f"{fact}={_written(self._one(fact))}"
        if button in screen.choices and self._wants_button(screen):
            return self._press(screen, button, why, claims)
        return self.say(self._answer_words(fact), why, claims)

    def _answer_words(self, fact: str) -> str:
        shapes, value = phrases()["facts"][fact], self._one(fact)
        answers = shapes["answers"]
        if not value and "zero" in answers:
            return self.pick(answers["zero"])
        if "number" in answers or "date" in answers:
            return self.pick(answers.get("number") or answers["date"]).replace("{n}", self._number(fact))
        options = list(answers[value])
        if "question" in shapes and isinstance(value, bool):
            options += phrases()["plain"]["yes" if value else "no"][shapes["question"]]
        words = self.pick(options)
        if self.citizen.style == "long_story" and self.chance.random() < 0.4 and not self.failed:
            fillers = phrases()["fillers"]
            words = f"{self.chance.choice(fillers['before'])}, {words}, {self.chance.choice(fillers['after'])}"
        return words

    def _number(self, fact: str) -> str:
        value, style = self.facts[fact], self.citizen.style
        match rules().facts[fact].kind:
            case "money":
                return self.sum(value)
            case "date":
                return day(value, style, self.chance)
        if fact == "study_year":
            return {1: "nhất", 2: "hai", 3: "ba", 4: "tư"}.get(value, str(value)) if style != "short" else str(value)
        return spelled(value) if style == "elderly_voice" else str(value)

    def _sum(self, screen: Screen, why: str) -> Act:
        held = self.facts["loan_amount"]
        for choice in screen.choices:
            if choice == f"loan_amount={held}":
                return self._press(screen, choice, why, {"loan_amount": held})
        by_month = any("month_of_study" in key for key in screen.question)
        value = sum_for(screen.state.cases[-1].programme or self.wish, by_month, self.chance)
        self.facts["loan_amount"] = value
        shapes = phrases()["money"]["student" if by_month else "any"]
        return self.say(self.pick(shapes), why, {"loan_amount": value}, n=self.sum(value))

    # --- other questions -------------------------------------------------------------------------------------------------

    def _asks_a_sum(self, screen: Screen) -> bool:
        """Whether a bare sum would answer what is asked: nobody means another sum then without saying so."""
        fact = rules().facts.get(screen.slot or "")
        return fact is not None and fact.kind == "money"

    def _on_menu(self, screen: Screen) -> Act:
        wish = self.wish
        if wish is None:
            wish = "all" if "do=screen:all" in screen.choices else None
        choice = next((one for one in screen.choices if wish and one.endswith(f":{wish}")), None)
        if choice is not None and (self.failed or self._wants_button(screen)):
            return self._press(screen, choice, "answer:menu")
        if self.last is None or self.last.why != "answer:menu":
            return self._wish_words()
        if choice is not None:
            return Act("press", choice, "answer:menu")
        return Act("press", "do=menu" if "do=menu" in screen.choices else screen.choices[0], "answer:menu")

    def _wish_words(self) -> Act:
        if self.wish is None:
            return self.say(self.chance.choice(phrases()["openings"]["unknown"])["say"], "answer:menu")
        plain = [one["say"] for one in phrases()["openings"][self.wish] if "tells" not in one]
        return self.say(self.chance.choice(plain), "answer:menu") if plain else self._switch_words("answer:menu")

    def _switch_words(self, why: str) -> Act:
        """Names another loan; who says that they go abroad to work, does."""
        claims = {"abroad": {"trip_purpose": "work"}, "housing": {"housing_purpose": "buy"}}.get(self.wish or "", {})
        self.facts.update(claims)
        return self.say(phrases()["switch"][self.wish or ""], why, claims)

    def _on_need(self, screen: Screen) -> Act:
        needs = {"student": "study", "water": "water", "housing": "home", "jobs": "business", "abroad": "abroad"}
        need = "all" if self.wish is None else needs.get(self.wish, "returned")
        choice = f"need={need}"
        if choice in screen.choices and (self.wish is None or self.failed or self._wants_button(screen)):
            return self._press(screen, choice, "answer:need")
        said = self.chance.choice(self._true_ones(phrases()["needs"][self.wish or "jobs"]))
        return self.say(said["say"], "answer:need", said.get("tells", {}))

    def _on_next(self, screen: Screen) -> Act:
        state, question = screen.state, screen.question
        programme = next(case.programme for case in state.cases if case.id == state.active)
        if "next.sent" in question:
            return Act("leave", "", "lead")
        if "next.no" in question and programme == self.wish:
            return self._refused(screen)
        if "next.unknown" in question and not self.citizen.temper.applies_if_open:
            return self.say(self.pick(phrases()["bye"]), "accept:office")
        for choice in (
            f"do=apply:{self.wish}",
            f"do=screen:{self.wish}",
            f"do=apply:{programme}",
            f"do=screen:{programme}",
        ):
            if choice in screen.choices:
                if "next.yes" in question and self.failed == 0 and self.chance.random() < 0.3:
                    return self.say(self.chance.choice(["có", "có ạ", "{i} muốn gửi đăng ký"]), "answer:next")
                return Act("press", choice, "answer:next")
        if "do=others" in screen.choices:
            return self._refused(screen)
        return Act("press", next(c for c in ("do=menu", *screen.choices) if c in screen.choices), "answer:next")

    def _refused(self, screen: Screen) -> Act:
        if not self.explored and self.chance.random() < 0.3 and "do=others" in screen.choices:
            self.explored, self.wish = True, None
            return Act("press", "do=others", "others")
        if self.chance.random() < 0.15 and (choice := f"do=apply_anyway:{self.wish}") in screen.choices:
            return Act("press", choice, "apply_anyway")
        return self.say(self.pick(phrases()["bye"]), "accept:no")

    def _on_consent(self, screen: Screen) -> Act:
        word = "yes" if self.citizen.temper.agrees else "no"
        why = "answer:consent" if word == "yes" else "decline"
        if self._wants_button(screen):
            return self._press(screen, f"consent={word}", why)
        return self.say(self.pick(phrases()["slots"]["consent"][word]), why)

    def _on_scheme(self, screen: Screen) -> Act:
        purpose = self.facts["loan_purpose"]
        fitting = {purpose: True, "stem": self.facts["stem_field"] is True}
        best = [c for c in screen.choices if fitting.get(c.partition("=")[2], False)]
        choice = (best or list(screen.choices))[0]
        picked = choice.partition("=")[2]
        # who picks a loan to learn a trade says what it is for; of a home, which of the ways is not said
        claims = {"scheme": picked} | ({"loan_purpose": picked} if picked == purpose else {})
        if self._wants_button(screen):
            return self._press(screen, choice, "answer:scheme", claims)
        return self.say(_safe(screen.labels[screen.choices.index(choice)]), "answer:scheme", claims)

    def _on_residence(self, screen: Screen) -> Act:
        place, former, why = self.citizen.place, self.citizen.former, "answer:residence"
        if "residence=same" in screen.choices:
            return Act("press", "residence=same", why)
        mine = [c for c in screen.choices if c.startswith(f"residence={place.code}.")]
        exact = [c for c in mine if former and c.endswith(f".{former.code}")]
        if mine:
            return Act("press", (exact or mine)[0], why, {"residence": place.code})
        if screen.choices and "residence=none" in screen.choices and not self.failed:
            return Act("press", "residence=none", why)
        if "residence=unknown" in screen.choices:
            return Act("press", "residence=unknown", why, {"residence": UNSURE})
        new = f"{_spoken(place.name)}, {_spoken(place.province)}"
        old = f"{_spoken(former.name)}, {_spoken(former.district)}, {_spoken(former.province)}" if former else new
        named = [new] if self.failed else [new, old, old, _spoken(place.name)]
        if screen.question & {"place.narrow"}:
            named = [old] if self.clarified > 1 or self.failed % 2 else [new]
        return self._name_said(self.chance.choice(named), why, {"residence": place.code})

    def _on_former(self, screen: Screen) -> Act:
        former = self.citizen.former
        choice = f"former={former.code}" if former else ""
        if choice in screen.choices:
            if former and not self._wants_button(screen):
                return self._name_said(_spoken(former.name), "answer:former", {"former": former.code})
            return Act("press", choice, "answer:former", {"former": former.code if former else UNSURE})
        return Act("press", "former=unknown", "answer:former")

    def _on_hamlet(self, screen: Screen) -> Act:
        if self.chance.random() < 0.1:
            return Act("press", "hamlet=unknown", "answer:hamlet")
        number = spelled(int(self.citizen.hamlet)) if self.citizen.style == "elderly_voice" else self.citizen.hamlet
        return self.say(self.pick(phrases()["slots"]["hamlet"]), "answer:hamlet", {"hamlet": True}, n=number)

    def _on_group(self, screen: Screen) -> Act:
        word = self.citizen.group
        if self._wants_button(screen):
            return self._press(screen, f"group={word}", "answer:group", {"group": word})
        return self.say(self.pick(phrases()["slots"]["group"][word]), "answer:group", {"group": word})

    def _on_name(self, screen: Screen) -> Act:
        name = self.citizen.name
        shape = "{n}" if self.failed else self.pick(phrases()["slots"]["name"])
        return self._name_said(shape.format(i=self.i, n=name), "answer:name", {"name": name})

    def _on_phone(self, screen: Screen) -> Act:
        digits = self.citizen.phone
        shape = "{n}" if self.failed else self.pick(phrases()["slots"]["phone"])
        spoken = digits if self.failed > 1 else phone(digits, self.citizen.style, self.chance)
        return self.say(shape, "answer:phone", {"phone": f"+84{digits[1:]}"}, n=spoken)

    def _on_which_phone(self, screen: Screen) -> Act:
        right = f"which_phone={self.told.get('phone')}"
        return Act("press", right if right in screen.choices else screen.choices[0], "answer:which_phone")

    def _on_contact_hours(self, screen: Screen) -> Act:
        word = self.citizen.hours
        if self._wants_button(screen):
            return self._press(screen, f"contact_hours={word}", "answer:contact_hours", {"contact_hours": True})
        return self.say(
            self.pick(phrases()["slots"]["contact_hours"][word]), "answer:contact_hours", {"contact_hours": True}
        )

    def _on_confirm(self, screen: Screen) -> Act:
        wrong = self._wrong(screen.state) if self.citizen.temper.checks else None
        if wrong is not None and wrong not in self.mended:
            self.mending = wrong
            self.mended.add(wrong)
            return Act("press", "confirm=mend", "mend")
        if self._wants_button(screen):
            return self._press(screen, "confirm=send", "answer:confirm")
        return self.say(self.pick(phrases()["slots"]["confirm"]["send"]), "answer:confirm")

    def _wrong(self, state: Conversation) -> str | None:
        """A told fact that is read back otherwise than it was told."""
        held = next(case.facts for case in state.cases if case.id == state.active)
        for fact, value in self.told.items():
            if value != UNSURE and fact in held and held[fact].status == "known" and not same(held[fact].value, value):
                return fact
        return None

    def _on_mend(self, screen: Screen) -> Act:
        choice = f"mend={self.mending}"
        if choice in screen.choices:
            fact, self.mending = self.mending or "", None
            if fact in rules().facts:
                self._change(fact) if fact not in self.mended else None
                self.reopened.add(fact)
            return self._press(screen, choice, "mend")
        return Act("press", "mend=nothing", "mend")

    def _on_case(self, screen: Screen) -> Act:
        return Act("press", screen.choices[-1], "answer:case")

    def _on_data(self, screen: Screen) -> Act:
        return Act("press", "data=keep", "answer:data")

    def _on_erase(self, screen: Screen) -> Act:
        return Act("press", "erase=no", "answer:erase")

    def _on_programme(self, screen: Screen) -> Act:
        choice = f"programme={self.wish}"
        return Act("press", choice if choice in screen.choices else screen.choices[0], "answer:programme")

    def _on_amount(self, screen: Screen) -> Act:
        return self.say("{n}", "answer:amount", {}, n=self.sum(30_000_000))

    def _on_term(self, screen: Screen) -> Act:
        if screen.choices:
            return Act("press", screen.choices[0], "answer:term")
        return self.say("3 năm", "answer:term")

    def _on_anything(self, screen: Screen) -> Act:
        if screen.choices:
            return Act("press", screen.choices[0], f"answer:{screen.slot}")
        return self.say("10", f"answer:{screen.slot}")


def same(first: Any, second: Any) -> bool:
    """The same value; of a fact with several values, one alone is the list of it."""
    return _listed(first) == _listed(second)


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else [value]


def _written(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _spoken(name: str) -> str:
    """ "Xã Hưng Tây" -> "xã Hưng Tây"."""
    return name[:1].lower() + name[1:]


def _safe(label: str) -> str:
    return label.replace("{", "").replace("}", "")


def same_name(first: str, second: str) -> bool:
    """The same name, whatever the accents and capitals."""
    return bare(first).lower().split() == bare(second).lower().split()
