"""The web chat as a browser meets it: with script, without, with bad bodies, twice, from elsewhere."""

from __future__ import annotations

import re
from html import unescape

import httpx
import pytest
from sqlalchemy import func, select
from starlette.requests import Request

from bot.channels.messages import Address, Outbound
from bot.pages import CONTENT_SECURITY_POLICY, network_of
from bot.stores.tables import conversations, inbound, metadata
from bot.web import build_asgi


def hidden(page: str, name: str) -> str:
    return unescape(re.search(rf'name="{name}" value="([^"]*)"', page)[1])


def words(page: str, by: str) -> list[str]:
    """What one side says on a page, in order."""
    found = re.findall(rf'<div class="message {by}">.*?<p class="words">(.*?)</p>', page, re.DOTALL)
    return [unescape(text) for text in found]


def buttons(page: str) -> list[str]:
    return [unescape(value) for value in re.findall(r'<button name="choice" value="([^"]*)"', page)]


async def later(app, browser, clock, text: str) -> None:
    """Something that reaches the talk unasked."""
    key = browser.cookies["talk"].rsplit(".", 1)[0]
    await app.store.say(Address("web", key), Outbound(text=text), cause=None, at=clock.now())


async def count(app, table) -> int:
    async with app.store.reading() as connection:
        return (await connection.execute(select(func.count()).select_from(table))).scalar()


# --- the plain page ----------------------------------------------------------------------------------------------------


async def test_opening_the_page_starts_nothing_and_gives_a_key(app, browser):
    answer = await browser.get("/")
    assert answer.status_code == 200
    assert 'lang="vi"' in answer.text
    assert "không phải cán bộ ngân hàng" in answer.text
    cookie = next(line for line in answer.headers.get_list("set-cookie") if line.startswith("talk="))
    assert "HttpOnly" in cookie and "SameSite=lax" in cookie
    assert await count(app, conversations) == 0


async def test_a_talk_without_script(browser):
    page = (await browser.get("/")).text
    page = (await browser.post("/chat", data={"form": hidden(page, "form"), "after": "0", "start": "1"})).text
    assert words(page, "person") == []
    assert "trợ lý tự động" in words(page, "assistant")[0]
    pick = buttons(page)[0]
    form = {name: hidden(page, name) for name in ("form", "after", "token")}
    label = hidden(page, re.escape(f"label.{pick}"))
    page = (await browser.post("/chat", data={**form, "choice": pick, f"label.{pick}": label})).text
    assert words(page, "person") == [label]
    assert words(page, "assistant") and buttons(page)


async def test_a_form_sent_twice_is_one_message_and_shows_the_same_answer(app, browser):
    page = (await browser.get("/")).text
    form = {"form": hidden(page, "form"), "after": "0", "text": "xin chào"}
    first, second = await browser.post("/chat", data=form), await browser.post("/chat", data=form)
    assert words(first.text, "assistant") == words(second.text, "assistant") != []
    assert await count(app, inbound) == 1


async def test_another_answer_after_going_back_is_a_new_message(app, browser):
    page = (await browser.get("/")).text
    form = {"form": hidden(page, "form"), "after": "0"}
    await browser.post("/chat", data={**form, "text": "xin chào"})
    await browser.post("/chat", data={**form, "text": "tôi muốn vay"})
    assert await count(app, inbound) == 2


async def test_what_the_person_wrote_comes_back_escaped_and_is_stored_nowhere(app, browser):
    page = (await browser.get("/")).text
    said = "<script>alert('x')</script> hỏi chuyện \"Lĩnh Toại\""
    page = (await browser.post("/chat", data={"form": hidden(page, "form"), "after": "0", "text": said})).text
    assert "<script>alert" not in page
    assert words(page, "person") == [said]
    async with app.store.reading() as connection:
        for table in metadata.sorted_tables:
            assert "Lĩnh Toại" not in repr((await connection.execute(select(table))).all())


async def test_a_form_of_a_page_of_someone_else_is_kept_for_sending_again(browser):
    page = (await browser.post("/chat", data={"form": "made.up", "text": "vay nuôi bò"})).text
    assert "vay nuôi bò</textarea>" in page
    assert 'role="alert"' in page


async def test_an_empty_form_is_answered(browser):
    page = (await browser.get("/")).text
    answer = await browser.post("/chat", data={"form": hidden(page, "form"), "after": "0", "text": "   "})
    assert answer.status_code == 200
    assert words(answer.text, "assistant")


