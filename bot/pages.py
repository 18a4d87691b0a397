"""HTML pages: one Jinja environment over the catalogues, and the headers that every page carries.

Here: how a page is rendered and kept safe in a browser. Not here: what a page is about (`bot/channels/web.py`,
`bot/console/`), nor any sentence (`bot/locale`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import lru_cache
from importlib import resources
from ipaddress import IPv6Address, IPv6Network, ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, PackageLoader, PrefixLoader, StrictUndefined
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.wording import has, word
from flows.engine.text import Text, Value
from flows.routing import spoken

STATIC = Path(str(resources.files("bot.channels") / "static"))

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    # "no-referrer" would make browsers send "Origin: null" with our own forms, and `from_elsewhere` could not tell them apart.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(self), camera=(), microphone=(), payment=(), usb=()",
}


class SafetyHeaders:
    """Puts the headers above on every answer; what is not a static file is never stored by a browser or a proxy."""

    def __init__(self, app: ASGIApp, https: bool = False) -> None:
        self.app = app
        self.headers = dict(HEADERS)
        if https:
            self.headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        cache = "public, max-age=31536000, immutable" if scope["path"].startswith("/static/") else "no-store"

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = {name.lower() for name, _ in message["headers"]}
                extra = {**self.headers, "Cache-Control": cache}
                message["headers"] = [
                    *message["headers"],
                    *(
                        (name.encode(), value.encode())
                        for name, value in extra.items()
                        if name.lower().encode() not in given
                    ),
                ]
            await send(message)

        await self.app(scope, receive, send_with_headers)


class SmallBodies:
    """Stops reading a request that is longer than any form of ours; the page that says so is the error page of the app.

    (Starlette's own limit answers in its own words, whatever the app would say.)
    """

    def __init__(self, app: ASGIApp, most: int) -> None:
        self.app, self.most = app, most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        told = Headers(scope=scope).get("content-length", "")
        length = int(told) if told.isascii() and told.isdigit() and len(told) < 16 else 0
        taken = 0

        async def receive_some() -> Message:
            nonlocal taken
            if length > self.most:
                raise HTTPException(413)
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > self.most:
                raise HTTPException(413)
            return message

        await self.app(scope, receive_some, send)


def render(
    request: Request, template: str, context: Mapping[str, Any], language: str = "vi", status: int = 200
) -> Response:
    """A page from a template ("chat.html", "console/queue/list.html"); `t` in it words a catalogue key."""

    def say(key: str, /, **values: Value) -> str:
        return word(Text(key, values), language)

    def named(key: str) -> bool:
        return has(key, language)

    frame = {"request": request, "t": say, "named": named, "language": language}
    html = _environment().get_template(template).render({**frame, **context})
    return HTMLResponse(html, status_code=status)


def static_url(name: str) -> str:
    """The address of a static file; it changes with the file's bytes, so that a browser may keep it for ever."""
    return f"/static/{name}?v={_fingerprint(name)}"


def from_elsewhere(request: Request) -> bool:
    """True if a browser says that another site made it send this request.

    A browser too old to say anything is held by the signed token of our forms and the SameSite cookie.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site not in {"same-origin", "none"}
    origin = request.headers.get("origin")
    if origin is None:
        return False
    # Behind a proxy that does not pass the Host on, the public address is what the browser knows.
    ours = {request.headers.get("host", ""), urlsplit(getattr(request.app.state, "site", "")).netloc}
    return _host_of(origin) not in ours - {""}  # "null" (a sandboxed frame) has no host and is nobody of ours


def _host_of(origin: str) -> str:
    try:
        return urlsplit(origin).netloc
    except ValueError:  # half an IPv6 address
        return ""


def network_of(request: Request) -> str:
    """Whose connection this is, to count by: an IPv4 address, or the /64 that one IPv6 household or machine has to itself."""
    host = request.client.host if request.client else ""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if not isinstance(address, IPv6Address):
        return host
    return str(address.ipv4_mapped or IPv6Network((int(address) >> 64 << 64, 64)))


@lru_cache
def _environment() -> Environment:
    environment = Environment(
        loader=PrefixLoader({"chat": PackageLoader("bot.channels"), "console": PackageLoader("bot.console")}),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["static"] = static_url
    environment.filters["spoken"] = spoken
    return environment


@lru_cache
def _fingerprint(name: str) -> str:
    return hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]
