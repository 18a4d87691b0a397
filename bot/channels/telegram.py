"""Telegram, by polling or by webhook. Carries messages and nothing else; python-telegram-bot does the HTTP.

No conversation lives here (that is `bot/turn.py`'s), no wording of the talk, no retry of what was not delivered (that is
the outbox's: errors are mapped to the kinds of `errors.py`). Telegram may be slow, blocked or down for days: nothing
here then fails but the sending, which the outbox tries again. Neither the token nor a person's words are logged.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import NoReturn

import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from telegram import Bot, InputFile, LinkPreviewOptions, Update
from telegram.constants import ChatAction
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)
from telegram.request import BaseRequest, HTTPXRequest

from bot.channels.errors import OurFault, PersonGone, TryAgain
from bot.channels.messages import Address, Inbound, Outbound, OutboundAttachment
from bot.channels.telegram_messages import Part, parts, place_of
from bot.channels.telegram_updates import ALLOWED, Courtesy, chat_of, courtesy, inbound
from bot.papers.svg import picture_of
from bot.ports import Away, Clock
from bot.wording import word
from flows.engine.text import Text

log = structlog.get_logger(__name__)  # not "telegram": that one is the library's, and silenced below

Receive = Callable[[Inbound], Awaitable[object]]
POLL_SECONDS = 25
LONGEST_PAUSE = 60.0  # between two tries to reach Telegram
NOTICED = 0.7  # seconds; a quicker answer needs no "typing"
REFUSED_PAUSE = 600.0  # until the token is tried again
TRIES = 5  # for one update that we fail to take in
REMEMBERED = 1_000  # messages half sent, and courtesies said
BODY_LIMIT = 1 << 20
SILENT = logging.CRITICAL + 1
GONE = ("chat not found", "user not found", "peer_id_invalid", "user is deactivated", "bot was blocked")


class Telegram:
    """The Telegram channel: `send` for the outbox, `poll` or `routes` for what comes in."""

    name = "telegram"

    def __init__(
        self, token: str, clock: Clock, api: str = "https://api.telegram.org", request: BaseRequest | None = None
    ) -> None:
        # httpx logs each address it calls, which carries the token; python-telegram-bot logs what it can't read, which
        # is what people wrote. Whatever matters of it is logged here, without either.
        for name, level in (("httpx", logging.WARNING), ("httpcore", logging.WARNING), ("telegram", SILENT)):
            logging.getLogger(name).setLevel(level)
        self._clock = clock
        self._sending = request or HTTPXRequest(connection_pool_size=16, pool_timeout=5)
        self._polling = request or HTTPXRequest(connection_pool_size=2, read_timeout=POLL_SECONDS + 10)
        base = api.rstrip("/")
        self._bot = Bot(
            token, f"{base}/bot", f"{base}/file/bot", request=self._sending, get_updates_request=self._polling
        )
        self._handed_over: OrderedDict[str, int] = OrderedDict()
        self._said: OrderedDict[str, bool] = OrderedDict()
        self._username = ""

    async def close(self) -> None:
        """Close the connections."""
        for request in {self._sending, self._polling}:
            await request.shutdown()

    # --- out

    async def send(self, address: Address, message: Outbound, key: str) -> None:
        """Hand one message over. A long one goes in pieces; a retry with the same `key` goes on where it broke off."""
        pieces = parts(message)
        done = self._handed_over.pop(key, 0)
        for number, part in enumerate(pieces):
            if number < done:
                continue
            try:
                await self._send_part(address.key, part, message)
            except TelegramError as error:
                _remember(self._handed_over, key, number)
                _raise(error)

    async def _send_part(self, chat: str, part: Part, message: Outbound) -> None:
        quiet = not message.preview
        if part.attachment is not None:
            await self._send_attachment(chat, part.attachment, quiet)
            return
        await self._bot.send_message(
            chat,
            part.text,
            reply_markup=part.markup,
            link_preview_options=LinkPreviewOptions(is_disabled=True) if quiet else None,
            disable_notification=quiet or None,
        )

    async def _send_attachment(self, chat: str, one: OutboundAttachment, quiet: bool) -> None:
        silent = quiet or None
        if one.kind == "picture" and one.body is not None:
            drawn = await asyncio.to_thread(picture_of, one.body)
            await self._bot.send_photo(
                chat, InputFile(drawn, "bieu-do.png"), caption=one.label, disable_notification=silent
            )
        elif one.kind == "picture" and (one.path or one.url):
            picture = await asyncio.to_thread(_file, one.path, "picture.png") if one.path else one.url
            await self._bot.send_photo(chat, picture, caption=one.label, disable_notification=silent)
        elif place := place_of(one):
            # Telegram shows a place on the person's own map.
            await self._bot.send_location(chat, *place, disable_notification=silent)
        elif one.path or one.body is not None:
            name = "lich-giao-dich.ics" if one.kind == "calendar" else one.kind
            content = await asyncio.to_thread(_file, one.path, name) if one.path else InputFile(one.body.encode(), name)
            await self._bot.send_document(chat, content, caption=one.label, disable_notification=silent)
        elif one.url:
            await self._bot.send_message(chat, f"{one.label}\n{one.url}".strip(), disable_notification=silent)
        else:
            raise OurFault(f"an attachment of kind {one.kind} has nothing in it")

    # --- in

    async def accept(self, update: Update, receive: Receive) -> None:
        """Take in one update: hand on what the person did, and stop the waiting mark on a button that they pressed."""
        if update.callback_query is not None:
            await asyncio.gather(self._hand_on(update, receive), self._acknowledge(update.callback_query.id))
            return
        await self._hand_on(update, receive)
        said = courtesy(update)
        if said is not None and said.about not in self._said:
            _remember(self._said, said.about, True)
            await self._say(said)

    async def _hand_on(self, update: Update, receive: Receive) -> None:
        done = inbound(update, self._clock.now())
        typing = asyncio.create_task(self._typing(chat_of(update) if done else 0))
        try:
            for one in done:
                await receive(one)
        finally:
            typing.cancel()

    async def _typing(self, chat: int) -> None:
        """Show that we are at it, if it takes long enough to be seen."""
        await asyncio.sleep(NOTICED)
        if chat:
            with suppress(TelegramError):  # a courtesy
                await self._bot.send_chat_action(chat, ChatAction.TYPING)

    async def _acknowledge(self, query: str) -> None:
        try:
            await self._bot.answer_callback_query(query)
        except TelegramError as error:  # too old to be acknowledged: the turn itself is what matters
            log.info("a button was not acknowledged", error=type(error).__name__)

    async def _say(self, said: Courtesy) -> None:
        try:
            if not self._username:
                self._username = (await self._bot.get_me()).username or ""
            name = f"@{self._username}" if self._username else ""
            await self._bot.send_message(said.chat, word(Text(said.key, {"bot": name}), said.language))
        except TelegramError as error:  # a courtesy: not worth a second try
            log.info("a courtesy was not sent", error=type(error).__name__)

    # --- polling

    async def poll(self, receive: Receive) -> None:
        """Ask for updates until cancelled. Updates of one person are taken in order, those of several side by side.

        What was not taken in is not confirmed, so Telegram gives it again after a crash; repeated ones are known by id.
        """
        offset, pause, hook_removed = None, 1.0, False
        while True:
            try:
                if not hook_removed:
                    hook_removed = await self._bot.delete_webhook()
                updates = await self._updates(offset)
                pause = 1.0
            except InvalidToken:  # the web chat goes on; nothing of ours ends because of Telegram
                log.error("Telegram refuses the token; correct TELEGRAM_TOKEN and start again")
                await asyncio.sleep(REFUSED_PAUSE)
                continue
            except RetryAfter as error:
                await asyncio.sleep(_seconds(error))
                continue
            except TelegramError as error:
                log.warning("Telegram can't be reached", error=type(error).__name__, again_in=pause)
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE)
                continue
            await asyncio.gather(*(self._take(batch, receive) for batch in _by_person(updates)))
            if updates:
                offset = updates[-1].update_id + 1

    async def _updates(self, offset: int | None) -> Sequence[Update]:
        try:
            return await self._bot.get_updates(offset=offset, timeout=POLL_SECONDS, allowed_updates=ALLOWED)
        except (TypeError, KeyError, ValueError, AttributeError) as error:
            log.error("Telegram sent an update of a form unknown to us", error=type(error).__name__)
            return await self._one_by_one(offset)

    async def _one_by_one(self, offset: int | None) -> Sequence[Update]:
        """The oldest update as far as it can be read; without this, one odd update would silence the bot for everybody."""
        found = await self._bot.do_api_request("get_updates", {"offset": offset, "limit": 1, "timeout": 0})
        return [read_update(one, self._bot) or Update(int(one["update_id"])) for one in found or ()]

    async def _take(self, batch: Iterable[Update], receive: Receive) -> None:
        """Take in one person's updates, in order. A store that is away is waited for; an update that fails for another
        reason, time and again, is dropped with a word to the operator, so that others' messages get through."""
        for update in batch:
            failed, pause = 0, 1.0
            while failed < TRIES:
                try:
                    await self.accept(update, receive)
                    break
                except Away:
                    log.warning("an update waits for the store", update=update.update_id, again_in=pause)
                except Exception as error:  # whatever it is, the channel has to go on
                    failed += 1
                    log.error(
                        "an update was not taken in", error=type(error).__name__, update=update.update_id, times=failed
                    )
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE)

    # --- webhook

    def routes(self, receive: Receive, secret: str, path: str = "/telegram") -> list[Route]:
        """The route that Telegram calls. `secret` is the one given to `set_webhook`; without it nothing is taken in."""
        if not secret:
            raise ValueError("a webhook without a secret would take anybody's word for Telegram's")

        async def called(request: Request) -> Response:
            given = request.headers.get("X-Telegram-Bot-Api-Secret-Token", "")
            if not hmac.compare_digest(given.encode(), secret.encode()):
                return Response(status_code=403)
            if int(request.headers.get("content-length") or 0) > BODY_LIMIT:
                return Response(status_code=413)
            try:
                payload = json.loads(await request.body())
            except ValueError:
                return Response(status_code=400)
            update = read_update(payload, self._bot)
            if update is None:  # asking for it again would not make it readable
                log.error("Telegram sent an update of a form unknown to us")
                return Response(status_code=200)
            await self.accept(update, receive)  # a failure is answered 500, and Telegram sends it again
            return Response(status_code=200)

        return [Route(path, called, methods=["POST"])]

    async def set_webhook(self, url: str, secret: str) -> None:
        """Have Telegram call `url`, and prove itself by `secret`."""
        try:
            await self._bot.set_webhook(url, secret_token=secret, allowed_updates=ALLOWED)
        except TelegramError as error:
            _raise(error)


