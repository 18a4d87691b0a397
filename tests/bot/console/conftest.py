"""The console over a store in memory, with invented staff, points and leads; asked over ASGI as a browser would."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta
from html import unescape
from types import SimpleNamespace

import httpx
import pytest
from sqlalchemy import insert, select

from bot.console.access import Access
from bot.console.desk import as_staff
from bot.console.sign_in import HASHER
from bot.settings import Settings
from bot.stores.memory import MemoryStore
from bot.stores.redis import Limiter
from bot.stores.tables import VIETNAM, audit, change_requests, handovers, leads, points, staff
from bot.web import build_asgi
from flows.eligibility.book import load_book
from flows.routing import Point, PointDirectory
from nlu.reading import Commune, FormerCommune

PASSWORD = "một câu dài dễ nhớ"
PHONE = "+84912345678"
HASHED = HASHER.hash(PASSWORD)  # once: a good hash takes its time
NOBODY_TALKS = SimpleNamespace(receive=None, state=None)  # no page of the console hands a message in


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
async def store(clock):
    store = MemoryStore()
    await store.migrate()
    await _fill(store, clock.now())
    yield store
    await store.close()


@pytest.fixture(scope="session")
def book():
    """The rules, with two points of one commune and a presumed one of another."""
    communes = {
        "15298": Commune("15298", "Xã Lĩnh Toại", "xã", "38", "Tỉnh Thanh Hóa"),
        "00004": Commune("00004", "Phường Ba Đình", "phường", "01", "Thành phố Hà Nội"),
    }
    formers = {"00004": (FormerCommune("00001", "Phường Phúc Xá", "Quận Ba Đình", "Thành phố Hà Nội"),)}
    listed = [
        Point(code=code, name=name, commune="15298", office_code="PGD1", office_name="PGD Hà Trung")
        for code, name in (("DGD1", "Điểm giao dịch Lĩnh Toại"), ("DGD2", "Điểm giao dịch Thái Lai"))
    ]
    return replace(load_book(), points=PointDirectory(listed, communes, formers))


@pytest.fixture
def parts(store, clock, book, tmp_path):
    rules = SimpleNamespace(book=lambda: book)
    settings = Settings(var=tmp_path)
    return SimpleNamespace(
        settings=settings, store=store, turns=NOBODY_TALKS, clock=clock, rules=rules, limiter=Limiter()
    )


@pytest.fixture
def access(store, clock, book):
    return Access(store, clock, lambda: book)


@pytest.fixture
def desk(parts):
    """Opens a browser: `await desk("officer")` is signed in, `await desk()` is not."""
    clients = []

    async def open_browser(login: str | None = None) -> Browser:
        transport = httpx.ASGITransport(build_asgi(parts))
        client = httpx.AsyncClient(transport=transport, base_url="http://vayvon.test")
        clients.append(client)
        browser = Browser(client)
        if login:
            answer = await browser.sign_in(login, PASSWORD)
            assert answer.status_code == 303, answer.text
        return browser

    return open_browser


class Browser:
    """A browser that sends forms as the page offers them."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client

    async def get(self, path: str) -> httpx.Response:
        return await self.client.get(f"/console{path}")

    async def send(self, page: str, action: str, **fields: str) -> httpx.Response:
        """Open `page`, then send the form to `action` with the token that the page carries."""
        token = _token((await self.get(page)).text)
        return await self.client.post(f"/console{action}", data={"form": token, **fields})

    async def sign_in(self, login: str, password: str) -> httpx.Response:
        return await self.send("/sign-in", "/sign-in", login=login, password=password)


def _token(page: str) -> str:
    return unescape(re.search(r'name="form" value="([^"]*)"', page)[1])


@pytest.fixture
def person(store):
    """A staff member by login, as the console knows them."""

    async def of(login: str):
        async with store.reading() as connection:
            return as_staff((await connection.execute(select(staff).where(staff.c.login == login))).mappings().one())

    return of


@pytest.fixture
def journal(store):
    """The audit as (who, action, subject, refusal or None), oldest first."""

    async def lines(*actions: str) -> list[tuple[str, str, str | None, str | None]]:
        async with store.reading() as connection:
            rows = (await connection.execute(select(audit).order_by(audit.c.id))).mappings().all()
        chosen = [row for row in rows if not actions or row["action"] in actions]
        return [(row["who"], row["action"], row["subject"], (row["details"] or {}).get("refusal")) for row in chosen]

    return lines


