"""A citizen in a real browser, from the first word to a lead, and the staff member who answers."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import Locator, Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

# What this citizen presses and writes, whatever the order of the questions.
PRESSES = {
    "do=programme:water": "do=apply:water",
    "works_state": "damaged",
    "area": "rural",
    "registration": "permanent",
    "works": "both",
    "consent": "yes",
    "former": "15331",
    "group": "no",
    "contact_hours": "evening",
    "confirm": "send",
}
WRITES = (
    (r"xã, phường nào|xã nào", "xa linh toai thanh hoa"),
    (r"thôn, xóm", "Thôn 2"),
    (r"vay khoảng bao nhiêu", "20 triệu"),
    (r"họ tên", "Nguyễn Văn Bình"),
    (r"số điện thoại", "0912345678"),
)


def last_words(page: Page) -> str:
    return page.locator(".message.assistant .words").last.inner_text()


def choice_of(page: Page) -> str | None:
    """The button that the citizen presses among those on the page."""
    offered = page.locator(".choices button").evaluate_all("all => all.map(one => one.value)")
    for value in offered:
        slot, _, picked = value.partition("=")
        if value in {"do=programme:water", "do=apply:water"} or PRESSES.get(slot) == picked:
            return value
    return None


def answer(page: Page) -> None:
    """One step: press the citizen's button, or write what is asked for."""
    before = page.locator(".message.assistant").count()
    value = choice_of(page)
    if value:
        page.locator(f'.choices button[value="{value}"]').click()
    else:
        words = last_words(page)
        text = next((text for pattern, text in WRITES if re.search(pattern, words)), None)
        assert text, f"the citizen has no answer to: {words}"
        page.locator("#text").fill(text)
        page.locator("#text").press("Enter")
    expect(page.locator(".message.assistant").nth(before)).to_be_visible()
    expect(page.locator("#typing")).to_be_hidden()


def press(button: Locator) -> None:
    """A press on the plain page is a new page: what is read next must not be the old one."""
    with button.page.expect_navigation():
        button.click()


def talk_to_a_lead(page: Page, picture=None) -> str:
    """From the greeting to the lead's number."""
    page.goto("/")
    expect(page.locator(".choices button").first).to_be_visible()
    for step in range(30):
        if picture:
            picture(f"talk-{step:02}")
        answer(page)
        found = re.search(r"VV-[0-9A-Z]{8}", page.locator("#log").inner_text())
        if found:
            if picture:
                picture("talk-sent")
            return found[0]
    raise AssertionError(f"no lead after thirty answers; last: {last_words(page)}")


def sign_in(page: Page, site) -> None:
    """The first sign-in: the given password has to be changed."""
    page.goto("/console/")
    page.get_by_label("Tên đăng nhập").fill(site.login)
    page.get_by_label("Mật khẩu").fill(site.password)
    page.get_by_role("button", name="Đăng nhập").click()
    page.get_by_label("Mật khẩu đang dùng").fill(site.password)
    page.get_by_label("Mật khẩu mới", exact=True).fill("mùa xuân về trên bản xa")
    page.get_by_label("Nhập lại mật khẩu mới").fill("mùa xuân về trên bản xa")
    page.get_by_role("button", name="Lưu").click()
    expect(page.get_by_role("heading", name="Hồ sơ nguyện vọng")).to_be_visible()


def photographer(page: Page, pictures, name: str):
    def picture(what: str) -> None:
        if pictures:
            page.screenshot(path=pictures / f"{name}-{what}.png")

    return picture


def test_a_talk_becomes_a_lead_and_staff_answer_it(opened, site, pictures):
    citizen = opened()
    lead = talk_to_a_lead(citizen, photographer(citizen, pictures, "phone"))

    staff = opened(1280, 800, java_script_enabled=False)
    sign_in(staff, site)
    staff.get_by_role("link", name=lead).click()
    expect(staff.get_by_text("Nguyễn Văn Bình")).to_be_visible()
    expect(staff.get_by_text("xã Thái Lai").first).to_be_visible()
    assert "+84912345678" not in staff.content()
    staff.get_by_role("button", name="Hiện số").click()
    expect(staff.locator("a.phone")).to_have_text("+84912345678")
    if pictures:
        staff.screenshot(path=pictures / "console-lead.png", full_page=True)
    staff.get_by_role("button", name="Đánh dấu đã xem").click()
    staff.get_by_label("Trả lời người hỏi").fill("Mời anh đến Điểm giao dịch, tôi là cán bộ tín dụng.")
    staff.get_by_role("button", name="Gửi trả lời").click()
    expect(staff.get_by_text("Đã gửi trả lời.")).to_be_visible()

    expect(citizen.get_by_text("tôi là cán bộ tín dụng")).to_be_visible(timeout=30_000)


