"""The web chat: a page and its forms, the same as JSON for the page's script -> Inbound; Outbound -> the page. No logic beyond that.

A person is a random key in a signed cookie, nothing else. What was said is not stored here: the plain page shows the last
exchange only (the person's words come back from their own POST), the script keeps the rest in the page itself.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

import msgspec
from itsdangerous import BadSignature, Signer
from limits import RateLimitItemPerMinute
from limits.aio.strategies import RateLimiter
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from bot.channels.messages import Address, Inbound, Outbound, OutboundAttachment
from bot.pages import from_elsewhere, network_of, render
from bot.ports import Away, Clock
from bot.wording import LANGUAGES, word
from flows.engine.conversation import Conversation
from flows.engine.text import Text

LONGEST_TEXT = 4_000  # code points
_COOKIE_DAYS = 180


class Receives(Protocol):
    """What takes a message in (`bot/turn.py`)."""

    async def receive(self, inbound: Inbound) -> Sequence[Outbound]: ...

    async def state(self, address: Address) -> Conversation | None: ...


class Fetches(Protocol):
    """What keeps the messages that nobody was there to read (`bot/stores`)."""

    async def fetch_web(self, address: Address, after: int, now: datetime) -> Sequence[tuple[int, Outbound]]: ...

    async def last_message(self, address: Address) -> int: ...


class Person(msgspec.Struct, frozen=True):
    """Who is at the other end, as far as a browser tells: the key of the cookie; `known` if the browser brought it."""

    key: str
    known: bool

    @property
    def address(self) -> Address:
        return Address("web", self.key)


class Said(msgspec.Struct, frozen=True):
    """One message as the plain page shows it. `by`: person | assistant."""

    by: str
    text: str
    attachments: tuple[dict[str, str], ...] = ()


class BadBody(Exception):
    """The body is not what our page sends; the argument is the catalogue key that says so."""

    def __init__(self, key: str = "web.error.bad_request") -> None:
        super().__init__(key)
        self.key = key


class WebChat:
    """The routes of the web chat over one way in (`turns`) and one place to fetch later messages from (`store`)."""

    def __init__(
        self,
        turns: Receives,
        store: Fetches,
        clock: Clock,
        limiter: RateLimiter,
        secret: str,
        *,
        secure: bool,
        language: str,
        starts_per_minute: int,
    ) -> None:
        self._turns, self._store, self._clock, self._limiter = turns, store, clock, limiter
        self._secret, self._secure, self._language = secret, secure, language
        self._per_network = RateLimitItemPerMinute(starts_per_minute)
        self._cookie = "__Host-talk" if secure else "talk"

    def routes(self) -> list[Route]:
        return [
            Route("/", self.page, methods=["GET"]),
            Route("/chat", self.plain, methods=["POST"]),
            Route("/chat", self.back_to_page, methods=["GET"]),
            Route("/chat/new", self.plain_updates, methods=["GET"]),
            Route("/chat/hide", self.plain_hide, methods=["POST"]),
            Route("/chat/forget", self.plain_forget, methods=["POST"]),
            Route("/api/chat", self.talk, methods=["POST"]),
            Route("/api/chat/updates", self.updates, methods=["GET"]),
            Route("/api/chat/reset", self.reset, methods=["POST"]),
        ]

    # --- the page, with or without script ------------------------------------------------------------------------

    async def page(self, request: Request) -> Response:
        """The chat page with what came while nobody looked. Opening it starts nothing: a button, the first words or the script do."""
        person = self._person(request)
        if (wanted := request.query_params.get("lang")) in LANGUAGES:
            return await self._switch(person, str(wanted))
        if not person.known:
            await self._count_start(request)
        found, seen = await self._since(person, self._seen(request)) if person.known else ([], 0)
        return self._kept(self._show(request, person, replies=found, seen=seen, begun=False), person, seen)

    async def back_to_page(self, request: Request) -> Response:
        """Someone reloads the address that a form was sent to."""
        return RedirectResponse("/", status_code=303)

    async def plain(self, request: Request) -> Response:
        """One form of the page, sent without script: the last exchange comes back."""
        self._refuse_elsewhere(request)
        person = await self._counted(request)
        form = await self._form(request)
        words = _clean(str(form.get("text", "")))
        if not self._is_ours(form, person):
            page = self._show(request, person, problem="web.error.stale", unsent=words, status=409)
            return self._kept(page, person)
        try:
            replies, seen = await self._take(request, person, _from_form(form))
        except BadBody as bad:
            return self._show(request, person, problem=bad.key, unsent=words, status=422)
        echo = () if form.get("start") or not (said := _echo(form)) else (Said("person", said),)
        if replies and replies[-1].clear:
            page = render(request, "chat/hidden.html", {"form": self._form_token(person)}, self._page_language(request))
            return self._kept(page, person, seen)
        if not replies:
            replies = [Outbound(text=self._say(request, "web.no_reply"), language=self._page_language(request))]
        language = replies[-1].language
        page = self._show(request, person, said=echo, replies=replies, seen=seen, language=language)
        self._set_cookie(page, "lang", language)
        return self._kept(page, person, seen)

    async def plain_updates(self, request: Request) -> Response:
        """What arrived since, for a page without script."""
        person = await self._counted(request)
        found, seen = await self._since(person, self._seen(request)) if person.known else ([], 0)
        replies = found or [Outbound(text=self._say(request, "web.nothing_new"))]
        return self._kept(self._show(request, person, replies=replies, seen=seen), person, seen)

    async def plain_hide(self, request: Request) -> Response:
        """Clear the screen, for a page without script."""
        self._refuse_elsewhere(request)
        person = await self._counted(request)
        seen = self._seen(request) or 0
        if self._is_ours(await self._form(request), person) and person.known:
            seen = await self._hide(person)
        page = render(request, "chat/hidden.html", {"form": self._form_token(person)}, self._page_language(request))
        return self._kept(page, person, seen)

    async def plain_forget(self, request: Request) -> Response:
        """Someone else takes the phone: a new key, so that the old talk can't be opened here any more."""
        self._refuse_elsewhere(request)
        if not self._is_ours(await self._form(request), self._person(request)):
            raise HTTPException(403, "web.error.elsewhere")
        await self._count_start(request)
        return self._kept(RedirectResponse("/", status_code=303), _stranger(), 0)

    # --- the same as JSON, for the page's script -----------------------------------------------------------------

    async def talk(self, request: Request) -> Response:
        """One chat turn (contract, section 8)."""
        try:
            body = await self._json(request)
            person = await self._counted(request)
            replies, seen = await self._take(request, person, body)
        except BadBody as bad:
            return self._error(request, bad.key, 422)
        answer = {"turn": await self._turn(person), "replies": [_as_json(each) for each in replies], "cursor": seen}
        response = JSONResponse(answer)
        if replies:
            self._set_cookie(response, "lang", replies[-1].language)
        return self._kept(response, person, seen)

    async def updates(self, request: Request) -> Response:
        """Messages that came unasked (staff, reminders), after the given number."""
        person = self._person(request)
        after = _number(request.query_params.get("after"))
        found, seen = await self._since(person, after) if person.known else ([], after or 0)
        answer = JSONResponse({"cursor": seen, "replies": [_as_json(message) for message in found]})
        return self._kept(answer, person, seen) if person.known else answer

    async def reset(self, request: Request) -> Response:
        """`{"hide": true}`: the screen was cleared; `{"forget": true}`: someone else takes the phone."""
        try:
            body = await self._json(request)
        except BadBody as bad:
            return self._error(request, bad.key, 422)
        person = self._person(request)
        if body.get("forget") is True:
            await self._count_start(request)
            return self._kept(JSONResponse({"forgotten": True}), _stranger(), 0)
        if person.known:
            return self._kept(JSONResponse({"hidden": True}), person, await self._hide(person))
        return JSONResponse({"hidden": True})

    # --- one message ---------------------------------------------------------------------------------------------

    async def _take(self, request: Request, person: Person, body: Mapping[str, Any]) -> tuple[list[Outbound], int]:
        """Hand one message in; what it was answered, with all else that came behind the number that the page had.

        Reading the answer from the store and not only from the turn is what makes "send again" on a weak network safe:
        the message counts once, and its answer is there for the second try.
        """
        after = body.get("after")
        catches_up = isinstance(after, int) and not isinstance(after, bool) and 0 <= after < 2**62
        inbound = _inbound(person.address, body, self._clock.now().isoformat())
        replies = await self._receive(request, person, inbound)
        try:
            found, seen = await self._since(person, after if catches_up else None)
        except Away:
            return replies, after if catches_up else 0
        return (found if catches_up and found else replies), seen

    async def _receive(self, request: Request, person: Person, inbound: Inbound) -> list[Outbound]:
        """A talk begins in the usual language; a page in another one says so once, with the first thing that is said."""
        language = self._page_language(request)
        if language == self._language or await self._has_begun(person):
            return list(await self._turns.receive(inbound))
        if inbound.kind == "start":
            await self._turns.receive(inbound)  # the greeting in the usual language is not for this page
            after = await self._store.last_message(person.address)
            await self._turns.receive(self._press(person, f"do=language:{language}"))
            return (await self._since(person, after))[0]
        await self._turns.receive(self._press(person, f"do=language:{language}"))
        return list(await self._turns.receive(inbound))

    async def _has_begun(self, person: Person) -> bool:
        return person.known and await self._turns.state(person.address) is not None

    async def _turn(self, person: Person) -> int:
        """How many turns the talk has had; 0 where nothing is kept of it."""
        try:
            conversation = await self._turns.state(person.address)
        except Away:
            return 0
        return conversation.turn if conversation is not None else 0

    async def _since(self, person: Person, after: int | None) -> tuple[list[Outbound], int]:
        """Messages behind a number, with the newest one's; without a number there is nothing to catch up with."""
        if after is None:
            return [], await self._store.last_message(person.address)
        found = await self._store.fetch_web(person.address, after, self._clock.now())
        return [message for _, message in found], max([after, *(number for number, _ in found)])

    async def _hide(self, person: Person) -> int:
        """Tell the talk; its answer is not for the screen that was just cleared."""
        await self._turns.receive(self._press(person, "do=hide"))
        return await self._store.last_message(person.address)

    async def _switch(self, person: Person, language: str) -> Response:
        """Another language, for the page and for the talk."""
        if person.known:
            await self._turns.receive(self._press(person, f"do=language:{language}"))
        response = RedirectResponse("/", status_code=303)
        self._set_cookie(response, "lang", language)
        return self._kept(response, person) if person.known else response

    def _press(self, person: Person, choice: str) -> Inbound:
        body = {"choice": choice, "message_id": secrets.token_hex(16)}
        return _inbound(person.address, body, self._clock.now().isoformat())

    # --- who it is, and whether our own page sent it ---------------------------------------------------------------

    def _person(self, request: Request) -> Person:
        try:
            signed = request.cookies.get(self._cookie, "")
            return Person(Signer(self._secret, salt="web-talk").unsign(signed).decode(), known=True)
        except (BadSignature, UnicodeDecodeError):
            return _stranger()

    def _kept(self, response: Response, person: Person, seen: int | None = None) -> Response:
        """The answer with the cookies by which this browser is known again, and by which we know what it has shown."""
        self._set_cookie(response, self._cookie, Signer(self._secret, salt="web-talk").sign(person.key).decode())
        if seen is not None:
            self._set_cookie(response, "seen", str(seen))
        return response

    def _seen(self, request: Request) -> int | None:
        return _number(request.cookies.get("seen"))

    def _set_cookie(self, response: Response, name: str, value: str) -> None:
        # Lax, not Strict: a person who follows a link to the page from a message must find their talk again.
        age = _COOKIE_DAYS * 86_400
        response.set_cookie(name, value, max_age=age, path="/", secure=self._secure, httponly=True, samesite="lax")

    def _form_token(self, person: Person) -> str:
        return Signer(self._secret, salt=f"web-form:{person.key}").sign(secrets.token_hex(8)).decode()

    def _is_ours(self, form: Mapping[str, Any], person: Person) -> bool:
        return Signer(self._secret, salt=f"web-form:{person.key}").validate(str(form.get("form", "")))

    def _refuse_elsewhere(self, request: Request) -> None:
        if from_elsewhere(request):
            raise HTTPException(403, "web.error.elsewhere")

    async def _counted(self, request: Request) -> Person:
        """Who it is; someone new gets a key with the answer, and each new key is one more talk that may be opened."""
        person = self._person(request)
        if not person.known:
            await self._count_start(request)
        return person

    async def _count_start(self, request: Request) -> None:
        if not await self._limiter.hit(self._per_network, "start", network_of(request)):
            raise HTTPException(429, "web.error.too_fast")

    # --- bodies --------------------------------------------------------------------------------------------------

    async def _form(self, request: Request) -> FormData:
        return await request.form(max_files=0, max_fields=80)

    async def _json(self, request: Request) -> dict[str, Any]:
        # A page elsewhere can't send this type without asking the browser first, and we never agree.
        self._refuse_elsewhere(request)
        if request.headers.get("content-type", "").split(";")[0].strip().lower() != "application/json":
            raise BadBody
        try:
            body = json.loads(await request.body())
        except (ValueError, RecursionError):
            raise BadBody from None
        if not isinstance(body, dict):
            raise BadBody
        return body

    # --- pages ---------------------------------------------------------------------------------------------------

    def _page_language(self, request: Request) -> str:
        chosen = request.cookies.get("lang", "")
        return chosen if chosen in LANGUAGES else self._language

    def _say(self, request: Request, key: str) -> str:
        return word(Text(key), self._page_language(request))

    def _error(self, request: Request, key: str, status: int) -> Response:
        return JSONResponse({"error": self._say(request, key)}, status_code=status)

    def _show(
        self,
        request: Request,
        person: Person,
        *,
        said: Sequence[Said] = (),
        replies: Sequence[Outbound] = (),
        problem: str = "",
        unsent: str = "",
        seen: int = 0,
        status: int = 200,
        begun: bool = True,
        language: str = "",
    ) -> Response:
        language = language or self._page_language(request)
        asking = next((reply for reply in reversed(replies) if reply.choices or reply.expects != "none"), None)
        context = {
            "exchange": [*said, *(Said("assistant", each.text, _shown(each)) for each in replies)],
            "pending": asking if asking and asking.choices else None,
            "asked": asking is not None,
            "phone_wanted": bool(asking and asking.expects == "contact"),
            "problem": word(Text(problem), language) if problem else "",
            "unsent": unsent,
            "known": person.known,
            "form": self._form_token(person),
            "other": "en" if language == "vi" else "vi",
            "seen": seen,
            "code": request.query_params.get("code", "")[:64],
            "begun": begun,
        }
        return render(request, "chat/chat.html", context, language, status)


