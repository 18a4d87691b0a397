"""What is right and wrong in a talk: held against what the person really told, not against what the bot believes.

A fault is a kind, the turn and a few words. `NEVER` lists what the engine may not do whatever it hears; `AIM_NONE` what a
misheard word can still bring about, and no right talk has.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import msgspec
from simulation.citizen import ON
from simulation.mind import SOFT, UNSURE, Act, Mind, same, same_name
from talk import Talk, rules

from bot.wording import MissingWording, word
from flows.eligibility.assess import assess
from flows.engine.conversation import Answer, Case, Conversation
from flows.engine.effects import Ask, Effect, HandOver, Say, Submit
from flows.engine.text import Joined, Text

NEVER = (
    "crash",
    "wording",  # a text that a language lacks
    "two_asks",  # two open questions in one turn
    "self_contradiction",  # a verdict other than that of the facts which the bot holds
)
AIM_NONE = (
    "contradiction",  # a verdict other than that of the facts which the person told
    "dead_end",  # silence, or nothing asked and nothing offered, or ten turns for nothing
)
KINDS = (
    *NEVER,
    *AIM_NONE,
    "misread",  # held otherwise than it was said in answer to its question
    "invented",  # held, though nobody said it
    "correction_lost",  # put right in free words, and not taken
    "correction_menu",  # put right in free words, and asked which line is meant
    "repeated",  # asked again after it had been answered and not corrected
    "told_unheard",  # asked although told before, unasked
    "not_understood",  # answered, and the same question came again
    "thread_lost",  # after a question in between the open question was gone
    "unanswered",  # a question in between was met with "I did not understand"
    "same_sentence",  # the same message twice in a row
    "questions_mixed",  # a message that asks something beside the one question
    "wrong_place",
)
RIGHT = ("lead", "no", "office", "handover", "quit", "declined")
VERDICTS = {"verdict.yes": "yes", "verdict.no": "no", "verdict.not_covered": "not_covered"}
VERDICTS |= dict.fromkeys(("verdict.open", "verdict.confirm", "verdict.office"), "unknown")
WITHOUT_PROGRESS = 10  # turns in which nothing at all came of what the person did
BESIDE = frozenset({"off_topic", "small_talk", "emoji", "media"})


@dataclass(frozen=True)
class Fault:
    kind: str
    turn: int
    about: str


@dataclass
class Record:
    """One talk, judged. `end` is how it ended; `log` the talk as it can be read."""

    seed: str
    style: str
    programme: str
    end: str = ""
    turns: int = 0
    answers: int = 0
    asides: int = 0
    faults: list[Fault] = field(default_factory=list)
    log: list[str] = field(default_factory=list)

    @property
    def right(self) -> bool:
        return self.end in RIGHT and not self.count(*NEVER, *AIM_NONE)

    def count(self, *kinds: str) -> int:
        return sum(fault.kind in kinds for fault in self.faults)


class Judge:
    """Watches one talk, turn by turn."""

    def __init__(self, mind: Mind, record: Record) -> None:
        self.mind, self.record = mind, record
        self.taken: dict[str, int] = {}  # slot -> turn in which it was answered and left
        self.unasked: set[str] = set()  # told without being asked
        self.before: Conversation | None = None
        self.last_text = ""
        self.idle = 0
        self.held: dict[str, Answer] = {}
        self.known_wrong: set[tuple[str, str]] = set()

    def fault(self, kind: str, about: str) -> None:
        self.record.faults.append(Fault(kind, self.record.turns, about))

    def watch(self, act: Act, talk: Talk, said: list[str]) -> None:
        """One turn: what was done, what came back."""
        conversation = talk.conversation
        assert conversation is not None
        self._remember(act, conversation)
        asks = [effect for effect in talk.effects if isinstance(effect, Ask)]
        says = [effect for effect in talk.effects if isinstance(effect, Say)]
        self._texts(talk.effects, said, asks, says)
        self._questions(act, conversation, asks)
        self._beside(act, conversation, talk.effects)
        self.held = case_of(conversation).facts
        self._which_line(act, conversation)
        self._facts(act, case_of(conversation))
        self._verdicts(talk.effects)
        for effect in talk.effects:
            if isinstance(effect, Submit):
                self._lead(effect)
        self._liveliness(act, conversation, talk.effects)
        self.before = conversation

    # --- what was told -------------------------------------------------------------------------------------------------

    def _remember(self, act: Act, conversation: Conversation) -> None:
        before = self.before
        asked = before.pending.slot if before is not None and before.pending is not None else None
        for name, value in act.claims.items():
            if name != asked:
                self.unasked.add(name)
            self.mind.told[name] = value
            self.mind.reopened.discard(name)
        if act.why == "go_back" or (act.why == "mend" and "mend=" in act.what):
            held = case_of(before).facts if before else {}
            opened = set(held) - set(case_of(conversation).facts)
            self.mind.reopened |= opened
            for slot in opened:
                self.taken.pop(slot, None)
            self._reopen(conversation)
        if conversation.active != (before.active if before else conversation.active):
            self.taken.clear()

    def _reopen(self, conversation: Conversation) -> None:
        pending = conversation.pending
        if pending is not None:
            for slot in ("residence", "former", "hamlet") if pending.slot == "residence" else (pending.slot,):
                self.taken.pop(slot, None)
            self.unasked.discard(pending.slot)

    def _told(self) -> dict[str, Any]:
        """The facts that were told, and those that the bot rightly heard between the words."""
        told = {
            name: value
            for name, value in self.mind.told.items()
            if name in rules().facts and value != UNSURE and name not in self.mind.reopened
        }
        for name, answer in self.held.items():
            if (
                name not in self.mind.told
                and answer.status == "known"
                and same(answer.value, self.mind.facts.get(name))
            ):
                told[name] = answer.value
        return told

    # --- texts -----------------------------------------------------------------------------------------------------------

    def _texts(self, effects: list[Effect], said: list[str], asks: list[Ask], says: list[Say]) -> None:
        for effect in (*says, *asks):
            for text in (effect.text, *(choice.label for choice in getattr(effect, "choices", ()))):
                for language in ("vi", "en"):
                    try:
                        if not word(text, language).strip():
                            self.fault("wording", f"{text.key} ({language}) is empty")
                    except (MissingWording, KeyError) as error:
                        self.fault("wording", str(error))
        for text in said:
            if text == self.last_text:
                self.fault("same_sentence", text[:90])
            self.last_text = text
        if len(asks) > 1:
            self.fault("two_asks", " + ".join(ask.slot for ask in asks))
        if asks:
            for text in said[:-1]:
                if text.rstrip().endswith("?"):
                    self.fault("questions_mixed", text[-90:])

    # --- questions -------------------------------------------------------------------------------------------------------

    def _questions(self, act: Act, conversation: Conversation, asks: list[Ask]) -> None:
        if act.what.startswith("do=apply:") or act.why == "switch":
            self.taken.pop("loan_amount", None)  # each loan has a sum of its own
        before = self.before.pending if self.before is not None else None
        answered = act.why.removeprefix("answer:") if act.why.startswith("answer:") else None
        now = asks[-1].slot if asks else None
        if answered and before is not None and before.slot == answered:
            self.record.answers += 1
            keys = keys_of(asks[-1].text) if asks else frozenset()
            clarifies = keys & {
                "ask.which_value",
                "place.which",
                "place.divided",
                "place.narrow",
                "calculating.which_scheme",
            }
            if now != answered:
                self.taken[answered] = self.record.turns
            elif not clarifies and answered not in SOFT:
                self.fault("not_understood", f"{answered}: {act.what[:80]}")
        if now is None or now in SOFT or act.why in {"go_back", "mend", "switch"}:
            self._reopen(conversation) if act.why in {"go_back", "mend"} else None
            return
        same_place = now == "residence" and any(choice.id == "residence=same" for choice in asks[-1].choices)
        if now in self.taken and not same_place and now != answered and (before is None or before.slot != now):
            self.fault("repeated", f"{now} (answered in turn {self.taken[now]})")
            self.taken.pop(now)
        elif now in self.unasked and now not in case_of(conversation).facts and now in rules().facts:
            self.fault("told_unheard", f"{now}={self.mind.told.get(now)}")
            self.unasked.discard(now)

    def _beside(self, act: Act, conversation: Conversation, effects: list[Effect]) -> None:
        """A question or a word in between: the open question stays open, and it gets an answer."""
        kind, _, topic = act.why.partition(":")
        before = self.before.pending if self.before is not None else None
        if (kind != "aside" and kind not in BESIDE) or before is None or before.slot in SOFT:
            return
        self.record.asides += 1
        pending = conversation.pending
        if pending is None or pending.slot != before.slot:
            self.fault(
                "thread_lost", f"{act.why}: {act.what[:60]} ({before.slot} -> {pending.slot if pending else None})"
            )
        elif kind == "aside" and any(
            key.startswith("not_understood") for effect in effects for key in keys_said(effect)
        ):
            self.fault("unanswered", f"{topic}: {act.what[:60]} (at {before.slot})")

    def _which_line(self, act: Act, conversation: Conversation) -> None:
        """A correction in free words that was seen as one, but not what it corrects."""
        if act.why == "correct" and conversation.pending is not None and conversation.pending.slot == "mend":
            self.fault("correction_menu", act.what[:80])
            self.mind.reopened |= set(act.claims)

    # --- facts -----------------------------------------------------------------------------------------------------------

    def _facts(self, act: Act, case: Case) -> None:
        for name, answer in case.facts.items():
            told = self.mind.told.get(name)
            mark = (name, str(answer.value if answer.status == "known" else answer.status))
            if mark in self.known_wrong:
                continue
            if answer.status == "known" and (told is None or told == UNSURE):
                hidden = self.mind.facts.get(name)
                if not same(answer.value, hidden) or told == UNSURE:
                    self.known_wrong.add(mark)
                    self.fault("invented", f"{name}={answer.value} (truly {hidden}, told {told}) from: {act.what[:80]}")
            elif answer.status == "known" and not same(answer.value, told) and name not in self.mind.reopened:
                self.known_wrong.add(mark)
                kind = "correction_lost" if act.why in {"correct", "change_sum"} and name in act.claims else "misread"
                self.fault(kind, f"{name}: said {told}, held {answer.value}, from: {act.what[:80]}")
            elif answer.status != "known" and told not in (None, UNSURE) and name not in self.mind.reopened:
                self.known_wrong.add(mark)
                self.fault("misread", f"{name}: said {told}, held {answer.status}, from: {act.what[:80]}")

    # --- verdicts --------------------------------------------------------------------------------------------------------

    def _verdicts(self, effects: list[Effect]) -> None:
        for effect in effects:
            if not isinstance(effect, Say):
                continue
            key = effect.text.key
            if key in VERDICTS:
                self._compare(programme_in(effect.text), VERDICTS[key])
            elif key == "overview.all":
                for line in parts_of(effect.text):
                    if line.key.startswith("overview.") and line.key != "overview.all":
                        self._compare(programme_in(line), line.key.removeprefix("overview."))

    def _compare(self, programme: str | None, said: str) -> None:
        if programme is None:
            return
        held = {name: answer.value for name, answer in self.held.items() if answer.status == "known"}
        believed = str(assess(programme, held, ON, rules(), with_terms=False).truth)
        if believed != said:
            self.fault("self_contradiction", f"{programme}: bot says {said}, the facts it holds say {believed}")
        truth = str(assess(programme, self._told(), ON, rules(), with_terms=False).truth)
        if truth != said:
            self.fault("contradiction", f"{programme}: bot says {said}, the told facts say {truth}")

    def _lead(self, effect: Submit) -> None:
        lead, mind = effect.lead, self.mind
        scheme = lead.scheme or next(iter(rules().programmes[lead.programme].schemes))
        truth = str(assess(lead.programme, self._told(), ON, rules(), with_terms=False).scheme(scheme).truth)
        if truth != lead.truth:
            self.fault("contradiction", f"lead {lead.programme}.{scheme}: {lead.truth}, the told facts say {truth}")
        expected = mind.told.get("residence")
        if expected not in (None, UNSURE) and (lead.commune or {}).get("code") != expected:
            self.fault("wrong_place", f"{mind.citizen.place.name}: {(lead.commune or {}).get('name')}")
        for name, value in (("name", lead.name), ("phone", lead.phone)):
            told = mind.told.get(name)
            if told and not (same_name(told, value) if name == "name" else told == value):
                self.fault("misread", f"{name}: said {told}, sent {value}")

    # --- life ------------------------------------------------------------------------------------------------------------

    def _liveliness(self, act: Act, conversation: Conversation, effects: list[Effect]) -> None:
        spoken = any(isinstance(effect, Say | Ask) for effect in effects)
        if not spoken and not conversation.handover and act.kind != "leave":
            self.fault("dead_end", f"no word to: {act.what[:80]}")
        ended = any(isinstance(effect, HandOver) for effect in effects)
        parted = act.why.startswith("accept") or act.why == "quit" or conversation.handover
        if conversation.pending is None and not ended and not parted:
            self.fault("dead_end", f"nothing asked after: {act.what[:80]}")
        progress = self.before is None or _matter(conversation) != _matter(self.before)
        self.idle = 0 if progress else self.idle + 1
        if self.idle == WITHOUT_PROGRESS:
            self.fault("dead_end", f"nothing came of the last {WITHOUT_PROGRESS} turns")


def case_of(conversation: Conversation) -> Case:
    """The matter at hand."""
    return next(case for case in conversation.cases if case.id == conversation.active)


def _matter(conversation: Conversation) -> Any:
    """What a turn can bring forward."""
    case = case_of(conversation)
    slot = conversation.pending.slot if conversation.pending else None
    return msgspec.to_builtins((case.facts, case.slots, case.place, case.scheme, case.consent, case.programme, slot))


def keys_of(text: Any) -> frozenset[str]:
    """Every catalogue key in a text."""
    return frozenset(one.key for one in parts_of(text))


def keys_said(effect: Effect) -> frozenset[str]:
    """The keys of what an effect says, if it says anything."""
    return keys_of(effect.text) if isinstance(effect, Say | Ask) else frozenset()


def parts_of(text: Any) -> Iterable[Text]:
    """A text and every text in it."""
    if isinstance(text, Text):
        yield text
        for value in text.values.values():
            yield from parts_of(value)
    elif isinstance(text, Joined):
        for part in text.parts:
            yield from parts_of(part)


def programme_in(text: Text) -> str | None:
    """The programme that a text is about, by its name's key."""
    for part in parts_of(text):
        head, _, rest = part.key.partition(".")
        if head in {"programme", "scheme"} and rest.endswith(".name"):
            return rest.split(".")[0]
    return None
