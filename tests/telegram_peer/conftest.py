"""A Telegram to talk to: a Bot API server that we did not write, behind a proxy that mends its known faults.

The peer (npm `telegram-test-api` 4.2.1) keeps the messages of both sides. The proxy makes its answers those of the real
service where they differ (`getMe` without `is_bot`, dates in milliseconds, `null` for `true`, callbacks without
`chat_instance`, no `offset`, no long polling, no secret header, no files) and refuses what the real service refuses.
`Person` is somebody with the Telegram app. No test is here.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import time
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

TOKEN = "712345678:AA-invented-token"
BOT = {"id": 712345678, "is_bot": True, "first_name": "Hỏi đáp vay vốn", "username": "hoi_vay_von_bot"}
TEXT_LIMIT, CAPTION_LIMIT, DATA_LIMIT = 4096, 1024, 64
PATIENCE = 20.0  # seconds that a person waits for an answer


class Refused(Exception):
    """What the real service answers 400 to."""


class Proxy:
    """Stands in front of the peer. The bot talks to it; people talk to the peer."""

    def __init__(self, peer: str) -> None:
        self.peer = peer
        self.address = ""
        self.http = httpx.AsyncClient(timeout=30)
        self.waiting: list[dict[str, Any]] = []  # updates that were not confirmed by an offset
        self.secret: str | None = None
        self.hook: str | None = None
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.files: list[tuple[str, str, bytes]] = []  # method, file name, content
        self.hook_answers: list[int] = []
        self.fail_next: list[tuple[int, dict[str, Any]]] = []
        self._files_sent = 0

    def routes(self) -> list[Route]:
        return [
            Route("/bot{token}/{method}", self.called, methods=["GET", "POST"]),
            Route("/from-peer", self.pushed, methods=["POST"]),
        ]

    async def called(self, request: Request) -> Response:
        """One call of the Bot API."""
        method = request.path_params["method"]
        if request.path_params["token"] != TOKEN:
            return _refusal(401, "Unauthorized")
        form = await request.form()
        data = {name: value for name, value in form.items() if isinstance(value, str)}
        uploads = [(value.filename or "", await value.read()) for value in form.values() if not isinstance(value, str)]
        self.calls.append((method, data))
        if self.fail_next and method == "sendMessage":
            code, body = self.fail_next.pop(0)
            return JSONResponse(body, code)
        try:
            return JSONResponse({"ok": True, "result": await self._answer(method, data, uploads)})
        except Refused as refused:
            return _refusal(400, f"Bad Request: {refused}")

    async def _answer(self, method: str, data: dict[str, str], uploads: list[tuple[str, bytes]]) -> Any:
        match method:
            case "getUpdates":
                return await self._updates(data)
            case "getMe":
                return {**await self._ask(method, data), **BOT}
            case "sendMessage":
                check_message(data)
                return _sent(await self._ask(method, data))
            case "sendPhoto" | "sendDocument":
                return self._file(method, data, uploads)
            case "setWebhook":
                self.secret, self.hook = data.get("secret_token"), data["url"]
                await self._ask(method, {"url": f"{self.address}/from-peer"})
                return True
            case "deleteWebhook":
                self.hook = None
                return await self._ask(method, data)
            case "sendChatAction":  # the peer has no such method; the real service answers true
                return data["action"] == "typing" and bool(data["chat_id"])
            case "answerCallbackQuery":
                await self._ask(method, data)
                return True
            case _:
                raise Refused(f"method {method} is not known here")

    async def _ask(self, method: str, data: dict[str, str]) -> Any:
        answer = await self.http.post(f"{self.peer}/bot{TOKEN}/{method}", data=data)
        answer.raise_for_status()
        return answer.json()["result"]

    async def _updates(self, data: dict[str, str]) -> list[dict[str, Any]]:
        """Long polling with an offset: what is confirmed is forgotten, the rest is given again."""
        if self.hook:
            raise Refused("can't use getUpdates method while webhook is active")
        offset, limit = int(data.get("offset") or 0), int(data.get("limit") or 100)
        until = time.monotonic() + min(float(data.get("timeout") or 0), 2.0)
        self.waiting = [update for update in self.waiting if update["update_id"] >= offset]
        while True:
            self.waiting += [mend(update) for update in await self._ask("getUpdates", {})]
            if self.waiting or time.monotonic() > until:
                return self.waiting[:limit]
            await asyncio.sleep(0.05)

    async def pushed(self, request: Request) -> Response:
        """The peer's webhook call, passed on with the header that it forgets."""
        header = {"X-Telegram-Bot-Api-Secret-Token": self.secret} if self.secret else {}
        answer = await self.http.post(self.hook or "", json=mend(await request.json()), headers=header)
        self.hook_answers.append(answer.status_code)
        return Response(status_code=200)  # the peer ends itself on anything else

    def _file(self, method: str, data: dict[str, str], uploads: list[tuple[str, bytes]]) -> dict[str, Any]:
        if units(data.get("caption", "")) > CAPTION_LIMIT:
            raise Refused("message caption is too long")
        if not uploads:
            raise Refused("there is no file in the request")
        name, content = uploads[0]
        self.files.append((method, name, content))
        self._files_sent += 1
        kind = {
            "file_id": f"file{self._files_sent}",
            "file_unique_id": f"u{self._files_sent}",
            "file_size": len(content),
        }
        shown = {"photo": [{**kind, "width": 1, "height": 1}]} if method == "sendPhoto" else {"document": kind}
        chat = {"id": int(data["chat_id"]), "type": "private"}
        return {"message_id": 900_000 + self._files_sent, "from": BOT, "chat": chat, "date": int(time.time()), **shown}