def _stranger() -> Person:
    return Person(secrets.token_urlsafe(24), known=False)


def _number(text: Any) -> int | None:
    """A message's number as a browser brings it; None for anything else."""
    plain = isinstance(text, str) and text.isascii() and text.isdigit() and len(text) < 16
    return int(text) if plain else None


# --- payload -> Inbound ------------------------------------------------------------------------------------------------


def _from_form(form: FormData) -> dict[str, Any]:
    """A form's fields in the shape of a JSON body.

    The number of a message is made of what it says and of the page it was said on: sent twice it is one message, while
    another answer given on the same page (after going back) is a new one.
    """
    body: dict[str, Any]
    if form.get("choice"):
        body = {"choice": str(form["choice"]), "token": str(form.get("token", ""))}
    elif form.get("start"):
        body = {"start": True, "payload": str(form.get("payload", ""))}
    else:
        body = {"text": str(form.get("text", ""))}
    parts = json.dumps([str(form.get("form", "")), body], sort_keys=True)
    number = hashlib.sha256(parts.encode("utf-8", "replace")).hexdigest()[:40]
    return {**body, "message_id": number, "after": _number(form.get("after"))}


def _echo(form: FormData) -> str:
    choice = str(form.get("choice", ""))
    said = form.get(f"label.{choice}", "") if choice else form.get("text", "")
    return _clean(str(said)).strip()[:LONGEST_TEXT]


