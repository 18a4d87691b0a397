"""What the engine says -> messages for a channel, worded in the language of the talk. No channel and no sending here.

Words are chosen before the commit: a text that no catalogue has stops the turn while nothing is written yet, a retry says
the same again, and what staff see is what the person read.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import msgspec

from bot.channels.messages import Outbound, OutboundAttachment, OutboundChoice
from bot.papers.calendar_link import PATH, CalendarLinks, point_calendar
from bot.papers.repayment_chart import chart_svg
from bot.wording import word
from flows.calculating import REPAYMENT
from flows.cost import cost
from flows.discretion import is_sensitive
from flows.eligibility.book import Book
from flows.engine.conversation import Conversation
from flows.engine.effects import AnyEffect, Ask, Attachment, Choice, Hide, Say
from flows.engine.text import Text
from flows.place_question import named_before
from flows.screening import doubted
from nlu.reading import Choice as OfferedChoice
from nlu.reading import Expecting

OWN_ADDRESS = ("https://", "http://", "tel:", "geo:")


class Site(msgspec.Struct, frozen=True):
    """Where people reach us, and how the files that we serve there are addressed."""

    address: str
    calendars: CalendarLinks


def messages_of(
    effects: Sequence[AnyEffect], conversation: Conversation, book: Book, site: Site, at: datetime
) -> list[Outbound]:
    """The messages among a turn's effects, in order; files are made as of `at`."""
    quiet = is_sensitive(conversation, book)
    clear = any(isinstance(effect, Hide) for effect in effects)
    said = []
    for effect in effects:
        match effect:
            case Say(text=text, attachments=attachments):
                said.append(
                    Outbound(
                        text=_word(text, conversation),
                        attachments=tuple(
                            made for one in attachments if (made := _attachment(one, conversation, book, site, at))
                        ),
                        language=conversation.language,
                        preview=not quiet,
                        clear=clear,
                    )
                )
            case Ask(text=text, choices=choices, expects=expects, token=token):
                said.append(
                    Outbound(
                        text=_word(text, conversation),
                        choices=tuple(OutboundChoice(one.id, _word(one.label, conversation)) for one in choices),
                        expects=expects,
                        token=token,
                        language=conversation.language,
                        preview=not quiet,
                    )
                )
    return said


def shell_message(key: str, language: str) -> Outbound:
    """Something that the shell itself has to say (too many messages, trouble on our side)."""
    return Outbound(text=word(Text(key), language), language=language)


def expecting_of(conversation: Conversation | None, default_language: str = "vi") -> Expecting:
    """What the open question asks for, with the labels that the person saw."""
    if conversation is None:
        return Expecting()
    case = next((case for case in conversation.cases if case.id == conversation.active), None)
    pending = conversation.pending
    return Expecting(
        slot=pending.slot if pending else None,
        programme=case.programme if case else None,
        choices=tuple(_offered(one, conversation) for one in pending.choices) if pending else (),
        before=named_before(conversation),
        doubted=doubted(conversation),
    )


def _offered(choice: Choice, conversation: Conversation) -> OfferedChoice:
    return OfferedChoice(choice.id, _word(choice.label, conversation))


def _word(text: Text, conversation: Conversation) -> str:
    return word(text, conversation.language, conversation.addressing)


def _repayment(given: dict[str, Any], conversation: Conversation, book: Book) -> str:
    """The chart of a repayment plan as SVG; its ids carry the turn, so that several may stand on a page."""
    found = cost(
        given["programme"],
        given["scheme"],
        given["facts"],
        date.fromisoformat(given["on"]),
        book,
        amount=given["amount"],
        months=given["months"],
    )
    return chart_svg(found, conversation.language, name=f"repayment-{conversation.turn}")


def _attachment(
    attachment: Attachment, conversation: Conversation, book: Book, site: Site, at: datetime
) -> OutboundAttachment | None:
    """`ref` is an address of its own, "calendar/<point>", or a path below our site. None: there is nothing to hand over any more."""
    label, ref = _word(attachment.label, conversation), attachment.ref
    if attachment.kind == "picture" and ref == REPAYMENT:
        return OutboundAttachment(kind="picture", label=label, body=_repayment(attachment.given, conversation, book))
    if attachment.kind == "calendar":
        code = ref.removeprefix(f"{PATH}/")
        point = book.points.by_code(code) if book.points is not None else None
        body = point_calendar(point, at, conversation.language) if point is not None else None
        if body is None:
            return None
        # The body for channels that hand over files; a browser takes the address.
        url = site.calendars.address(code, conversation.language)
        return OutboundAttachment(kind="calendar", label=label, url=url, body=body)
    url = ref if ref.startswith(OWN_ADDRESS) else f"{site.address}/{ref.lstrip('/')}"
    return OutboundAttachment(kind=attachment.kind, label=label, url=url)
