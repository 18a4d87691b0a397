"""Scene: one turn while it is being worked out. Lives only inside `step`; what it ends with is the Turn.

Reading the state, changing it (each change makes a new frozen Conversation) and collecting effects; no decisions.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

import msgspec

from flows.eligibility.book import Book
from flows.engine.conversation import Answer, Case, Conversation
from flows.engine.effects import AnyEffect, Ask, Attachment, Choice, Say
from flows.engine.events import AnyEvent, HandoverClosed, LeadMoved, StaffReplied, WaitExpired
from flows.engine.text import Text, Value

STATELESS_HOURS = 24  # before consent a conversation lives no longer than this
DRAFT_DAYS = 30
OPEN_LEAD_DAYS = 180
ASKED_KEPT = 60  # how far back one can go
UNASKED = (StaffReplied, LeadMoved, HandoverClosed, WaitExpired)  # what happens without the person's doing
CLOSED = frozenset({"closed_lent", "closed_not_eligible", "closed_withdrawn", "closed_unreachable", "duplicate"})


class Scene:
    """The turn so far."""

    def __init__(self, conversation: Conversation, event: AnyEvent, book: Book) -> None:
        self.event = event
        self.book = book
        self.effects: list[AnyEffect] = []
        self.conversation = conversation
        if not conversation.cases:
            self.change(cases=(Case(by=conversation.by),), started_at=event.at)

    # --- reading ---------------------------------------------------------------------------------------------------

    @property
    def at(self) -> datetime:
        return datetime.fromisoformat(self.event.at)

    @property
    def on(self) -> date:
        return self.at.date()

    @property
    def theirs(self) -> bool:
        """Whether the person did something, rather than staff or the clock."""
        return not isinstance(self.event, UNASKED)

    @property
    def last_act(self) -> datetime:
        """When the person last did something before this turn."""
        return datetime.fromisoformat(self.conversation.seen_at or self.conversation.started_at or self.event.at)

    @property
    def silent_for(self) -> timedelta:
        return self.at - self.last_act

    @property
    def case(self) -> Case:
        return next(case for case in self.conversation.cases if case.id == self.conversation.active)

    @property
    def programme(self) -> str | None:
        return self.case.programme

    @property
    def known(self) -> dict[str, Any]:
        """Facts with a value, as `assess` takes them."""
        return {fact: answer.value for fact, answer in self.case.facts.items() if answer.status == "known"}

    @property
    def unanswerable(self) -> frozenset[str]:
        """Facts the person does not know or would rather not tell: never asked again."""
        return frozenset(fact for fact, answer in self.case.facts.items() if answer.status != "known")

    def slot(self, name: str) -> Any:
        return self.case.slots.get(name)

    def data(self, name: str) -> Any:
        return self.conversation.flow_data.get(name)

    def open_lead(self, programme: str | None) -> str | None:
        """The id of a lead that was sent for this programme and is not closed."""
        for lead, note in self.case.leads.items():
            if note.programme == programme and note.status not in CLOSED:
                return lead
        return None

    # --- changing --------------------------------------------------------------------------------------------------

    def change(self, **fields: Any) -> None:
        self.conversation = msgspec.structs.replace(self.conversation, **fields)

    def change_case(self, **fields: Any) -> None:
        changed = msgspec.structs.replace(self.case, **fields)
        self.change(cases=tuple(changed if case.id == changed.id else case for case in self.conversation.cases))

    def set_fact(self, fact: str, value: Any, origin: str = "said", status: str = "known") -> None:
        answer = Answer(value=value, status=status, origin=origin, at=self.event.at)
        self.change_case(facts={**self.case.facts, fact: answer})

    def forget_fact(self, fact: str) -> None:
        self.change_case(facts={name: answer for name, answer in self.case.facts.items() if name != fact})

    def set_slot(self, name: str, value: Any) -> None:
        self.change_case(slots={**self.case.slots, name: value})

    def forget_slot(self, name: str) -> None:
        self.change_case(slots={key: value for key, value in self.case.slots.items() if key != name})

    def set_data(self, **values: Any) -> None:
        self.change(flow_data={**self.conversation.flow_data, **values})

    def drop_data(self, *names: str) -> None:
        self.change(flow_data={key: value for key, value in self.conversation.flow_data.items() if key not in names})

    def enter(self, flow: str, **data: Any) -> None:
        """Make `flow` the one that asks next. What it is told to remember replaces what the last flow remembered."""
        kept = {key: value for key, value in self.conversation.flow_data.items() if key == "taken"}
        self.change(flow=flow, flow_data={**kept, **data}, pending=None)

    def leave(self) -> None:
        self.enter("")
        self.change(flow=None)

    def note_asked(self, slot: str) -> None:
        before = [name for name in self.case.asked if name != slot]
        self.change_case(asked=(*before[1 - ASKED_KEPT :], slot))

    # --- wording -----------------------------------------------------------------------------------------------------

    def asking(self, key: str, **values: Value) -> Text:
        """A text in which `{you}` is the person whose matter this is: the speaker, or whom they ask for."""
        about = self.case.about
        return Text(key, {"you": about, "You": about[:1].upper() + about[1:], **values} if about else dict(values))

    @property
    def who(self) -> Value:
        """The person whose matter this is, for a text that speaks of both."""
        return self.case.about or Text("person.you")

    # --- effects ---------------------------------------------------------------------------------------------------

    def do(self, effect: AnyEffect) -> None:
        self.effects.append(effect)

    def say(self, key: str | Text, attachments: Sequence[Attachment] = (), /, **values: Any) -> None:
        text = Text(key, values) if isinstance(key, str) else key
        self.effects.append(Say(text=text, attachments=tuple(attachments)))

    @property
    def has_asked(self) -> bool:
        return any(isinstance(effect, Ask) for effect in self.effects)

    @property
    def has_spoken(self) -> bool:
        return any(isinstance(effect, Say | Ask) for effect in self.effects)

    def lifetime(self) -> datetime:
        """When this conversation has to be forgotten."""
        if any(note.status not in CLOSED for case in self.conversation.cases for note in case.leads.values()):
            return self.at + timedelta(days=OPEN_LEAD_DAYS)
        if any(case.consent for case in self.conversation.cases):
            # Counted from what the person did: a reminder of ours must not keep a draft alive.
            return (self.at if self.theirs else self.last_act) + timedelta(days=DRAFT_DAYS)
        return datetime.fromisoformat(self.conversation.started_at) + timedelta(hours=STATELESS_HOURS)


def choice(slot: str, value: str, label: Text | str, **values: Any) -> Choice:
    """An answer on offer; its id says what it answers: "poverty_status=poor"."""
    return Choice(id=f"{slot}={value}", label=Text(label, values) if isinstance(label, str) else label)