def _inbound(address: Address, body: Mapping[str, Any], at: str) -> Inbound:
    """What the body says, as one message; `BadBody` if it says nothing or nonsense."""
    given = body.get("message_id")
    usable = isinstance(given, str) and 8 <= len(given) <= 64 and given.isascii() and given.isprintable()
    number = given if usable else secrets.token_hex(16)
    common: dict[str, Any] = {"address": address, "message_id": number, "sent_at": at}
    match body:
        case {"text": str(text)}:
            return Inbound(kind="text", text=_clean(text).strip()[:LONGEST_TEXT], **common)
        case {"choice": str(choice)} if choice and len(choice) <= 64:
            token = body.get("token")
            mark = _clean(token)[:64] if isinstance(token, str) else ""
            return Inbound(kind="choice", choice=_clean(choice), token=mark, **common)
        case {"location": [int() | float() as lat, int() | float() as lon]} if _on_earth(lat, lon):
            return Inbound(kind="location", lat=float(lat), lon=float(lon), **common)
        case {"contact": str(phone)} if phone.strip() and len(phone) <= 32:
            return Inbound(kind="contact", phone=_clean(phone), own=False, **common)  # a browser vouches for no number
        case {"start": True}:
            payload = body.get("payload")
            code = _clean(payload)[:64] if isinstance(payload, str) else ""
            return Inbound(kind="start", payload=code, **common)
        case _:
            raise BadBody


