"""What the engine says -> messages for a channel, worded in the language of the talk. No channel and no sending here.

Words are chosen before the commit: a text that no catalogue has stops the turn while nothing is written yet, a retry says
the same again, and what staff see is what the person read.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.channels.messages import Outbound, OutboundAttachment, OutboundChoice
from bot.wording import word
from flows.eligibility.book import Book
from flows.engine.conversation import Conversation
from flows.engine.effects import AnyEffect, Ask, Attachment, Choice, Say
from flows.engine.text import Text
from nlu.reading import Choice as OfferedChoice
from nlu.reading import Expecting


def messages_of(effects: Sequence[AnyEffect], conversation: Conversation, book: Book, site: str) -> list[Outbound]:
    """The messages among a turn's effects, in order."""
    quiet = is_sensitive(conversation, book)
    said = []
    for effect in effects:
        match effect:
            case Say(text=text, attachments=attachments):
                said.append(
                    Outbound(
                        text=_word(text, conversation),
                        attachments=tuple(_attachment(one, conversation, site) for one in attachments),
                        language=conversation.language,
                        preview=not quiet,
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
    )


def is_sensitive(conversation: Conversation, book: Book) -> bool:
    """Whether a bystander who sees the message on a locked screen could learn something that is nobody's business."""
    if conversation.hidden:
        return True
    held = {fact for case in conversation.cases for fact in case.facts}
    asked = {conversation.pending.slot} if conversation.pending else set()
    return any(fact in book.facts and book.facts[fact].sensitive for fact in held | asked)


def _offered(choice: Choice, conversation: Conversation) -> OfferedChoice:
    return OfferedChoice(choice.id, _word(choice.label, conversation))


def _word(text: Text, conversation: Conversation) -> str:
    return word(text, conversation.language, conversation.addressing)


def _attachment(attachment: Attachment, conversation: Conversation, site: str) -> OutboundAttachment:
    """`ref` is an address of its own or a path below our site; rendering a paper is the site's work (`bot/papers`)."""
    ref = attachment.ref
    url = ref if ref.startswith(("https://", "http://", "tel:")) else f"{site}/{ref.lstrip('/')}"
    return OutboundAttachment(kind=attachment.kind, label=_word(attachment.label, conversation), url=url)