def check_message(data: dict[str, str]) -> None:
    """What the real service refuses (Bot API, sendMessage, InlineKeyboardButton)."""
    text = data.get("text", "").strip()
    if not text:
        raise Refused("message text is empty")
    if units(text) > TEXT_LIMIT:
        raise Refused("message is too long")
    markup = json.loads(data.get("reply_markup") or "{}")
    for button in (button for row in markup.get("inline_keyboard", ()) for button in row):
        if not button.get("text"):
            raise Refused("text buttons are unallowed to be empty")
        if len({"callback_data", "url", "web_app", "switch_inline_query"} & set(button)) != 1:
            raise Refused("text buttons are unallowed in the inline keyboard")
        if not button.get("url", "https://").startswith(("https://", "http://", "tg://")):
            raise Refused("inline keyboard button URL is invalid: wrong HTTP URL")
        if not 1 <= len(button.get("callback_data", "x").encode()) <= DATA_LIMIT:
            raise Refused("BUTTON_DATA_INVALID")
    for button in (button for row in markup.get("keyboard", ()) for button in row):
        if not button.get("text"):
            raise Refused("keyboard button text must be non-empty")


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def mend(update: dict[str, Any]) -> dict[str, Any]:
    """An update of the peer as the real service would send it."""
    message = update.get("message") or update.get("edited_message")
    if message is not None:
        message.pop("botToken", None)
        message["date"] = int(message["date"])
    query = update.get("callback_query")
    if query is not None:
        query["chat_instance"] = "-3392847561029384756"
        query["message"].setdefault("date", int(time.time()))
        query["message"]["from"] = BOT
    return update


def _sent(message: dict[str, Any]) -> dict[str, Any]:
    return {
        "message_id": message["message_id"],
        "from": BOT,
        "chat": {"id": message["chat"]["id"], "type": "private", "first_name": "Hoa"},
        "date": message["date"] // 1000,
        "text": message["text"],
    }


def _refusal(code: int, description: str) -> JSONResponse:
    return JSONResponse({"ok": False, "error_code": code, "description": description}, code)