def test_the_same_talk_without_script(opened):
    page = opened(java_script_enabled=False)
    page.goto("/")
    press(page.get_by_role("button", name="Bắt đầu"))
    for _ in range(30):
        value = choice_of(page)
        if value:
            press(page.locator(f'.choices button[value="{value}"]'))
        else:
            words = last_words(page)
            text = next((text for pattern, text in WRITES if re.search(pattern, words)), None)
            assert text, f"the citizen has no answer to: {words}"
            page.locator("#text").fill(text)
            press(page.get_by_role("button", name="Gửi"))
        expect(page.locator(".message.person")).to_have_count(1)  # the last exchange only
        if re.search(r"VV-[0-9A-Z]{8}", page.locator("#log").inner_text()):
            return
    raise AssertionError("no lead after thirty answers")


def test_the_whole_talk_by_keyboard(opened):
    page = opened(1280, 800)
    page.goto("/")
    expect(page.locator(".choices button").first).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.type("xin chào")
    page.keyboard.press("Enter")
    expect(page.locator(".message.person")).to_have_count(1)
    expect(page.locator("#typing")).to_be_hidden()
    expect(page.locator("#text")).to_be_focused()
    first = page.locator(".choices button").first
    first.focus()
    assert first.evaluate("node => getComputedStyle(node).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    expect(page.locator(".message.person")).to_have_count(2)
    expect(page.locator("#typing")).to_be_hidden()
    # Whoever pressed a button is at the next ones, not at the top of the page.
    page.keyboard.press("Tab")
    expect(page.locator(".choices button").first).to_be_focused()


@pytest.mark.parametrize("script", [True, False], ids=["script", "plain"])
def test_the_repayment_plan_is_a_picture_in_the_page(opened, script):
    page = opened(java_script_enabled=script)
    page.goto("/")
    if not script:
        page.get_by_role("button", name="Bắt đầu").click()
    for step in ("do=programme:water", "do=topic:rate", "do=calculate:water", "25 triệu", "3 năm", "do=calculate:plan"):
        button = page.locator(f'.choices button[value="{step}"]')
        if step.startswith("do="):
            button.click()
        else:
            page.locator("#text").fill(step)
            page.get_by_role("button", name="Gửi").click()
            expect(page.locator("#text")).to_have_value("")
        expect(button).to_be_hidden()
    drawn = page.locator(".message .picture svg")
    expect(drawn).to_have_count(1)
    expect(drawn).to_have_accessible_name(re.compile("Vay 25 triệu đồng, trả trong 3 năm"))
    assert drawn.bounding_box()["width"] <= page.viewport_size["width"]


def test_hiding_clears_the_screen_at_once_and_for_good(opened):
    page = opened()
    page.goto("/")
    page.locator('.choices button[value="do=programme:released"]').click()
    expect(page.locator(".message.person")).to_have_count(1)
    page.locator("#hide button").click()
    expect(page.get_by_text("Màn hình đã xóa.")).to_be_visible()
    assert page.title() == "Trang trống"
    assert page.locator(".message").count() == 0
    page.get_by_role("link", name="Mở lại").click()
    expect(page.locator(".message.assistant").first).to_be_visible()
    expect(page.locator("#typing")).to_be_hidden()
    assert "án" not in page.locator(".message.assistant").last.inner_text()


@pytest.mark.parametrize("way", ["typed", "pressed"])
def test_hiding_from_within_the_talk_clears_the_screen_too(opened, way):
    page = opened()
    page.goto("/")
    page.locator('.choices button[value="do=programme:released"]').click()
    expect(page.locator('.choices button[value="do=hide"]')).to_be_visible()
    if way == "typed":
        page.locator("#text").fill("ẩn đi")
        page.locator("#text").press("Enter")
    else:
        page.locator('.choices button[value="do=hide"]').click()
    expect(page.get_by_text("Màn hình đã xóa.")).to_be_visible()
    assert page.title() == "Trang trống"
    assert page.locator(".message").count() == 0


def test_a_lost_network_loses_nothing(opened):
    page = opened()
    page.goto("/")
    expect(page.locator(".choices button").first).to_be_visible()
    page.context.set_offline(True)
    page.locator("#text").fill("xin chào")
    page.locator("#text").press("Enter")
    expect(page.get_by_role("button", name="Gửi lại")).to_be_visible()
    page.context.set_offline(False)
    page.get_by_role("button", name="Gửi lại").click()
    expect(page.locator(".not-sent")).to_have_count(0)
    expect(page.locator(".message.person")).to_have_count(1)
    expect(page.locator("#typing")).to_be_hidden()
    expect(page.locator(".message.assistant").nth(2)).to_be_visible()
    opened.complaints.clear()  # Chromium tells that the network was away


COUNTS_ASKING = """() => {
  const ask = navigator.geolocation.getCurrentPosition.bind(navigator.geolocation);
  window.asked = 0;
  navigator.geolocation.getCurrentPosition = (...all) => { window.asked += 1; return ask(...all); };
}"""


def test_the_place_of_the_phone_is_asked_for_only_on_a_press(opened):
    page = opened(permissions=["geolocation"], geolocation={"latitude": 19.99, "longitude": 105.87})
    page.goto("/")
    expect(page.locator(".choices button").first).to_be_visible()
    page.evaluate(COUNTS_ASKING)
    for _ in range(20):
        if page.locator(".place button").count():
            break
        answer(page)
    assert page.evaluate("window.asked") == 0
    page.get_by_role("button", name="Gửi vị trí của máy này").click()
    expect(page.get_by_text("Vị trí của máy này")).to_be_visible()
    expect(page.locator("#typing")).to_be_hidden()
    assert page.evaluate("window.asked") == 1
    expect(page.locator(".choices button").first).to_be_visible()


RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
TARGETS = "button:visible, a.button:visible, input:not([type=hidden], [type=checkbox]):visible, select:visible, textarea:visible"
TOO_SMALL = (
    "all => all.filter(one => one.getBoundingClientRect().height < 43.5).map(one => one.outerHTML.slice(0, 120))"
)
TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture
def look(axe, pictures):
    """Looks at a page as the checker does, and as a thumb on a small screen does."""

    def at(page: Page, name: str) -> dict[str, object]:
        # At its end, where the choices are: what is half scrolled out of sight is no target there.
        page.evaluate("window.scrollTo(0, document.documentElement.scrollHeight)")
        page.evaluate(axe)
        found = page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)["violations"]
        faults: dict[str, object] = {
            f"{name}: {fault['id']}": [node["html"][:160] for node in fault["nodes"][:4]] for fault in found
        }
        if (pixels := page.evaluate(TOO_WIDE)) > 0:
            faults[f"{name}: too wide"] = pixels
        if small := page.locator(TARGETS).evaluate_all(TOO_SMALL):
            faults[f"{name}: too small to press"] = small
        if pictures:
            size, scheme = page.viewport_size or {}, page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
            page.screenshot(
                path=pictures / f"{name}-{size['width']}-{'dark' if scheme else 'light'}.png", full_page=True
            )
        return faults

    return at


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [(360, 740), (1280, 800)], ids=["phone", "desk"])
def test_nobody_is_shut_out(opened, site, look, scheme, size):  # bypass_csp lets the checker's own script in, no other
    page = opened(*size, color_scheme=scheme, bypass_csp=True)
    faults: dict[str, object] = {}

    page.goto("/")
    expect(page.locator(".choices button").first).to_be_visible()
    faults |= look(page, "chat")
    lead = talk_to_a_lead(page)
    faults |= look(page, "chat-sent")
    page.get_by_role("button", name="Ẩn").click()
    faults |= look(page, "hidden")
    page.goto("/console/")
    faults |= look(page, "sign-in")
    sign_in(page, site)
    faults |= look(page, "queue")
    for path in (f"leads/{lead}", "talks", "points", "figures", "people", "people/1", "audit", "password"):
        page.goto(f"/console/{path}")
        faults |= look(page, path.split("/")[0])
    assert not faults, json.dumps(faults, indent=1, ensure_ascii=False)
