"""What Telegram tells us, as `Inbound` values. Pure: nothing is sent and nothing is decided here.

Private chats only. In a group nobody's loan is anybody's business, so there the bot says once where to find it and is
silent otherwise; edits of old messages are answered with a courtesy, because what was read once has been acted on.
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import msgspec
from telegram import CallbackQuery, ChatMember, Message, Update, User
from telegram.constants import ChatType

from bot.channels.messages import Address, Inbound

VIETNAM = timezone(timedelta(hours=7))
TEXT_LIMIT = 4_000  # code points, as `Inbound` promises
# What to ask Telegram for; everything else (polls, reactions, channel posts) never reaches us.
ALLOWED = ("message", "edited_message", "callback_query", "my_chat_member")
# Kinds of attachment, the first that a message has; the values are those that the engine tells apart.
MEDIA = {
    "animation": "sticker",  # an animation also has a document
    "photo": "photo",
    "sticker": "sticker",
    "voice": "voice",
    "audio": "audio",
    "video": "video",
    "video_note": "video",
    "document": "document",
    "story": "sticker",
    "poll": "sticker",
    "dice": "sticker",
    "game": "sticker",
    "paid_media": "photo",
}


class Courtesy(msgspec.Struct, frozen=True):
    """A short answer outside any conversation: the key of its wording, to which chat, in which language."""

    chat: int
    key: str
    language: str
    about: str  # the same for repetitions, so that it is said once


def inbound(update: Update, now: datetime) -> tuple[Inbound, ...]:
    """What the person did, in order; empty for what is not meant for us. `now` dates a button, which has no time."""
    if update.callback_query is not None:
        return _pressed(update.callback_query, now)
    message = update.message
    if message is None or not _is_talk(message):
        return ()
    return _said(message)


def courtesy(update: Update) -> Courtesy | None:
    """What to say to an edit, or to a group that took the bot in or calls it by a command."""
    member, edited, message = update.my_chat_member, update.edited_message, update.message
    if member is not None and member.chat.type != ChatType.PRIVATE:
        joined = member.new_chat_member.status in (ChatMember.MEMBER, ChatMember.ADMINISTRATOR)
        was_in = member.old_chat_member.status in (ChatMember.MEMBER, ChatMember.ADMINISTRATOR)
        if joined and not was_in:
            return Courtesy(
                member.chat.id, "telegram.private_only", _language(member.from_user), f"in {member.chat.id}"
            )
    if edited is not None and _is_talk(edited) and edited.text:
        about = f"edit {edited.chat.id} {edited.message_id}"
        return Courtesy(edited.chat.id, "telegram.edited", _language(edited.from_user), about)
    if message is not None and message.chat.type in (ChatType.GROUP, ChatType.SUPERGROUP) and _calls(message):
        about = f"call {message.chat.id} {message.message_id}"
        return Courtesy(message.chat.id, "telegram.private_only", _language(message.from_user), about)
    return None


def chat_of(update: Update) -> int:
    """A number that keeps one person's updates in order."""
    chat, person = update.effective_chat, update.effective_user
    return chat.id if chat is not None else person.id if person is not None else 0


def _is_talk(message: Message) -> bool:
    """A person's own words in a private chat; not another bot's, not sent on our behalf."""
    person = message.from_user
    return message.chat.type == ChatType.PRIVATE and person is not None and not person.is_bot


def _calls(message: Message) -> bool:
    return (message.text or "").startswith("/") and message.from_user is not None and not message.from_user.is_bot


def _language(person: User | None) -> str:
    """Vietnamese, unless the person's Telegram speaks another language."""
    code = (person.language_code if person is not None else None) or "vi"
    return "vi" if code.startswith("vi") else "en"


def _pressed(query: CallbackQuery, now: datetime) -> tuple[Inbound, ...]:
    """A button, also one of a message so old that Telegram no longer shows it to us."""
    if not query.data or query.from_user.is_bot:
        return ()
    if query.message is not None and query.message.chat.type != ChatType.PRIVATE:
        return ()
    token, bar, choice = query.data.partition("|")
    if not bar:
        token, choice = "", query.data
    chat = query.message.chat.id if query.message is not None else query.from_user.id
    at = now.astimezone(VIETNAM).isoformat(timespec="seconds")
    address = Address("telegram", str(chat))
    return (Inbound(address=address, message_id=f"c{query.id}", sent_at=at, kind="choice", choice=choice, token=token),)


def _said(message: Message) -> tuple[Inbound, ...]:
    """A message of any kind. Words under a picture count as well, after the picture."""
    if message.contact is not None:
        own = message.contact.user_id is not None and message.contact.user_id == message.from_user.id
        return (_of(message, "contact", phone=_phone(message.contact.phone_number), own=own),)
    if message.location is not None:
        return (_of(message, "location", lat=message.location.latitude, lon=message.location.longitude),)
    if message.text is not None:
        return (_text(message, message.text),)
    kind = next((kind for name, kind in MEDIA.items() if getattr(message, name, None)), None)
    if kind is None:
        return ()  # a service message: pinned, timer changed, …
    # The pictures of an album come as one message each; to us they are one, so that they are answered once.
    album = f"a{message.media_group_id}" if message.media_group_id else None
    media = _of(message, "media", message_id=album, media=kind)
    return (
        (media, _of(message, "text", message_id=f"t{message.message_id}", text=_cut(message.caption)))
        if message.caption
        else (media,)
    )


def _text(message: Message, text: str) -> Inbound:
    """Plain words, "/start payload", or another command, which is read as the word it is."""
    if not text.startswith("/"):
        return _of(message, "text", text=_cut(text))
    command, _, rest = text[1:].partition(" ")
    command = command.partition("@")[0]
    if command == "start":
        return _of(message, "start", payload=rest.strip()[:64])
    return _of(message, "text", text=_cut(f"{command.replace('_', ' ')} {rest}".strip()))


def _of(message: Message, kind: str, message_id: str | None = None, **values) -> Inbound:
    return Inbound(
        address=Address("telegram", str(message.chat.id)),
        message_id=message_id or f"m{message.message_id}",
        sent_at=message.date.astimezone(VIETNAM).isoformat(timespec="seconds"),
        kind=kind,
        **values,
    )


def _phone(number: str) -> str:
    """Telegram gives an international number, with or without its plus."""
    digits = number.strip()
    return f"+{digits}" if digits.isdigit() and not digits.startswith("0") else digits


def _cut(text: str) -> str:
    return text[:TEXT_LIMIT]
