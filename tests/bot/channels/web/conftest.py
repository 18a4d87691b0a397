"""The composed app over a store in memory, asked over ASGI as a browser would."""

from __future__ import annotations

from datetime import datetime, timedelta

import httpx
import pytest

from bot.app import running
from bot.settings import Settings
from bot.stores.tables import VIETNAM
from bot.web import build_asgi


class Silent:
    """A classifier that never knows: every word here is an answer or a button, no intent is needed."""

    async def classify(self, text, expecting):
        return None


class HandClock:
    """A clock that only the test moves."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 23, 9, 0, tzinfo=VIETNAM)

    def now(self) -> datetime:
        return self.at

    def advance(self, **span: float) -> None:
        self.at += timedelta(**span)


@pytest.fixture
def clock():
    return HandClock()


@pytest.fixture
async def app(clock, tmp_path):
    async with running(Settings(var=tmp_path), dry=True, clock=clock, classifier=Silent()) as app:
        yield app


@pytest.fixture
async def browser(app):
    """A browser: it keeps cookies and says where its requests come from."""
    transport = httpx.ASGITransport(build_asgi(app))
    headers = {"Origin": "http://vayvon.test", "Sec-Fetch-Site": "same-origin"}
    async with httpx.AsyncClient(transport=transport, base_url="http://vayvon.test", headers=headers) as client:
        yield client