async def test_an_old_browser_that_says_nothing_of_origin_is_served(browser):
    page = (await browser.get("/")).text
    browser.headers.pop("Origin")
    browser.headers.pop("Sec-Fetch-Site")
    answer = await browser.post("/chat", data={"form": hidden(page, "form"), "after": "0", "text": "xin chào"})
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site", "Origin": "https://elsewhere.test"},
        {"Sec-Fetch-Site": "same-site", "Origin": "http://other.vayvon.test"},
    ],
)
@pytest.mark.parametrize("path", ["/chat", "/chat/hide", "/chat/forget", "/api/chat", "/api/chat/reset"])
async def test_other_sites_can_send_nothing(app, browser, path, headers):
    answer = await browser.post(path, json={"text": "xin chào"}, headers=headers)
    assert answer.status_code == 403
    assert await count(app, inbound) == 0


@pytest.mark.parametrize("origin", ["https://elsewhere.test", "null", "elsewhere", "http://[::1"])
async def test_an_origin_alone_is_enough_to_refuse(browser, origin):
    browser.headers.pop("Sec-Fetch-Site")
    answer = await browser.post("/api/chat", json={"text": "x"}, headers={"Origin": origin})
    assert answer.status_code == 403


# --- JSON --------------------------------------------------------------------------------------------------------------


async def test_a_turn_as_json(browser):
    answer = (await browser.post("/api/chat", json={"start": True})).json()
    assert answer["turn"] == 1
    assert "state" not in answer
    reply = answer["replies"][-1]
    assert {"text", "choices", "attachments", "expects", "token"} <= set(reply)
    assert {"id", "label"} == set(reply["choices"][0])
    pick = {"choice": reply["choices"][0]["id"], "token": reply["token"]}
    assert (await browser.post("/api/chat", json=pick)).json()["turn"] == 2