def _clean(text: str) -> str:
    """Without what no database takes and no person types: NUL and lone halves of surrogate pairs."""
    return text.encode("utf-8", "replace").decode().replace("\0", "").replace("\r\n", "\n")


def _on_earth(lat: float, lon: float) -> bool:
    is_number = not isinstance(lat, bool) and not isinstance(lon, bool)
    return is_number and abs(lat) <= 90 and abs(lon) <= 180  # false for NaN, too


# --- Outbound -> what a page shows -------------------------------------------------------------------------------------


def _as_json(message: Outbound) -> dict[str, Any]:
    return {
        **message.as_json(),
        "attachments": list(_attachments(message)),
        "token": message.token,
        "language": message.language,
    }


def _attachments(message: Outbound) -> tuple[dict[str, str], ...]:
    shown = ((attachment, _url(attachment)) for attachment in message.attachments)
    return tuple({"kind": each.kind, "label": each.label, "url": url} for each, url in shown if url)


def _shown(message: Outbound) -> tuple[dict[str, str], ...]:
    """The same for the plain page, where a picture of ours stands in the page itself."""
    drawn = {one.label: one.body for one in message.attachments if one.kind == "picture" and one.body}
    others = (one for one in _attachments(message) if one["kind"] != "picture")
    return (*({"kind": "picture", "svg": svg} for svg in drawn.values()), *others)


def _url(attachment: OutboundAttachment) -> str | None:
    """Where the browser gets it, if it is an address that a page of ours may name."""
    ours = ("https://", "http://", "geo:", "tel:", "/", "data:text/calendar", "data:image/svg+xml")
    return attachment.address if (attachment.address or "").startswith(ours) else None
