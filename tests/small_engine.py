"""A real, tiny engine for tests of the shell: it counts, asks for a colour, sends a lead, waits, erases. Not a mock of ours.

It is pure like the real one, so a turn can be stepped again; the tests of the real flows are in tests/flows.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import msgspec

from bot.channels.errors import ChannelError
from bot.channels.messages import Address, Inbound, Outbound
from bot.clock import FixedClock
from bot.stores.memory import MemoryStore
from bot.stores.redis import Locks
from bot.stores.tables import VIETNAM
from bot.turn import Limits, Turns
from bot.wording import catalogue
from flows.eligibility.book import Book, load_book
from flows.engine.conversation import Case, Conversation, Pending
from flows.engine.effects import AnyEffect, Ask, Choice, Erase, LeadDraft, RemindAt, Say, Submit, TellStaff
from flows.engine.events import AnyEvent, ChoicePicked, MessageReceived, StaffReplied, Started, WaitExpired
from flows.engine.text import Text
from nlu.reading import Expecting, Intent, Reading

AT = datetime(2026, 11, 23, 9, 0, tzinfo=VIETNAM)
HOA = Address("web", "visitor-hoa")
BINH = Address("telegram", "700002")
COLOURS = (Choice("colour=red", Text("shell.too_many")), Choice("colour=blue", Text("shell.trouble")))


class Worked(msgspec.Struct, frozen=True):
    conversation: Conversation
    effects: tuple[AnyEffect, ...]


def step(conversation: Conversation | None, event: AnyEvent, book: Book) -> Worked:
    """Count turns in `flow_data`, remember each event's id, do what the words say."""
    before = conversation or Conversation(started_at=event.at, cases=(Case(),))
    seen = (*before.flow_data.get("seen", ()), event.id)
    now = msgspec.structs.replace(before, turn=before.turn + 1, flow_data={**before.flow_data, "seen": list(seen)})
    match event:
        case Started(by=by):
            return Worked(msgspec.structs.replace(now, by=by), (_say(f"started {by}"),))
        case MessageReceived(reading=reading):
            return _words(now, event, reading)
        case ChoicePicked(choice=choice, token=token):
            fresh = now.pending is not None and now.pending.token == token
            return Worked(now, (_say(f"picked {choice} {'fresh' if fresh else 'old'}"),))
        case StaffReplied(text=text):
            return Worked(now, (_say(f"staff: {text}"),))
        case WaitExpired(name=name):
            return Worked(now, (_say(f"waited {name}"),))
        case _:
            return Worked(now, (_say(type(event).__name__),))


def _words(now: Conversation, event: AnyEvent, reading: Reading) -> Worked:
    match reading.text.split():
        case ["ask"]:
            token = f"q{now.turn}"
            asked = Pending(slot="colour", token=token, text=Text("shell.trouble"), choices=COLOURS)
            now = msgspec.structs.replace(now, pending=asked)
            return Worked(now, (Ask(text=asked.text, slot="colour", token=token, choices=COLOURS),))
        case ["lead", *_]:
            consented = msgspec.structs.replace(now, cases=(Case(consent=event.at),))
            return Worked(consented, (Submit(lead=draft(event)), _say("sent")))
        case ["wait", minutes]:
            at = (datetime.fromisoformat(event.at) + timedelta(minutes=int(minutes))).isoformat()
            return Worked(now, (RemindAt(name="draft", at=at), _say("waiting")))
        case ["tell", *words]:
            return Worked(now, (TellStaff(lead=None, text=" ".join(words)),))
        case ["forget"]:
            return Worked(now, (Erase(scope="everything"), _say("forgotten")))
        case ["break"]:
            raise RuntimeError(f"broke on {reading.text} of Nguyễn Thị Thử 0912345678")
        case ["unworded"]:
            return Worked(now, (Say(text=Text("no.such.key")),))
        case _:
            return Worked(now, (_say(f"{now.turn}: {reading.text}"),))


def _say(words: str) -> Say:
    return Say(text=Text("shell.mail.body", {"lead": words, "link": ""}))


def said(messages: list[Outbound]) -> list[str]:
    """The words that `_say` wrapped into a catalogue text."""
    before, _, after = catalogue("vi")["shell.mail.body"].partition("{lead}")
    after = after.partition("{link}")[0]
    return [one.text.split(before)[-1].split(after)[0] for one in messages]


def draft(event: AnyEvent, **changes: Any) -> LeadDraft:
    """A lead of an invented person, its id made of the event's chance."""
    fields: dict[str, Any] = {
        "id": f"VV-{event.fresh[:6]}",
        "case": 1,
        "programme": "water",
        "scheme": "works",
        "truth": "yes",
        "place_kind": "works",
        "commune": {"code": "00268", "name": "Xã Thử", "type": "xã", "province_code": "01", "province": "Hà Nội"},
        "former": None,
        "hamlet": None,
        "point": "100001",
        "queue": "point",
        "queue_code": "100001",
        "rule": "only",
        "why": Text("shell.trouble"),
        "filed_at": "point",
        "group": None,
        "by": "applicant",
        "about": "",
        "consent_at": event.at,
        "consent_version": "2026-11",
        "facts": {"area": "rural"},
        "origins": {"area": "said"},
        "amount": None,
        "name": "Nguyễn Thị Thử",
        "phone": "+84912345678",
        "contact_hours": None,
        "verdict": {"truth": "yes"},
        "created_at": event.at,
    }
    return LeadDraft(**(fields | changes))


def read(text: str, expecting: Expecting | None = None, intent: Intent | None = None, on: Any = None) -> Reading:
    """The words, nothing read into them; what was expected is kept to be looked at."""
    return Reading(text=text, intent=intent or Intent(), facts={"expected": expecting.slot if expecting else None})


class NoIntent:
    """A classifier that never knows; `asked` keeps what it was asked with."""

    def __init__(self) -> None:
        self.asked: list[Expecting] = []

    async def classify(self, text: str, expecting: Expecting) -> Intent | None:
        self.asked.append(expecting)
        return None


@dataclass
class Post:
    """A channel that keeps what it carries; `trouble` is raised for the next messages, in order."""

    name: str = "telegram"
    sent: list[tuple[str, str, str]] = field(default_factory=list)
    trouble: list[ChannelError | Exception | None] = field(default_factory=list)

    async def send(self, address: Address, message: Outbound, key: str) -> None:
        problem = self.trouble.pop(0) if self.trouble else None
        if problem is not None:
            raise problem
        self.sent.append((address.key, said([message])[0], key))


@dataclass
class Shell:
    """A store in memory with turns over the small engine."""

    store: MemoryStore
    clock: FixedClock
    turns: Turns
    classifier: NoIntent

    async def say(self, text: str, message: str = "", address: Address = HOA) -> list[str]:
        return said(await self.turns.receive(self.text(text, message, address)))

    def text(self, text: str, message: str = "", address: Address = HOA) -> Inbound:
        return Inbound(address=address, message_id=message or text, sent_at="", kind="text", text=text)


async def open_shell(
    limits: Limits | None = None, store: MemoryStore | None = None, step_with: Any = step, classifier: Any = None
) -> Shell:
    made = store or MemoryStore()
    if store is None:
        await made.migrate()
    clock, classifier, book = FixedClock(AT), classifier or NoIntent(), load_book()
    turns = Turns(made, lambda: book, classifier, clock, step=step_with, read=read, locks=Locks(), limits=limits)
    return Shell(made, clock, turns, classifier)