async def test_sending_again_after_a_lost_answer_gives_the_same_answer(app, browser):
    await browser.get("/")
    body = {"text": "xin chào", "message_id": "0123456789abcdef", "after": 0}
    first = (await browser.post("/api/chat", json=body)).json()
    assert first["replies"]
    assert (await browser.post("/api/chat", json=body)).json() == first
    assert await count(app, inbound) == 1


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'"text"',
        b"null",
        b'{"text": 5}',
        b'{"choice": ""}',
        b'{"choice": 3}',
        b'{"location": [1]}',
        b'{"location": [true, false]}',
        b'{"location": [NaN, 1]}',
        b'{"location": [1e400, 1]}',
        b'{"location": [91, 0]}',
        b'{"contact": ""}',
        b'{"start": false}',
        b"\xff\xfe",
        b"[" * 30_000,
    ],
)
async def test_bad_bodies_get_a_sentence(app, browser, body):
    answer = await browser.post("/api/chat", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 422
    assert answer.json()["error"]
    assert await count(app, inbound) == 0


async def test_another_content_type_is_refused(browser):
    answer = await browser.post("/api/chat", content=b'{"text":"x"}', headers={"Content-Type": "text/plain"})
    assert answer.status_code == 422


@pytest.mark.parametrize(
    "body",
    [
        '{"text": ""}',
        '{"text": "👍👍"}',
        '{"text": "' + "a" * 10_000 + '"}',
        '{"text": "\\u0000\\ud800"}',
        '{"text": "\\u202engược"}',
        '{"text": "\\n\\n"}',
    ],
)
async def test_odd_texts_are_answered(browser, body):
    answer = await browser.post("/api/chat", content=body.encode(), headers={"Content-Type": "application/json"})
    assert answer.status_code == 200
    assert answer.json()["replies"]


async def test_a_long_text_is_cut(app, browser, monkeypatch):
    taken = []
    receive = app.turns.receive

    async def listening(message):
        taken.append(message)
        return await receive(message)

    monkeypatch.setattr(app.turns, "receive", listening)
    await browser.post("/api/chat", json={"text": "ế" * 10_000})
    assert len(taken[0].text) == 4_000


async def test_a_body_that_is_too_big_is_refused(browser):
    answer = await browser.post("/api/chat", json={"text": "a" * 200_000})
    assert answer.status_code == 413
    assert answer.json()["error"]
    page = await browser.post("/chat", data={"text": "a" * 200_000})
    assert page.status_code == 413
    assert "Tin dài quá" in page.text


async def test_a_forged_cookie_is_nobody(app, browser):
    await browser.post("/api/chat", json={"text": "xin chào"})
    browser.cookies.set("talk", "someone-else.forged", domain="vayvon.test")
    answer = await browser.get("/api/chat/updates?after=0")
    assert answer.json() == {"cursor": 0, "replies": []}


async def test_one_network_cannot_open_talks_without_end(app, browser):
    answers = []
    for _ in range(app.settings.web_starts_per_minute + 1):
        browser.cookies.clear()
        answers.append((await browser.post("/api/chat", json={"start": True})).status_code)
    assert answers[-1] == 429
    assert set(answers[:-1]) == {200}


@pytest.mark.parametrize(
    "ask",
    [
        lambda browser: browser.post("/chat", data={"text": "xin chào"}),
        lambda browser: browser.get("/chat/new"),
        lambda browser: browser.post("/chat/hide"),
        lambda browser: browser.post("/api/chat/reset", json={"forget": True}),
    ],
)
async def test_no_way_gives_keys_without_end(app, browser, ask):
    answers = []
    for _ in range(app.settings.web_starts_per_minute + 1):
        browser.cookies.clear()
        answers.append((await ask(browser)).status_code)
    assert answers[-1] == 429
    assert 429 not in answers[:-1]


@pytest.mark.parametrize(
    ("host", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::1", "::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("testclient", "testclient"),
    ],
)
def test_a_household_of_ipv6_counts_as_one_network(host, network):
    assert network_of(Request({"type": "http", "client": (host, 1)})) == network


async def test_too_many_messages_are_said_to_be_too_many(app, browser):
    last = None
    for _ in range(app.settings.messages_per_minute + 1):
        last = (await browser.post("/api/chat", json={"text": "xin chào", "after": 0})).json()
    assert last["replies"]


# --- answers that come later -----------------------------------------------------------------------------------------


async def test_what_came_unasked_is_fetched_once(app, browser, clock):
    opened = (await browser.post("/api/chat", json={"start": True})).json()
    await later(app, browser, clock, "Cán bộ mời anh/chị đến ngày 12.")
    found = (await browser.get(f"/api/chat/updates?after={opened['cursor']}")).json()
    assert [reply["text"] for reply in found["replies"]] == ["Cán bộ mời anh/chị đến ngày 12."]
    assert found["cursor"] > opened["cursor"]
    assert (await browser.get(f"/api/chat/updates?after={found['cursor']}")).json()["replies"] == []


async def test_without_script_later_answers_stand_on_the_page(app, browser, clock):
    await browser.post("/api/chat", json={"start": True})
    await later(app, browser, clock, "Mời anh/chị đến.")
    assert words((await browser.get("/chat/new")).text, "assistant") == ["Mời anh/chị đến."]
    assert words((await browser.get("/chat/new")).text, "assistant") == ["Chưa có tin mới."]


@pytest.mark.parametrize("after", ["-1", "x", "1e9", "9" * 40, "", "٣"])
async def test_odd_cursors_give_nothing(browser, after):
    await browser.post("/api/chat", json={"start": True})
    answer = await browser.get("/api/chat/updates", params={"after": after})
    assert answer.status_code == 200
    assert answer.json()["replies"] == []


# --- hiding, leaving, language ---------------------------------------------------------------------------------------


async def test_hiding_leaves_a_neutral_page(app, browser):
    page = (await browser.get("/")).text
    await browser.post("/chat", data={"form": hidden(page, "form"), "after": "0", "text": "tôi mới ra tù"})
    page = (await browser.post("/chat/hide", data={"form": hidden(page, "form")})).text
    assert "vay" not in re.sub(r"<head>.*?</head>", "", page, flags=re.DOTALL)
    assert "<title>Trang trống</title>" in page


async def test_after_hiding_nothing_of_the_talk_waits_on_the_page(browser):
    await browser.post("/api/chat", json={"text": "tôi mới ra tù"})
    assert (await browser.post("/api/chat/reset", json={"hide": True})).json() == {"hidden": True}
    assert words((await browser.get("/")).text, "assistant") == []


async def test_typing_hide_clears_the_screen_too(app, browser):
    page = (await browser.get("/")).text
    await browser.post("/chat", data={"form": hidden(page, "form"), "after": "0", "text": "tôi mới ra tù"})
    page = (await browser.post("/chat", data={"form": hidden(page, "form"), "after": "0", "text": "xóa màn hình"})).text
    assert "vay" not in re.sub(r"<head>.*?</head>", "", page, flags=re.DOTALL)
    assert "<title>Trang trống</title>" in page
    answer = (await browser.post("/api/chat", json={"text": "ẩn đi"})).json()
    assert [(reply["text"], reply["clear"]) for reply in answer["replies"]] == [("Dạ.", True)]
    assert words((await browser.get("/")).text, "assistant") == []


async def test_an_older_hide_does_not_clear_what_was_asked_for_since(browser):
    await browser.post("/api/chat", json={"text": "ẩn đi"})
    page = (await browser.get("/")).text
    page = (await browser.post("/chat", data={"form": hidden(page, "form"), "after": "0", "text": "xin chào"})).text
    assert "<title>Trang trống</title>" not in page


async def test_someone_else_takes_the_phone(browser):
    page = (await browser.get("/")).text
    await browser.post("/api/chat", json={"text": "xin chào"})
    before = browser.cookies["talk"]
    answer = await browser.post("/chat/forget", data={"form": hidden(page, "form")})
    assert answer.status_code == 303
    assert browser.cookies["talk"] != before
    assert (await browser.get("/api/chat/updates?after=0")).json()["replies"] == []


async def test_the_other_language_is_taken_up_by_page_and_talk(browser):
    await browser.post("/api/chat", json={"start": True})
    page = await browser.get("/?lang=en", follow_redirects=True)
    assert 'lang="en"' in page.text
    replies = (await browser.post("/api/chat", json={"text": "?"})).json()["replies"]
    assert not re.search("[ăâđêôơư]", " ".join(reply["text"] for reply in replies))


@pytest.mark.parametrize("body", [{"start": True}, {"start": True, "after": 0}, {"text": "hello"}])
async def test_a_page_in_the_other_language_opens_the_talk_in_it(browser, body):
    browser.cookies.set("lang", "en", domain="vayvon.test")
    replies = (await browser.post("/api/chat", json=body)).json()["replies"]
    assert replies
    assert not re.search("[ăâđêôơư]", replies[-1]["text"])


async def test_the_page_follows_the_language_that_the_talk_was_asked_to_take(browser):
    page = (await browser.get("/")).text
    form = {"form": hidden(page, "form"), "after": "0", "choice": "do=language:en", "label.do=language:en": "English"}
    assert 'lang="en"' in (await browser.post("/chat", data=form)).text
    assert 'lang="en"' in (await browser.get("/")).text


async def test_an_invitation_travels_with_the_first_press(app, browser):
    page = (await browser.get("/?code=abc%22%3E")).text
    assert hidden(page, "payload") == 'abc">'


async def test_a_public_address_counts_as_ours(app):
    app.settings = app.settings.model_copy(update={"public_url": "https://vay.example"})
    transport = httpx.ASGITransport(build_asgi(app))
    async with httpx.AsyncClient(transport=transport, base_url="http://inside.test") as browser:
        headers = {"Origin": "https://vay.example"}
        assert (await browser.post("/api/chat", json={"start": True}, headers=headers)).status_code == 200


# --- what every answer carries ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", ["/", "/chat/new", "/api/chat/updates", "/console/sign-in", "/nowhere", "/api/nowhere"]
)
async def test_every_answer_is_held_safe(browser, path):
    answer = await browser.get(path)
    assert answer.headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
    assert "unsafe" not in CONTENT_SECURITY_POLICY
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["Cache-Control"] == "no-store"