class Person:
    """Somebody with the Telegram app, in a private chat with the bot."""

    def __init__(self, peer: str, number: int, name: str = "Hoa", language: str = "vi") -> None:
        self.peer, self.number = peer, number
        self.who = {"id": number, "is_bot": False, "first_name": name, "language_code": language}
        self.http = httpx.AsyncClient(timeout=30)
        self.seen: list[dict[str, Any]] = []  # all that the bot wrote, oldest first

    async def say(self, text: str, **more: Any) -> None:
        """Send a text, or with other fields any message: `contact=…`, `location=…`, `sticker=…`."""
        await self._post("sendMessage", {**self._message(), **({"text": text} if text else {}), **more})

    async def command(self, text: str) -> None:
        entities = [{"offset": 0, "length": len(text.split(maxsplit=1)[0]), "type": "bot_command"}]
        await self._post("sendCommand", {**self._message(), "text": text, "entities": entities})

    async def press(self, label: str, message: dict[str, Any] | None = None) -> str:
        """Press the button with this label under the newest message that has it; answers its data."""
        for shown in [message] if message else reversed(self.seen):
            for button in buttons(shown):
                if button["text"] == label:
                    await self.press_data(button["callback_data"], shown["messageId"])
                    return button["callback_data"]
        raise AssertionError(
            f"no button {label!r}; there are {[b['text'] for s in self.seen[-2:] for b in buttons(s)]}"
        )

    async def pick(self, choice: str, message: dict[str, Any]) -> None:
        """Press the button that carries this choice, whatever stands on it."""
        for button in buttons(message):
            if button.get("callback_data", "").partition("|")[2] == choice:
                await self.press_data(button["callback_data"], message["messageId"])
                return
        raise AssertionError(
            f"no button carries {choice}; there are {[b.get('callback_data') for b in buttons(message)]}"
        )

    async def press_data(self, data: str, message_id: int) -> None:
        shown = {"message_id": message_id, "chat": self._message()["chat"], "text": "…"}
        body = {"botToken": TOKEN, "date": int(time.time()), "from": self.who, "message": shown, "data": data}
        await self._post("sendCallback", body)

    async def hears(self, quiet: float = 0.4) -> list[dict[str, Any]]:
        """What the bot writes next: waits for the first message, then until it has been silent for a moment."""
        heard: list[dict[str, Any]] = []
        since = time.monotonic()
        while time.monotonic() - since < (quiet if heard else PATIENCE):
            new = await self._post("getUpdates", {"token": TOKEN, "chatId": self.number})
            if new:
                heard += new
                since = time.monotonic()
            await asyncio.sleep(0.05)
        self.seen += heard
        return heard

    async def talk(self, text: str, **more: Any) -> str:
        """Say something and hear what comes back, as one text."""
        await self.say(text, **more)
        return words(await self.hears())

    def _message(self) -> dict[str, Any]:
        chat = {"id": self.number, "type": "private", "first_name": self.who["first_name"]}
        return {"botToken": TOKEN, "date": int(time.time()), "from": self.who, "chat": chat}

    async def _post(self, path: str, body: dict[str, Any]) -> Any:
        answer = await self.http.post(f"{self.peer}/{path}", json=body)
        answer.raise_for_status()
        return answer.json().get("result")


def buttons(message: dict[str, Any]) -> list[dict[str, Any]]:
    markup = message["message"].get("reply_markup") or {}
    return [button for row in markup.get("inline_keyboard", ()) for button in row]


def words(messages: list[dict[str, Any]]) -> str:
    return "\n".join(message["message"]["text"] for message in messages)


@pytest.fixture
async def peer() -> AsyncIterator[str]:
    """The address of the peer, alive for one test."""
    folder = os.environ["VAYVON_TEST_TELEGRAM"]
    node = shutil.which("node") or shutil.which("nodejs")
    process = await asyncio.create_subprocess_exec(
        node, "serve.js", cwd=folder, stdout=asyncio.subprocess.PIPE, stdin=asyncio.subprocess.DEVNULL
    )
    try:
        line = await asyncio.wait_for(process.stdout.readline(), 60)
        yield line.decode().strip()
    finally:
        process.terminate()
        await process.wait()


@pytest.fixture
async def telegram_proxy(peer: str) -> AsyncIterator[Proxy]:
    """The proxy in front of it; `address` is what the bot takes for the Bot API."""
    proxy = Proxy(peer)
    async with served(Starlette(routes=proxy.routes())) as address:
        proxy.address = address
        yield proxy
    await proxy.http.aclose()


@pytest.fixture
async def person(peer: str) -> AsyncIterator[Person]:
    someone = Person(peer, 512340001)
    yield someone
    await someone.http.aclose()


@pytest.fixture
def serve():
    """Serve an ASGI app on loopback within the test: `async with serve(app) as address`."""
    return served


class served:
    """An ASGI app on a free loopback port for the length of a block."""

    def __init__(self, app: Any) -> None:
        self.server = uvicorn.Server(uvicorn.Config(app, "127.0.0.1", 0, log_level="warning", lifespan="on"))

    async def __aenter__(self) -> str:
        self.task = asyncio.create_task(self.server.serve())
        while not self.server.started:
            if self.task.done():
                self.task.result()
                raise RuntimeError("the server ended at its start")
            await asyncio.sleep(0.02)
        return f"http://127.0.0.1:{self.server.servers[0].sockets[0].getsockname()[1]}"

    async def __aexit__(self, *error: object) -> None:
        self.server.should_exit = True
        await self.task
