"""The console's pages and forms as staff meet them."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from bot.stores.tables import leads, outbox, point_exceptions, point_versions, points, staff, staff_sessions
from bot.wording import word
from flows.engine.text import Money

LEAD, PHONE = "VV-00000001", "+84912345678"  # as in conftest.py
PASSWORD = "một câu dài dễ nhớ"
NEW_PASSWORD = "mùa xuân về trên bản xa"


async def row(store, table, *where):
    async with store.reading() as connection:
        found = (await connection.execute(select(table).where(*where))).mappings().first()
        return dict(found) if found else None


async def rows(store, table):
    async with store.reading() as connection:
        return [dict(each) for each in (await connection.execute(select(table))).mappings()]


# --- signing in --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/leads", f"/leads/{LEAD}", "/talks", "/points", "/people", "/figures", "/audit"])
async def test_a_stranger_is_sent_to_the_sign_in(desk, path):
    answer = await (await desk()).get(path)
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/console/sign-in"


async def test_signing_in_and_out(desk, journal, store):
    browser = await desk("officer")
    assert (await browser.get("/leads")).status_code == 200
    cookie = browser.client.cookies["desk"]
    assert cookie not in repr(await rows(store, staff_sessions))
    assert (await browser.send("/leads", "/sign-out")).status_code == 303
    browser.client.cookies.set("desk", cookie)
    assert (await browser.get("/leads")).status_code == 303
    assert [line[1] for line in await journal()] == ["signed_in", "signed_out"]


@pytest.mark.parametrize(
    ("login", "password"), [("officer", "wrong"), ("nobody", PASSWORD), ("gone", PASSWORD), ("", ""), ("officer", "")]
)
async def test_whatever_is_wrong_the_sentence_is_the_same(desk, login, password):
    answer = await (await desk()).sign_in(login, password)
    assert answer.status_code == 401
    assert "Chưa đăng nhập được." in answer.text


async def test_five_wrong_passwords_close_the_door_for_a_while(desk, clock, store):
    browser = await desk()
    for _ in range(5):
        await browser.sign_in("officer", "wrong")
    assert (await browser.sign_in("officer", PASSWORD)).status_code == 401
    clock.advance(minutes=2)
    assert (await browser.sign_in("officer", PASSWORD)).status_code == 303
    assert (await row(store, staff, staff.c.login == "officer"))["failures"] == 0


async def test_guesses_at_the_same_moment_count_one_by_one(desk, store):
    browser = await desk()
    await asyncio.gather(*(browser.sign_in("officer", f"wrong {n}") for n in range(6)))
    account = await row(store, staff, staff.c.login == "officer")
    assert account["failures"] >= 5
    assert account["locked_until"] is not None
    assert (await browser.sign_in("officer", PASSWORD)).status_code == 401


async def test_one_network_cannot_try_for_ever(desk):
    browser = await desk()
    answers = [(await browser.sign_in(f"nobody{n}", "x")).status_code for n in range(21)]
    assert answers[-1] == 429


async def test_an_idle_or_old_session_ends(desk, clock):
    browser = await desk("officer")
    clock.advance(minutes=50)
    assert (await browser.get("/leads")).status_code == 200
    clock.advance(minutes=61)
    assert (await browser.get("/leads")).status_code == 303


async def test_a_closed_account_is_out_at_once(desk, store):
    browser = await desk("officer")
    async with store.session() as connection:
        await connection.execute(update(staff).where(staff.c.login == "officer").values(active=False))
    assert (await browser.get("/leads")).status_code == 303


async def test_a_given_password_has_to_be_changed_first(desk, store, journal):
    before = await row(store, staff, staff.c.login == "fresh")
    browser = await desk("fresh")
    assert (await browser.get("/leads")).headers["Location"] == "/console/password"
    change = {"old": PASSWORD, "new": NEW_PASSWORD, "again": NEW_PASSWORD}
    assert (await browser.send("/password", "/password", **change)).status_code == 303
    assert (await browser.get("/leads")).status_code == 200
    assert (await row(store, staff, staff.c.login == "fresh"))["password_hash"] != before["password_hash"]
    assert await journal("changed_password") == [("staff:fresh", "changed_password", "fresh", None)]


@pytest.mark.parametrize(
    "change",
    [
        {"old": "wrong", "new": NEW_PASSWORD, "again": NEW_PASSWORD},
        {"old": PASSWORD, "new": "ngắn", "again": "ngắn"},
        {"old": PASSWORD, "new": "officer-2026-x", "again": "officer-2026-x"},
        {"old": PASSWORD, "new": "a" * 20, "again": "a" * 20},
        {"old": PASSWORD, "new": NEW_PASSWORD, "again": NEW_PASSWORD + "x"},
    ],
)
async def test_bad_new_passwords(desk, change):
    answer = await (await desk("officer")).send("/password", "/password", **change)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text


async def test_a_form_needs_the_token_of_its_own_session(desk, store):
    browser, other = await desk("officer"), await desk("head")
    stolen = re.search(r'name="form" value="([^"]*)"', (await other.get("/leads")).text)[1]
    for token in ("", "x", stolen):
        answer = await browser.client.post(f"/console/leads/{LEAD}/move", data={"form": token, "to": "seen"})
        assert answer.status_code == 403
    answer = await browser.client.post(
        f"/console/leads/{LEAD}/move", data={"to": "seen"}, headers={"Sec-Fetch-Site": "cross-site"}
    )
    assert answer.status_code == 403
    assert (await row(store, leads, leads.c.id == LEAD))["status"] == "new"


# --- queue and lead ----------------------------------------------------------------------------------------------------


async def test_the_queue(desk):
    page = (await (await desk("officer")).get("/leads")).text
    assert LEAD in page and "Điểm giao dịch Lĩnh Toại" in page
    assert "VV-00000003" in page and "vẫn muốn gửi" in page  # truth `no`, sent at the person's wish
    assert "Hoa" not in page and PHONE not in page
    closed = (await (await desk("officer")).get("/leads?status=closed&programme=student&page=1")).text
    assert "VV-00000002" in closed and LEAD not in closed


@pytest.mark.parametrize("query", ["?status=x", "?page=0", "?page=-1", "?page=99999", "?programme=x", "?page=%D9%A3"])
async def test_odd_queries_show_a_queue(desk, query):
    assert (await (await desk("officer")).get(f"/leads{query}")).status_code == 200


async def test_the_page_of_a_lead(desk):
    page = (await (await desk("officer")).get(f"/leads/{LEAD}")).text
    for shown in (
        "Nguyễn Thị Hoa",
        "Hộ cận nghèo",
        "tự kể thêm",
        "xã Thái Lai",
        "QĐ 157/2007/QĐ-TTg",
        word(Money(3_000_000)),
    ):
        assert shown in page
    assert PHONE not in page
    assert "********678" in page


@pytest.mark.parametrize(("login", "status"), [("other", 403), ("admin", 403)])
async def test_the_page_of_a_lead_of_others(desk, login, status):
    answer = await (await desk(login)).get(f"/leads/{LEAD}")
    assert answer.status_code == status
    assert "Hoa" not in answer.text


async def test_a_lead_that_is_not_there(desk):
    assert (await (await desk("officer")).get("/leads/VV-99999999")).status_code == 404


async def test_the_phone_number_is_shown_once_asked_for(desk, journal):
    browser = await desk("officer")
    answer = await browser.send(f"/leads/{LEAD}", f"/leads/{LEAD}/reveal", why="call")
    assert PHONE in answer.text
    assert [line[1] for line in await journal("revealed")] == ["revealed"]
    assert PHONE not in (await browser.get(f"/leads/{LEAD}")).text


async def test_a_lead_is_moved_step_by_step(desk, store, clock):
    browser = await desk("officer")
    day = (clock.now() + timedelta(days=9)).date().isoformat()
    steps = [
        ("seen", {}),
        ("contacted", {}),
        ("invited", {"session": day}),
        ("dossier_received", {}),
        ("closed_lent", {}),
    ]
    for to, more in steps:
        answer = await browser.send(f"/leads/{LEAD}", f"/leads/{LEAD}/move", to=to, **more)
        assert answer.status_code == 303, answer.text
        assert (await row(store, leads, leads.c.id == LEAD))["status"] == to
    events = [each for each in await rows(store, outbox) if each["kind"] == "event"]
    assert [each["payload"]["status"] for each in events] == ["contacted", "invited", "dossier_received", "closed_lent"]


@pytest.mark.parametrize(
    "form",
    [
        {"to": "closed_lent"},
        {"to": "nonsense"},
        {"to": "closed_not_eligible"},
        {"to": "duplicate", "why": "   "},
        {"to": "rerouted", "why": "x"},
        {"to": "invited"},
        {"to": "invited", "session": "2020-01-01"},
        {"to": "invited", "session": "soon"},
        {"to": "seen", "version": "99"},
    ],
)
async def test_moves_that_are_none(desk, store, form):
    answer = await (await desk("officer")).send(f"/leads/{LEAD}", f"/leads/{LEAD}/move", **form)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert (await row(store, leads, leads.c.id == LEAD))["status"] == "new"


async def test_two_at_one_lead_do_not_overwrite_each_other(desk):
    first, second = await desk("officer"), await desk("head")
    assert (await first.send(f"/leads/{LEAD}", f"/leads/{LEAD}/move", to="seen", version="1")).status_code == 303
    answer = await second.send(f"/leads/{LEAD}", f"/leads/{LEAD}/move", to="contacted", version="1")
    assert answer.status_code == 422
    assert "Có người vừa sửa" in answer.text


async def test_an_answer_is_queued_for_the_talk(desk, store, journal):
    text = "Mời chị mang giấy báo nhập học.\n<b>Cảm ơn</b>"
    browser = await desk("officer")
    assert (await browser.send(f"/leads/{LEAD}", f"/leads/{LEAD}/reply", text=text)).status_code == 303
    event = next(each for each in await rows(store, outbox) if each["kind"] == "event")
    told = {"type": "StaffReplied", "at": "", "id": "", "fresh": "", "lead": LEAD, "text": text, "handover": False}
    assert event["payload"] == told
    page = (await browser.get(f"/leads/{LEAD}")).text
    assert "&lt;b&gt;Cảm ơn" in page and "<b>Cảm" not in page
    assert await journal("replied") == [("staff:officer", "replied", LEAD, None)]


async def test_an_empty_answer_is_none(desk, store):
    answer = await (await desk("officer")).send(f"/leads/{LEAD}", f"/leads/{LEAD}/reply", text="  ")
    assert answer.status_code == 422
    assert await rows(store, outbox) == []


@pytest.mark.parametrize(
    ("form", "queue"),
    [
        ({"target": "DGD2", "code": ""}, ("point", "DGD2")),
        ({"target": "", "code": "PGD1"}, ("office", "PGD1")),
        ({"target": "", "code": "01"}, ("province", "01")),
        ({"target": "", "code": "P-00001"}, ("point", "P-00001")),
    ],
)
async def test_a_lead_is_passed_on_with_a_reason(desk, store, form, queue):
    browser = await desk("officer")
    answer = await browser.send(f"/leads/{LEAD}", f"/leads/{LEAD}/reroute", why="Thôn thuộc điểm khác", **form)
    assert answer.status_code == 303
    lead = await row(store, leads, leads.c.id == LEAD)
    assert (lead["queue"], lead["queue_code"]) == queue
    assert lead["status"] == "new"


@pytest.mark.parametrize(
    "form", [{"code": "DGD2"}, {"code": "nowhere", "why": "x"}, {"code": "", "why": "x"}, {"code": "DGD1", "why": "x"}]
)
async def test_a_lead_is_passed_on_to_no_other_way(desk, store, form):
    answer = await (await desk("officer")).send(f"/leads/{LEAD}", f"/leads/{LEAD}/reroute", **form)
    assert answer.status_code == 422
    assert (await row(store, leads, leads.c.id == LEAD))["queue_code"] == "DGD1"


async def test_a_change_that_was_asked_for(desk, store, journal):
    browser = await desk("officer")
    page = (await browser.get(f"/leads/{LEAD}")).text
    assert "Xin sửa thông tin" in page
    answer = await browser.send(f"/leads/{LEAD}", f"/leads/{LEAD}/changes", request="1", decision="done")
    assert answer.status_code == 303
    assert (await store.change_requests(LEAD))[0]["state"] == "done"
    assert len(await journal("decided")) == 1
    await browser.send(f"/leads/{LEAD}", f"/leads/{LEAD}/changes", request="1", decision="refused")
    assert (await store.change_requests(LEAD))[0]["state"] == "done"


async def test_others_can_do_nothing_to_a_lead(desk, store):
    browser = await desk("other")
    for name, form in {"move": {"to": "seen"}, "reply": {"text": "x"}, "reroute": {"why": "x"}, "reveal": {}}.items():
        answer = await browser.send("/leads", f"/leads/{LEAD}/{name}", **form)
        assert answer.status_code == 403
        assert "Hoa" not in answer.text and PHONE not in answer.text
    assert (await row(store, leads, leads.c.id == LEAD))["version"] == 1
    assert await rows(store, outbox) == []


async def test_an_erased_lead_shows_that_it_is(desk):
    page = (await (await desk("officer")).get("/leads/VV-00000003")).text
    assert "đã được xóa" in page


# --- talks ---------------------------------------------------------------------------------------------------------------


async def test_a_talk_is_answered_and_given_back(desk, store):
    browser = await desk("officer")
    assert "/console/talks/1" in (await browser.get("/talks")).text
    assert (await browser.send("/talks/1", "/talks/1/reply", text="Chào bác")).status_code == 303
    assert (await browser.send("/talks/1", "/talks/1/reply", text=" ")).status_code == 422
    assert (await browser.send("/talks/1", "/talks/1/close")).status_code == 303
    assert (await store.handover(1))["state"] == "closed"
    assert (await browser.send("/talks", "/talks/1/close")).status_code == 404


@pytest.mark.parametrize("path", ["/talks/1", f"/leads/{LEAD}"])
async def test_staff_ask_for_no_fee_code_or_photo_in_our_name(desk, store, path):
    browser = await desk("officer")
    for text in ("Bác đọc giúp mã OTP", "Chị chụp ảnh căn cước gửi qua đây", "Bác chuyển phí hồ sơ trước nhé"):
        answer = await browser.send(path, f"{path}/reply", text=text)
        assert answer.status_code == 422
        assert text in answer.text or "Điểm giao dịch" in answer.text
    assert [each for each in await rows(store, outbox) if each["kind"] == "event"] == []


async def test_a_talk_of_others(desk):
    assert (await (await desk("officer")).get("/talks/2")).status_code == 403
    assert (await (await desk("officer")).get("/talks/77")).status_code == 404
    assert (await (await desk("officer")).get(f"/talks/{10**30}")).status_code == 404


@pytest.mark.parametrize("path", ["/leads/%00", "/points/%00", "/points?q=%00", "/people/99999999999999999999999"])
async def test_addresses_that_no_database_takes(desk, path):
    assert (await (await desk("admin")).get(path)).status_code in {200, 404}


# --- points --------------------------------------------------------------------------------------------------------------

GOOD = {"venue": "Trụ sở UBND xã", "day_of_month": "15", "start_time": "07:30", "end_time": "11:00", "status": "active"}


async def test_points_of_ones_own(desk):
    page = (await (await desk("head")).get("/points?q=DGD")).text
    assert "DGD1" in page and "DGD2" in page and "DGD9" not in page
    assert (await (await desk("head")).get("/points/DGD9")).status_code == 403
    assert (await (await desk("head")).get("/points/NONE")).status_code == 404


async def test_a_point_is_corrected_and_its_past_kept(desk, store, journal):
    browser = await desk("head")
    assert (await browser.send("/points/DGD1", "/points/DGD1", **GOOD)).status_code == 303
    point = await row(store, points, points.c.code == "DGD1")
    assert (point["venue"], point["day_of_month"]) == ("Trụ sở UBND xã", 15)
    assert [each["row"]["day_of_month"] for each in await rows(store, point_versions)] == [12]
    assert len(await journal("corrected")) == 1
    assert (await browser.send("/points/DGD1", "/points/DGD1", **GOOD)).headers["Location"].endswith("done=same")
    assert len(await rows(store, point_versions)) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"day_of_month": "32"},
        {"day_of_month": "0"},
        {"day_of_month": "x"},
        {"start_time": "7h"},
        {"start_time": "12:00"},
        {"status": "gone"},
        {"if_holiday": "maybe"},
        {"contact_phone": "gọi nhé"},
        {"location": "105.89, 20.00"},
        {"location": "gần chợ"},
    ],
)
async def test_wrong_values_change_nothing(desk, store, wrong):
    answer = await (await desk("head")).send("/points/DGD1", "/points/DGD1", **{**GOOD, **wrong})
    assert answer.status_code == 422
    assert (await row(store, points, points.c.code == "DGD1"))["day_of_month"] == 12


async def test_the_province_may_look_but_not_correct(desk, store):
    browser = await desk("province")
    assert "chỉ cán bộ" in (await browser.get("/points/DGD1")).text.lower()
    assert (await browser.send("/points", "/points/DGD1", **GOOD)).status_code == 403
    assert (await row(store, points, points.c.code == "DGD1"))["day_of_month"] == 12


async def test_a_session_is_moved_once(desk, store):
    browser = await desk("head")
    form = {"original": "2027-02-12", "new": "2027-02-20", "reason": "Tết"}
    other_day = {**form, "original": "2027-02-13"}
    assert (await browser.send("/points/DGD1", "/points/DGD1/exceptions", **other_day)).status_code == 422
    assert (await browser.send("/points/DGD1", "/points/DGD1/exceptions", **form)).status_code == 303
    assert (await browser.send("/points/DGD1", "/points/DGD1/exceptions", **form)).status_code == 422
    assert (await browser.send("/points/DGD1", "/points/DGD1/exceptions", original="x")).status_code == 422
    assert len(await rows(store, point_exceptions)) == 1


async def test_a_moved_session_is_put_back(desk, store, journal):
    browser = await desk("head")
    await browser.send("/points/DGD1", "/points/DGD1/exceptions", original="2027-02-12", new="2027-02-20")
    drop = {"original": "2027-02-12"}
    assert (await browser.send("/points/DGD1", "/points/DGD1/exceptions/drop", **drop)).status_code == 303
    assert await rows(store, point_exceptions) == [] and len(await journal("corrected")) == 2
    province = await desk("province")
    assert (await province.send("/points", "/points/DGD1/exceptions/drop", **drop)).status_code == 403


async def test_where_a_point_is_and_what_stands_beside_it(desk, store):
    browser = await desk("head")
    told = {**GOOD, "landmark": "cạnh trạm y tế", "location": "20.00313, 105.89738"}
    assert (await browser.send("/points/DGD1", "/points/DGD1", **told)).status_code == 303
    point = await row(store, points, points.c.code == "DGD1")
    assert (point["landmark"], point["lat"], point["lon"]) == ("cạnh trạm y tế", 20.00313, 105.89738)
    assert "20.00313, 105.89738" in (await browser.get("/points/DGD1")).text


# --- people, figures, audit ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/people", "/people/1", "/audit"])
@pytest.mark.parametrize("login", ["officer", "head", "province"])
async def test_only_the_admin_sees_people_and_audit(desk, login, path):
    assert (await (await desk(login)).get(path)).status_code == 403


async def test_a_new_colleague(desk, store, journal):
    browser = await desk("admin")
    form = {"login": "Moi.Lam", "name": "Lê Văn Mới", "role": "officer", "points": "DGD1, DGD2"}
    answer = await browser.send("/people", "/people", **form)
    password = re.search(r"<code>([^<]+)</code>", answer.text)[1]
    made = await row(store, staff, staff.c.login == "moi.lam")
    assert (made["points"], made["must_change"]) == (["DGD1", "DGD2"], True)
    assert await journal("added") == [("staff:admin", "added", "moi.lam", None)]
    assert (await (await desk()).sign_in("moi.lam", password)).headers["Location"] == "/console/password"
    assert (await browser.send("/people", "/people", **form)).status_code == 422


@pytest.mark.parametrize(
    "wrong", [{"login": "a b"}, {"login": ""}, {"name": ""}, {"role": "king"}, {"points": "<script>"}, {"points": "*"}]
)
async def test_accounts_that_are_none(desk, wrong):
    form = {"login": "moi", "name": "Mới", "role": "officer", **wrong}
    assert (await (await desk("admin")).send("/people", "/people", **form)).status_code == 422


async def test_closing_an_account_signs_it_out(desk, store):
    officer, admin = await desk("officer"), await desk("admin")
    form = {"name": "Cán bộ", "role": "officer", "points": "DGD1"}
    assert (await admin.send("/people/1", "/people/1", **form)).status_code == 303
    assert (await row(store, staff, staff.c.login == "officer"))["active"] is False
    assert (await officer.get("/leads")).status_code == 303


async def test_the_last_admin_stays(desk, store):
    browser = await desk("admin")
    number = (await row(store, staff, staff.c.login == "admin"))["id"]
    for form in ({"role": "admin"}, {"role": "officer", "active": "yes"}):
        answer = await browser.send(f"/people/{number}", f"/people/{number}", name="Quản trị", **form)
        assert answer.status_code == 422
    assert (await row(store, staff, staff.c.login == "admin"))["active"] is True


async def test_a_lost_password_is_replaced(desk, store):
    officer, admin = await desk("officer"), await desk("admin")
    answer = await admin.send("/people/1", "/people/1/password")
    password = re.search(r"<code>([^<]+)</code>", answer.text)[1]
    assert (await officer.get("/leads")).status_code == 303
    assert (await (await desk()).sign_in("officer", password)).headers["Location"] == "/console/password"


async def test_figures_count_only_ones_own_and_name_nobody(desk):
    page = (await (await desk("head")).get("/figures?days=all")).text
    assert re.search(r"<tfoot>.*?<td>3</td></tr>", page, re.DOTALL)
    assert "Hoa" not in page and LEAD not in page
    other = (await (await desk("hanoi")).get("/figures?days=nonsense")).text
    assert not re.search(r"<td>[1-9]", other)


async def test_the_admin_reads_the_audit(desk):
    await (await desk("other")).get(f"/leads/{LEAD}")
    browser = await desk("admin")
    page = (await browser.get("/audit?action=refused&subject=VV-00000001")).text
    assert "staff:other" in page and "another_queue" in page
    assert "Hoa" not in page and PHONE not in page
    assert (await browser.get("/audit?before=1")).status_code == 200
    assert (await browser.get("/audit?before=x&who=%00")).status_code == 200