def read_update(payload: object, bot: Bot | None = None) -> Update | None:
    """A payload as an update; None if it is not one."""
    try:
        return Update.de_json(payload, bot) if isinstance(payload, dict) else None
    except (TypeError, KeyError, ValueError, AttributeError):
        return None


def _by_person(updates: Sequence[Update]) -> list[list[Update]]:
    people: dict[int, list[Update]] = {}
    for update in updates:
        people.setdefault(chat_of(update), []).append(update)
    return list(people.values())


def _remember(memory: OrderedDict, key: str, value: object) -> None:
    memory[key] = value
    if len(memory) > REMEMBERED:
        memory.popitem(last=False)


def _file(path: str, name: str) -> InputFile:
    with open(path, "rb") as stream:
        return InputFile(stream.read(), path.rpartition("/")[2] or name)


def _seconds(error: RetryAfter) -> float:
    after = error.retry_after
    return after.total_seconds() if isinstance(after, timedelta) else float(after)


def _raise(error: TelegramError) -> NoReturn:
    """The kind of a failure. Telegram's own text may quote what was sent, so only its beginning of a refusal is kept."""
    said = str(error).lower()
    if isinstance(error, RetryAfter):
        raise TryAgain("Telegram asks us to wait", after=_seconds(error)) from None
    if isinstance(error, Forbidden) or any(sign in said for sign in GONE):
        raise PersonGone("the person blocked the bot, or the chat is gone") from None
    if isinstance(error, BadRequest):
        raise OurFault(f"Telegram refused the message: {str(error)[:120]}") from None
    if isinstance(error, ChatMigrated):
        raise PersonGone("the chat became another one") from None
    if isinstance(error, NetworkError):
        raise TryAgain("Telegram can't be reached") from None
    if isinstance(error, InvalidToken):
        raise OurFault("Telegram refuses the token") from None
    raise OurFault(f"Telegram refused the message ({type(error).__name__})") from None