async def test_no_page_needs_what_the_policy_forbids(browser):
    for path in ("/", "/console/sign-in"):
        page = (await browser.get(path)).text
        assert not re.search(r"<script(?![^>]* src=)|<style|\sstyle=|\son[a-z]+=", page)
        assert not re.search(r'(?:src|href|action)="(?:https?:)?//', page)


async def test_static_files_are_kept_by_their_content(browser):
    page = (await browser.get("/")).text
    for path in re.findall(r'(?:href|src)="(/static/[^"]+)"', page):
        answer = await browser.get(path)
        assert answer.status_code == 200
        assert "immutable" in answer.headers["Cache-Control"]


async def test_secure_cookies_are_bound_to_the_host(app):
    app.settings = app.settings.model_copy(update={"secure_cookies": True})
    transport = httpx.ASGITransport(build_asgi(app))
    async with httpx.AsyncClient(transport=transport, base_url="https://vayvon.test") as browser:
        answer = await browser.get("/")
    cookie = next(line for line in answer.headers.get_list("set-cookie") if "talk=" in line)
    assert cookie.startswith("__Host-talk=") and "Secure" in cookie
    assert "max-age" in answer.headers["Strict-Transport-Security"]


async def test_our_own_fault_is_a_plain_sentence(app, browser, monkeypatch):
    async def broken(*args):
        raise RuntimeError("secret of the house")

    monkeypatch.setattr(app.store, "fetch_web", broken)
    await browser.post("/api/chat", json={"start": True})
    transport = browser._transport
    transport.raise_app_exceptions = False
    answer = await browser.get("/api/chat/updates?after=0")
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert answer.json()["error"]
