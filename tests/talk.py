"""A talk played through the pure core: read, step, word; the state goes through JSON and back between turns.

What the shell does around it (store, channels, locks) is left out; what the person sees is the same.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import lru_cache

import msgspec

from bot.wording import word
from flows.eligibility.book import load_book
from flows.engine.conversation import Conversation
from flows.engine.effects import Ask, Effect, Erase, OfferCode, RemindAt, Say, Submit, TakeOver
from flows.engine.events import (
    AnyEvent,
    ChoicePicked,
    HandoverClosed,
    MediaReceived,
    MessageReceived,
    StaffReplied,
    Started,
    TalkBrought,
    WaitExpired,
)
from flows.engine.step import step
from flows.place_question import named_before
from flows.routing import PointDirectory
from flows.screening import doubted
from nlu.entities.place import former_of, read_places
from nlu.places.index import packaged
from nlu.read import read
from nlu.reading import Choice, Expecting, Intent

START = datetime.fromisoformat("2026-11-23T09:00:00+07:00")
DAY = date(2026, 11, 23)


@lru_cache(maxsize=1)
def engine():
    """The classifier, trained once a checkout."""
    from trained import model

    return model()


@lru_cache(maxsize=1)
def rules():
    """The rules, with the presumed points of the whole country: no branch has imported its list."""
    index = packaged()
    formers = {code: former_of(code) for code in index.communes}
    return replace(load_book(), points=PointDirectory((), index.communes, formers))


@dataclass
class Said:
    """One message of the bot as the person sees it."""

    text: str
    choices: list[tuple[str, str]] = field(default_factory=list)


def played(*turns: str) -> Talk:
    """A talk after these turns: what is written, or ">" and the button that is pressed."""
    talk = Talk()
    for turn in turns:
        if turn.startswith(">"):
            talk.press(turn[1:])
        else:
            talk.say(turn)
    return talk


@dataclass
class Talk:
    """One person talking to the bot."""

    book: object = None
    now: datetime = START
    conversation: Conversation | None = None
    effects: list[Effect] = field(default_factory=list)
    waits: dict[str, datetime] = field(default_factory=dict)  # what the store keeps of `RemindAt`
    code: OfferCode | None = None  # and of the code for another phone

    def __post_init__(self) -> None:
        self.book = self.book or rules()

    def start(self, **fields: str) -> list[Said]:
        return self.happen(Started(**self._stamp(), **fields))

    def say(self, text: str) -> list[Said]:
        expecting = self.expecting()
        intent = engine().classify(text, expecting)
        reading = read(text, expecting, intent, on=self.now.date(), places=read_places)
        return self.happen(MessageReceived(**self._stamp(), reading=reading))

    def press(self, label: str) -> list[Said]:
        """Press the button with this label (or this id)."""
        notices = [(effect.token, effect.choices) for effect in self.effects if isinstance(effect, Ask)]
        pending = self.conversation.pending
        shown = [*notices, *([(pending.token, pending.choices)] if pending else ())]
        for token, choices in shown:
            for choice in choices:
                if label in {choice.id, self._word(choice.label)}:
                    return self.happen(ChoicePicked(**self._stamp(), choice=choice.id, token=token))
        offered = [self._word(choice.label) for _, choices in shown for choice in choices]
        raise AssertionError(f"no button {label!r} among {offered}")

    def send_media(self, kind: str) -> list[Said]:
        return self.happen(MediaReceived(**self._stamp(), kind=kind))

    def later(self, **time: float) -> list[Said]:
        """Time passes: waits run out in their order, and what is past its time is forgotten."""
        until, said = self.now + timedelta(**time), []
        while due := sorted((at, name) for name, at in self.waits.items() if at <= until):
            at, name = due[0]
            del self.waits[name]
            self.now = max(at, self.now)
            if self.conversation is not None and datetime.fromisoformat(self.conversation.expires_at) > self.now:
                said += self.happen(WaitExpired(**self._stamp(), name=name))
        self.now = until
        if self.conversation is not None and datetime.fromisoformat(self.conversation.expires_at) <= until:
            self.conversation, self.waits = None, {}
        return said

    def staff_write(self, text: str) -> list[Said]:
        """Staff answer in the direct talk."""
        return self.happen(StaffReplied(**self._stamp(), lead="", text=text, handover=True))

    def staff_close(self) -> list[Said]:
        return self.happen(HandoverClosed(**self._stamp()))

    def on_another_phone(self, text: str) -> list[Said]:
        """Somebody types a code on a phone that has no talk yet."""
        typed, offered = text.replace("-", ""), self.code
        good = offered is not None and offered.code == typed and datetime.fromisoformat(offered.until) > self.now
        came, self.conversation = (self.conversation if good else None), None
        return self.happen(TalkBrought(**self._stamp(), code=typed, conversation=came))

    def happen(self, event: AnyEvent) -> list[Said]:
        if self.conversation is not None:
            self.conversation = msgspec.json.decode(msgspec.json.encode(self.conversation), type=Conversation)
        turn = step(self.conversation, event, self.book)
        self.conversation = turn.conversation
        self.effects = list(turn.effects)
        self._keep(turn.effects)
        self.now += timedelta(seconds=30)
        return [
            Said(self._word(effect.text), [(c.id, self._word(c.label)) for c in getattr(effect, "choices", ())])
            for effect in turn.effects
            if isinstance(effect, Say | Ask)
        ]

    def _keep(self, effects: tuple[Effect, ...]) -> None:
        for effect in effects:
            match effect:
                case RemindAt(name=name, at=None):
                    self.waits.pop(name, None)
                case RemindAt(name=name, at=str(at)):
                    self.waits[name] = datetime.fromisoformat(at)
                case Erase():
                    self.waits, self.code = {}, None
                case OfferCode():
                    self.code = effect
                case TakeOver():
                    self.code = None

    def expecting(self) -> Expecting:
        pending = self.conversation.pending if self.conversation else None
        if pending is None:
            return Expecting()
        case = next(case for case in self.conversation.cases if case.id == self.conversation.active)
        choices = tuple(Choice(choice.id, self._word(choice.label)) for choice in pending.choices)
        return Expecting(pending.slot, case.programme, choices, named_before(self.conversation), doubted(self.conversation))

    @property
    def leads(self) -> list[Submit]:
        return [effect.lead for effect in self.effects if isinstance(effect, Submit)]

    def _word(self, text) -> str:
        conversation = self.conversation
        return word(text, conversation.language, conversation.addressing)

    def _stamp(self) -> dict[str, str]:
        turn = (self.conversation.turn if self.conversation else 0) + 1
        return {"at": self.now.isoformat(), "id": f"m{turn}", "fresh": f"TEST{turn:02d}"}


class Person(Talk):
    """Speaks with an intent that is given, so that no classifier decides what is tested here."""

    def tell(self, text: str, topic: str = "inform", programme: str = "none", confidence: float = 0.95):
        programmes = () if programme == "none" else (programme,)
        intent = Intent(programme, programmes, topic, (topic,), confidence)
        reading = read(text, self.expecting(), intent, on=DAY, places=read_places)
        return self.happen(MessageReceived(**self._stamp(), reading=reading))

    def picks(self, choice: str, token: str | None = None):
        pending = self.conversation.pending
        return self.happen(ChoicePicked(**self._stamp(), choice=choice, token=token or pending.token))

    @property
    def asking(self) -> str | None:
        return self.conversation.pending.slot if self.conversation.pending else None

    @property
    def case(self):
        return next(case for case in self.conversation.cases if case.id == self.conversation.active)

    def of(self, kind: type) -> list:
        return [effect for effect in self.effects if isinstance(effect, kind)]