async def _fill(store: MemoryStore, now: datetime) -> None:
    people = [
        ("officer", "officer", ["DGD1"], [], [], True, False),
        ("other", "officer", ["DGD9"], [], [], True, False),
        ("head", "head", [], ["PGD1"], [], True, False),
        ("province", "province", [], [], ["38"], True, False),
        ("hanoi", "province", [], [], ["01"], True, False),
        ("admin", "admin", [], [], [], True, False),
        ("gone", "officer", ["DGD1"], [], [], False, False),
        ("fresh", "officer", ["DGD1"], [], [], True, True),
    ]
    columns = ("login", "role", "points", "offices", "provinces", "active", "must_change")
    place = {"province_code": "38", "commune_code": "15298", "venue": "Nhà văn hóa thôn 2", "status": "active"}
    async with store.session() as connection:
        for each in people:
            row = dict(zip(columns, each, strict=True))
            row |= {"name": f"Cán bộ {row['login']}", "password_hash": HASHED, "created_at": now}
            await connection.execute(insert(staff).values(row))
        for code, office in (("DGD1", "PGD1"), ("DGD2", "PGD1"), ("DGD9", "PGD9")):
            row = {"code": code, "name": f"Điểm giao dịch {code}", "office_code": office, "office_name": office}
            await connection.execute(insert(points).values(**row, **place, day_of_month=12, updated_at=now))
        await connection.execute(insert(leads).values(_lead("VV-00000001", now)))
        await connection.execute(insert(leads).values(_lead("VV-00000002", now, status="closed_lent", n=2)))
        await connection.execute(insert(leads).values(_lead("VV-00000003", now, truth="no", n=3, erased_at=now)))
        change = {"lead": "VV-00000001", "field": "loan_amount", "value": 3_000_000, "state": "open", "at": now}
        await connection.execute(insert(change_requests).values(change))
        for code in ("DGD1", "P-00001"):
            row = {"conversation": "t", "channel": "web", "address_hash": "h", "queue": "point", "queue_code": code}
            row |= {"topic": "human", "programme": "student", "known": {"study_year": 1}, "state": "open"}
            await connection.execute(insert(handovers).values(**row, opened_at=now))


def _lead(number: str, now: datetime, *, status: str = "new", truth: str = "unknown", n: int = 1, erased_at=None):
    gone = erased_at is not None
    return {
        "id": number,
        "version": 1,
        "status": status,
        "case": 1,
        "channel": "web",
        "address": None if gone else "key",
        "address_hash": None if gone else "hash",
        "language": "vi",
        "programme": "student",
        "scheme": "ordinary",
        "truth": truth,
        "place_kind": "residence",
        "province_code": "38",
        "commune_code": "15298",
        "commune": {"code": "15298", "name": "Xã Lĩnh Toại", "province": "Tỉnh Thanh Hóa"},
        "former_code": "15331",
        "former": {"code": "15331", "name": "Xã Thái Lai", "district": "Huyện Hà Trung", "province": "Tỉnh Thanh Hóa"},
        "hamlet": None if gone else "Thôn 2",
        "point": "DGD1",
        "queue": "point",
        "queue_code": "DGD1",
        "rule": "former_commune",
        "why": {"type": "text", "key": "route.unknown", "values": {}},
        "filed_at": "point",
        "savings_group": "no",
        "by": "applicant",
        "about": "",
        "name": None if gone else "Nguyễn Thị Hoa",
        "phone": None if gone else PHONE,
        "phone_hash": None if gone else f"hash{n}",
        "contact_hours": None if gone else "evening",
        "facts": None if gone else {"poverty_status": "near_poor", "study_level": "university", "study_year": 1},
        "origins": None if gone else {"poverty_status": "said", "study_level": "chosen", "study_year": "volunteered"},
        "verdict": None
        if gone
        else {
            "truth": truth,
            "on": "2026-11-23",
            "schemes": [
                {"id": "ordinary", "truth": truth, "missing": ["admission_notice"], "confirm": [], "reasons": []}
            ],
        },
        "amount": None if gone else 3_000_000,
        "consent_at": now,
        "consent_version": "1",
        "created_at": now - timedelta(hours=n),
        "updated_at": now,
        "erased_at": erased_at,
    }
