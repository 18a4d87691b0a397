"""The same tests over every store: memory, SQLite in a file, PostgreSQL (marked)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from fresh_database import postgres_database
from sqlalchemy import insert, select, text
from sqlalchemy.exc import DBAPIError

from bot.channels.messages import Address, Inbound, Outbound
from bot.leads.lead import MoveRefused
from bot.ports import FromInbound, FromOutbox, FromReminder, Repeated, Stale
from bot.privacy import KeyRing
from bot.stores.lead_rows import Changed, NoSuchLead
from bot.stores.memory import MemoryStore
from bot.stores.sql import SqlStore, WrongKeys
from bot.stores.tables import (
    VIETNAM,
    audit,
    consents,
    conversations,
    hamlets,
    leads,
    outbox,
    points,
    reminders,
    staff,
    talk_codes,
)
from flows.engine.conversation import Case, Conversation
from flows.engine.effects import (
    Erase,
    HandOver,
    KeepConsent,
    LeadDraft,
    OfferCode,
    RemindAt,
    RequestChange,
    Say,
    Submit,
    TakeOver,
    TellStaff,
    Withdraw,
)
from flows.engine.text import Text

AT = datetime(2026, 11, 23, 9, 0, tzinfo=VIETNAM)
HOA = Address("telegram", "700001")
BINH = Address("web", "visitor-binh")


@pytest.fixture(params=["memory", "sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[SqlStore]:
    async with AsyncExitStack() as stack:
        if request.param == "memory":
            made: SqlStore = MemoryStore(["webhook"])
        elif request.param == "sqlite":
            made = SqlStore(f"sqlite+aiosqlite:///{tmp_path}/store.db", KeyRing.fresh(), ["webhook"])
        else:
            made = SqlStore(await stack.enter_async_context(postgres_database()), KeyRing.fresh(), ["webhook"])
        stack.push_async_callback(made.close)
        await made.migrate()
        yield made


def talk(**changes: object) -> Conversation:
    fields = {"started_at": AT.isoformat(), "cases": (Case(),)} | changes
    return Conversation(**fields)


def consented(**changes: object) -> Conversation:
    return talk(cases=(Case(consent=AT.isoformat(), consent_version="2026-11"),), **changes)


def draft(lead: str = "VV-AAAAAA", **changes: object) -> LeadDraft:
    fields = {
        "id": lead,
        "case": 1,
        "programme": "water",
        "scheme": "works",
        "truth": "yes",
        "place_kind": "works",
        "commune": {"code": "00268", "name": "Xã Thử", "type": "xã", "province_code": "01", "province": "Hà Nội"},
        "former": None,
        "hamlet": "Thôn Đông",
        "point": "100001",
        "queue": "point",
        "queue_code": "100001",
        "rule": "only",
        "why": Text("routing.only", {"commune": "Xã Thử"}),
        "filed_at": "point",
        "group": "yes",
        "by": "applicant",
        "about": "",
        "consent_at": AT.isoformat(),
        "consent_version": "2026-11",
        "facts": {"area": "rural"},
        "origins": {"area": "said"},
        "amount": 20_000_000,
        "name": "Nguyễn Thị Thử",
        "phone": "+84912345678",
        "contact_hours": "buổi tối",
        "verdict": {"truth": "yes"},
        "created_at": AT.isoformat(),
    } | changes
    return LeadDraft(**fields)


async def commit(
    store: SqlStore, effects=(), *, address=HOA, message="1", conversation=None, says=(), at=AT, pulled=False
):
    async with store.turn(address, at) as unit:
        messages = [Outbound(text=one) for one in says]
        state = conversation or unit.conversation or consented()
        return await unit.commit(state, effects, messages, cause=FromInbound(message), at=at, pulled=pulled)


def inbound_of(address: Address = HOA, message: str = "1") -> Inbound:
    return Inbound(address=address, message_id=message, sent_at=AT.isoformat(), kind="text", text="xin chào")


# --- turns -------------------------------------------------------------------------------------------------------------


async def test_a_talk_comes_back_as_it_was_committed(store: SqlStore) -> None:
    await commit(store, conversation=talk(language="en", flow="screening", flow_data={"programme": "water"}))
    async with store.turn(HOA, AT) as unit:
        assert unit.conversation is not None
        assert unit.conversation.flow == "screening"
        assert unit.conversation.flow_data == {"programme": "water"}
    async with store.turn(BINH, AT) as unit:
        assert unit.conversation is None


async def test_a_message_is_noted_with_the_turn_that_answers_it(store: SqlStore) -> None:
    assert not await store.received(inbound_of())
    await commit(store, says=["Chào anh/chị."])
    assert await store.received(inbound_of())
    assert [message.text for message in await store.answered(inbound_of())] == ["Chào anh/chị."]
    assert not await store.received(inbound_of(BINH))
    with pytest.raises(Repeated):
        await commit(store, says=["Chào lần nữa."])
    assert len(await store.due(AT, 10, "w", ["telegram"])) == 1


async def test_the_second_of_two_turns_at_once_is_stale(store: SqlStore) -> None:
    await commit(store)
    async with store.turn(HOA, AT) as first, store.turn(HOA, AT) as second:
        await first.commit(consented(flow="one"), [], [], cause=FromInbound("2"), at=AT)
        with pytest.raises(Stale):
            await second.commit(consented(flow="two"), [], [Outbound(text="x")], cause=FromInbound("3"), at=AT)
    async with store.turn(HOA, AT) as unit:
        assert unit.conversation is not None and unit.conversation.flow == "one"
    assert not await store.received(inbound_of(message="3"))


async def test_two_first_turns_at_once_make_one_talk(store: SqlStore) -> None:
    async with store.turn(HOA, AT) as first, store.turn(HOA, AT) as second:
        await first.commit(talk(), [], [], cause=FromInbound("1"), at=AT)
        with pytest.raises(Stale):
            await second.commit(talk(), [], [], cause=FromInbound("2"), at=AT)


async def test_nothing_of_a_turn_that_fails_is_kept(store: SqlStore) -> None:
    await commit(store, [Submit(lead=draft())])
    with pytest.raises(Stale):  # the id of the lead is taken
        await commit(store, [Submit(lead=draft(phone="+84900000001"))], message="2", says=["Đã gửi."])
    assert not await store.received(inbound_of(message="2"))
    assert [row.kind for row in await store.due(AT, 10, "w", ["telegram", "webhook"])] == ["lead"]


async def test_before_consent_a_talk_is_gone_a_day_after_it_began(store: SqlStore) -> None:
    late = AT + timedelta(hours=23)
    await commit(store, conversation=talk(flow="screening"))
    await commit(
        store,
        conversation=talk(flow="screening", expires_at=(late + timedelta(hours=24)).isoformat()),
        message="2",
        at=late,
    )
    async with store.turn(HOA, AT + timedelta(hours=24)) as unit:
        assert unit.conversation is None
    # the next talk gets another pseudonym although nobody has swept yet
    again = AT + timedelta(hours=25)
    await commit(store, conversation=talk(started_at=again.isoformat()), message="3", at=again)
    assert "conversations" not in await store.sweep(again)


async def test_after_consent_a_talk_stays_thirty_days(store: SqlStore) -> None:
    await commit(store, conversation=consented())
    async with store.turn(HOA, AT + timedelta(days=29)) as unit:
        assert unit.conversation is not None
    swept = await store.sweep(AT + timedelta(days=31))
    assert swept["conversations"] == 1 and swept["inbound"] == 1


# --- effects -----------------------------------------------------------------------------------------------------------


async def test_a_lead_is_written_with_its_turn_and_forwarded(store: SqlStore) -> None:
    await commit(store, [Submit(lead=draft())], says=["Đã gửi."])
    lead = await store.lead("VV-AAAAAA")
    assert lead is not None
    assert (lead["status"], lead["name"], lead["facts"], lead["province_code"]) == (
        "new",
        "Nguyễn Thị Thử",
        {"area": "rural"},
        "01",
    )
    assert lead["created_at"] == AT and lead["amount"] == 20_000_000
    assert [lead["id"] for lead in await store.leads([("point", "100001")])] == ["VV-AAAAAA"]
    assert await store.leads([("point", "100002")]) == [] and await store.leads([]) == []
    assert await store.count_leads() == {"new": 1}
    rows = await store.due(AT, 10, "w", ["telegram", "webhook"])
    assert [(row.kind, row.channel) for row in rows] == [("lead", "webhook"), ("message", "telegram")]


async def test_the_same_phone_and_programme_twice_is_a_duplicate(store: SqlStore) -> None:
    await commit(store, [Submit(lead=draft())])
    await commit(store, [Submit(lead=draft("VV-BBBBBB"))], message="2")
    await commit(store, [Submit(lead=draft("VV-CCCCCC", programme="jobs"))], message="3")
    again = await store.lead("VV-BBBBBB")
    assert again is not None and (again["status"], again["duplicate_of"]) == ("duplicate", "VV-AAAAAA")
    await commit(store, [Withdraw(lead="VV-AAAAAA")], message="4")
    await commit(store, [Submit(lead=draft("VV-DDDDDD"))], message="5")
    assert await store.count_leads() == {"closed_withdrawn": 1, "duplicate": 1, "new": 2}


async def test_nobody_reaches_the_lead_of_another(store: SqlStore) -> None:
    await commit(store, [Submit(lead=draft())])
    foreign = [
        Withdraw(lead="VV-AAAAAA"),
        RequestChange(lead="VV-AAAAAA", field="phone", value="+84900000002"),
        TellStaff(lead="VV-AAAAAA", text="của tôi"),
        Erase(scope="everything"),
    ]
    await commit(store, foreign, address=BINH, message="1")
    lead = await store.lead("VV-AAAAAA")
    assert lead is not None and lead["status"] == "new" and lead["name"]
    assert await store.change_requests("VV-AAAAAA") == [] and await store.lead_messages("VV-AAAAAA") == []


async def test_words_and_changes_reach_the_lead(store: SqlStore) -> None:
    await commit(store, [Submit(lead=draft())])
    effects = [
        TellStaff(lead="VV-AAAAAA", text="Tôi rảnh chiều mai"),
        RequestChange(lead="VV-AAAAAA", field="amount", value=5),
    ]
    await commit(store, effects, message="2")
    assert [row["text"] for row in await store.lead_messages("VV-AAAAAA")] == ["Tôi rảnh chiều mai"]
    assert [(row["field"], row["value"]) for row in await store.change_requests("VV-AAAAAA")] == [("amount", 5)]


async def test_a_handover_is_opened_once_and_carries_what_is_said(store: SqlStore) -> None:
    asking = HandOver(
        queue="office", queue_code="1001", topic="fees", programme=None, lead=None, known={"area": "rural"}
    )
    await commit(store, [asking, TellStaff(lead=None, text="Có người đòi phí")])
    await commit(store, [asking, TellStaff(lead=None, text="Qua Zalo")], message="2")
    (waiting,) = await store.handovers([("office", "1001")])
    assert waiting["known"] == {"area": "rural"}
    said = await store.handover_messages(waiting["id"])
    assert [row["text"] for row in said] == ["Có người đòi phí", "Qua Zalo"]


async def test_a_reminder_runs_out_once(store: SqlStore) -> None:
    first, later = AT + timedelta(hours=1), AT + timedelta(hours=2)
    await commit(store, [RemindAt(name="draft", at=first.isoformat())])
    await commit(store, [RemindAt(name="draft", at=later.isoformat())], message="2")
    assert await store.due_reminders(first, 10) == []
    (reminder,) = await store.due_reminders(later, 10)
    assert (reminder.address, reminder.name) == (HOA, "draft")
    for outcome in (None, Repeated):
        async with store.turn(HOA, later) as unit:
            cause = FromReminder(reminder.name, reminder.due_at)
            if outcome is None:
                await unit.commit(consented(), [], [], cause=cause, at=later)
            else:
                with pytest.raises(outcome):
                    await unit.commit(consented(), [], [], cause=cause, at=later)
    await commit(store, [RemindAt(name="draft", at=later.isoformat()), RemindAt(name="draft", at=None)], message="3")
    assert await store.due_reminders(later, 10) == []


async def test_the_proof_of_consent_outlives_the_talk(store: SqlStore) -> None:
    await commit(store, [KeepConsent(version="2026-11", given=True, at=AT.isoformat(), case=1)])
    await commit(store, [Erase(scope="everything")], message="2")
    async with store.reading() as connection:
        (proof,) = (await connection.execute(select(consents))).all()
    assert (proof.text_version, proof.given, proof.at) == ("2026-11", True, AT)


# --- erasing -----------------------------------------------------------------------------------------------------------


async def test_erasing_the_talk_leaves_the_lead(store: SqlStore) -> None:
    await commit(store, [Submit(lead=draft()), RemindAt(name="x", at=AT.isoformat())], says=["Đã gửi."])
    await commit(store, [Erase(scope="conversation"), Say(text=Text("x"))], message="2", says=["Đã xóa."])
    async with store.reading() as connection:
        assert (await connection.execute(select(conversations))).all() == []
        assert (await connection.execute(select(reminders))).all() == []
    rows = await store.due(AT, 10, "w", ["telegram"])
    assert [row.payload["text"] for row in rows] == ["Đã xóa."]
    lead = await store.lead("VV-AAAAAA")
    assert lead is not None and lead["status"] == "new" and lead["phone"] == "+84912345678"


async def test_erasing_everything_takes_the_person_out_of_open_leads(store: SqlStore) -> None:
    await commit(store, [Submit(lead=draft()), TellStaff(lead="VV-AAAAAA", text="riêng tư")])
    await commit(store, [Erase(scope="everything")], message="2", says=["Đã xóa."])
    lead = await store.lead("VV-AAAAAA")
    assert lead is not None and lead["status"] == "closed_withdrawn" and lead["erased_at"] == AT
    for column in (
        "name",
        "phone",
        "phone_hash",
        "facts",
        "address",
        "address_hash",
        "hamlet",
        "verdict",
        "conversation",
    ):
        assert lead[column] is None, column
    assert await store.lead_messages("VV-AAAAAA") == []
    assert (lead["commune_code"], lead["programme"]) == ("00268", "water")


async def test_a_lead_whose_papers_were_received_is_not_erased(store: SqlStore) -> None:
    await commit(store, [Submit(lead=draft())])
    for to in ("contacted", "dossier_received"):
        await store.move_lead("VV-AAAAAA", to, who="staff:lan", at=AT)
    await commit(store, [Erase(scope="everything")], message="2")
    lead = await store.lead("VV-AAAAAA")
    assert lead is not None and lead["status"] == "dossier_received" and lead["phone"]


async def test_a_talk_that_still_asks_lives_on_under_another_pseudonym(store: SqlStore) -> None:
    from flows.engine.conversation import Pending

    await commit(store)
    async with store.turn(HOA, AT) as unit:
        before = unit.pseudonym
    asking = talk(pending=Pending(slot="language", token="t", text=Text("welcome.language")))
    await commit(store, [Erase(scope="conversation")], message="2", conversation=asking)
    async with store.turn(HOA, AT) as unit:
        assert unit.conversation is not None and unit.pseudonym != before


# --- staff -------------------------------------------------------------------------------------------------------------


async def make_staff(store: SqlStore) -> int:
    row = {
        "login": "lan",
        "password_hash": "x",
        "name": "Lan",
        "role": "officer",
        "points": [],
        "offices": [],
        "provinces": [],
    }
    async with store.session() as connection:
        return (
            await connection.execute(staff.insert().values(row | {"created_at": AT}).returning(staff.c.id))
        ).scalar_one()


async def test_moves_are_checked_recorded_and_told(store: SqlStore) -> None:
    await commit(store, [Submit(lead=draft())])
    with pytest.raises(MoveRefused):
        await store.move_lead("VV-AAAAAA", "closed_lent", who="staff:lan", at=AT)
    await store.move_lead("VV-AAAAAA", "seen", who="staff:lan", at=AT)
    with pytest.raises(MoveRefused, match="session"):
        await store.move_lead("VV-AAAAAA", "invited", who="staff:lan", at=AT)
    moved = await store.move_lead("VV-AAAAAA", "invited", who="staff:lan", at=AT, session=AT.date())
    assert moved["status"] == "invited"
    with pytest.raises(Changed):
        await store.move_lead("VV-AAAAAA", "contacted", who="staff:lan", at=AT, version=1)
    with pytest.raises(NoSuchLead):
        await store.move_lead("VV-ZZZZZZ", "seen", who="staff:lan", at=AT)
    moves = await store.lead_moves("VV-AAAAAA")
    assert [(move["from_status"], move["to_status"]) for move in moves] == [
        (None, "new"),
        ("new", "seen"),
        ("seen", "invited"),
    ]
    events = [row for row in await store.due(AT, 10, "w", []) if row.kind == "event"]
    assert [row.payload for row in events] == [
        {
            "type": "LeadMoved",
            "at": "",
            "id": "",
            "fresh": "",
            "lead": "VV-AAAAAA",
            "status": "invited",
            "session": "2026-11-23",
        }
    ]


async def test_a_reroute_teaches_the_hamlet(store: SqlStore) -> None:
    """Only a hamlet's plain name, only a point that is listed in that commune, never against the branch's own list."""
    listed = {"name": "Điểm", "office_code": "1", "office_name": "PGD", "province_code": "38", "commune_code": "15298"}
    async with store.session() as connection:
        for code in ("100001", "100002", "100003"):
            await connection.execute(insert(points).values(code=code, status="active", updated_at=AT, **listed))
        told = {"commune_code": "15298", "name": "Thôn 9", "folded": "thon 9", "point": "100001", "source": "import"}
        await connection.execute(insert(hamlets).values(told))
    commune = {"code": "15298", "name": "Xã Lĩnh Toại", "province_code": "38", "province": "Tỉnh Thanh Hóa"}

    async def taught(number: int, hamlet: str, point: str) -> list[tuple[str, str]]:
        lead = draft(id=f"VV-{number:06d}", commune=commune, hamlet=hamlet, phone=f"+8491234{number:04d}")
        await commit(store, [Submit(lead=lead)], message=f"teach-{number}")
        place = {"queue": "point", "queue_code": point, "point": point, "who": "staff:lan", "at": AT, "why": "x"}
        await store.reroute_lead(lead.id, **place)
        async with store.reading() as connection:
            found = await connection.execute(
                select(hamlets.c.folded, hamlets.c.point).where(hamlets.c.source == "reroute")
            )
            return sorted(map(tuple, found))

    assert await taught(1, "Thôn 3", "100002") == [("thon 3", "100002")]
    assert await taught(2, "thon 03", "100003") == [("thon 3", "100003")]  # the newest holds
    assert await taught(3, "nhà ông Ba Tí, cạnh cây đa", "100002") == [("thon 3", "100003")]
    assert await taught(4, "thôn 9", "100002") == [("thon 3", "100003")]  # the branch's list says otherwise
    assert await taught(5, "xóm Chùa", "P-15331") == [("thon 3", "100003")]  # a presumed point is nobody's word


async def test_a_rerouted_lead_is_new_in_another_queue(store: SqlStore) -> None:
    await commit(store, [Submit(lead=draft())])
    await store.move_lead("VV-AAAAAA", "seen", who="staff:lan", at=AT)
    place = {"queue": "point", "queue_code": "100002", "point": "100002", "who": "staff:lan", "at": AT}
    with pytest.raises(MoveRefused, match="reason"):
        await store.reroute_lead("VV-AAAAAA", why=" ", **place)
    await store.reroute_lead("VV-AAAAAA", why="Thôn thuộc điểm khác", **place)
    lead = await store.lead("VV-AAAAAA")
    assert lead is not None and (lead["status"], lead["point"], lead["rule"]) == ("new", "100002", "staff")
    last = (await store.lead_moves("VV-AAAAAA"))[-1]
    assert (last["to_status"], last["from_queue"], last["to_queue"]) == ("rerouted", "point:100001", "point:100002")
    assert last["why"] == "Thôn thuộc điểm khác"


async def test_an_answer_of_staff_waits_for_the_talk(store: SqlStore) -> None:
    lan = await make_staff(store)
    await commit(store, [Submit(lead=draft())])
    await store.reply("VV-AAAAAA", lan, "Mời chị đến sáng thứ Năm", at=AT)
    (row,) = [row for row in await store.due(AT, 10, "w", []) if row.kind == "event"]
    assert row.address == HOA and row.payload["text"] == "Mời chị đến sáng thứ Năm"
    async with store.turn(HOA, AT) as unit:
        said = [Outbound(text="Điểm giao dịch trả lời: …")]
        await unit.commit(consented(), [], said, cause=FromOutbox(row.id, "VV-AAAAAA"), at=AT)
        with pytest.raises(Repeated):
            await unit.commit(consented(), [], said, cause=FromOutbox(row.id), at=AT)
    deliveries = await store.lead_deliveries("VV-AAAAAA")
    assert [(one["kind"], one["state"]) for one in deliveries] == [
        ("lead", "waiting"),
        ("event", "sent"),
        ("message", "waiting"),
    ]


async def test_closing_a_handover_tells_the_talk(store: SqlStore) -> None:
    lan = await make_staff(store)
    await commit(store, [HandOver(queue="office", queue_code="1001", topic="fees", programme=None, lead=None)])
    (waiting,) = await store.handovers()
    await store.reply_handover(waiting["id"], lan, "Chúng tôi xem ngay", at=AT)
    await store.close_handover(waiting["id"], lan, at=AT)
    assert await store.handovers() == []
    first = await store.due(AT, 10, "w", [])
    assert [row.payload["type"] for row in first] == ["StaffReplied"]
    await store.sent(first[0].id, AT)
    assert [row.payload["type"] for row in await store.due(AT, 10, "w", [])] == ["HandoverClosed"]


async def test_the_audit_cannot_be_edited(store: SqlStore) -> None:
    await store.note("staff:lan", "saw", "lead", "VV-AAAAAA", at=AT, details={"fields": ["phone"]})
    for statement in (audit.update().values(who="nobody"), audit.delete()):
        with pytest.raises(DBAPIError, match="append-only"):
            async with store.session() as connection:
                await connection.execute(statement)


# --- outbox ------------------------------------------------------------------------------------------------------------


async def test_messages_of_one_person_leave_in_order(store: SqlStore) -> None:
    await commit(store, says=["một", "hai"])
    await commit(store, address=Address("telegram", "700002"), says=["khác"])
    first = await store.due(AT, 10, "w1", ["telegram"])
    assert [row.payload["text"] for row in first] == ["một", "khác"]
    assert await store.due(AT, 10, "w2", ["telegram"]) == []
    await store.retry(first[0].id, AT + timedelta(seconds=5), "TryAgain")
    await store.sent(first[1].id, AT)
    assert await store.due(AT + timedelta(seconds=4), 10, "w2", ["telegram"]) == []
    (again,) = await store.due(AT + timedelta(seconds=5), 10, "w2", ["telegram"])
    assert (again.key, again.attempts) == (first[0].key, 2)
    await store.sent(again.id, AT)
    assert [row.payload["text"] for row in await store.due(AT + timedelta(seconds=6), 10, "w2", ["telegram"])] == [
        "hai"
    ]


async def test_a_worker_that_died_loses_its_claim(store: SqlStore) -> None:
    await commit(store, says=["một"])
    assert len(await store.due(AT, 10, "dead", ["telegram"])) == 1
    assert await store.due(AT + timedelta(seconds=59), 10, "w", ["telegram"]) == []
    assert len(await store.due(AT + timedelta(seconds=60), 10, "w", ["telegram"])) == 1


async def test_many_workers_claim_each_row_once(store: SqlStore) -> None:
    for person in range(12):
        await commit(store, address=Address("telegram", str(person)), says=["chào"])
    claimed = await asyncio.gather(*(store.due(AT, 4, f"w{worker}", ["telegram"]) for worker in range(4)))
    ids = [row.id for rows in claimed for row in rows]
    left = await store.due(AT, 12, "last", ["telegram"])
    assert (
        sorted(ids + [row.id for row in left]) == sorted(set(ids + [row.id for row in left]))
        and len(ids) + len(left) == 12
    )


async def test_rows_given_up_stay_visible_and_can_be_revived(store: SqlStore) -> None:
    await commit(store, says=["một"])
    (row,) = await store.due(AT, 10, "w", ["telegram"])
    await store.bury(row.id, AT, "PersonGone")
    (dead,) = await store.dead()
    assert (dead["error"], dead["channel"]) == ("PersonGone", "telegram") and "payload" not in dead
    assert await store.backlog(AT) == {"waiting": 0, "dead": 1, "oldest_due_seconds": 0.0}
    assert await store.revive(AT) == 1
    assert len(await store.due(AT, 10, "w", ["telegram"])) == 1


async def test_a_channel_that_pulls_fetches_later_messages(store: SqlStore) -> None:
    ids = await commit(store, address=BINH, says=["một", "hai"], pulled=True)
    assert await store.last_message(BINH) == ids[-1]
    assert await store.due(AT, 10, "w", ["telegram"]) == []
    assert await store.fetch_web(BINH, ids[-1], AT) == []
    await store.say(BINH, Outbound(text="ba"), cause=None, at=AT)
    (later,) = await store.fetch_web(BINH, ids[-1], AT)
    assert later[1].text == "ba"
    assert (await store.backlog(AT))["waiting"] == 0
    assert [message.text for _, message in await store.fetch_web(BINH, 0, AT)] == ["một", "hai", "ba"]


async def test_what_was_said_is_forgotten_once_it_has_arrived(store: SqlStore) -> None:
    await commit(store, address=BINH, says=["một"], pulled=True)
    assert (await store.sweep(AT + timedelta(hours=25)))["outbox"] == 1
    assert await store.fetch_web(BINH, 0, AT) == []


# --- people and keys ---------------------------------------------------------------------------------------------------


async def test_an_invitation_works_once(store: SqlStore) -> None:
    code = await store.invite(await make_staff(store), at=AT, until=AT + timedelta(days=7))
    assert not await store.accept_invitation(HOA, "guess", at=AT)
    assert await store.accept_invitation(HOA, code, at=AT)
    assert not await store.accept_invitation(BINH, code, at=AT)
    async with store.turn(HOA, AT) as unit:
        assert unit.helper
    async with store.turn(BINH, AT) as unit:
        assert not unit.helper


# --- moving to another phone -------------------------------------------------------------------------------------------------

HALF_AN_HOUR = timedelta(minutes=30)
CODE = "K7QM2XPD"


async def offer_code(store: SqlStore, code: str = CODE, *, address=HOA, message="code") -> None:
    offered = OfferCode(code=code, until=(AT + HALF_AN_HOUR).isoformat())
    await commit(store, [offered], address=address, message=message)


async def take_over(store: SqlStore, code: str = CODE, *, at=AT, address=BINH, message="take", farewell=None):
    """What the code opens at this address; it is taken over if it opens anything."""
    async with store.turn(address, at) as unit:
        came = await unit.bring(code, at)
        if came is not None:
            effects, says = [TakeOver(code=code)], [Outbound(text="Mình nói tiếp")]
            await unit.commit(came, effects, says, cause=FromInbound(message), at=at, farewell=farewell)
        return came


async def test_a_code_moves_the_talk_and_all_that_hangs_on_it(store: SqlStore) -> None:
    waiting = HandOver(queue="office", queue_code="1001", topic="x", programme=None, lead=None)
    reminder = RemindAt(name="draft.1", at=(AT + timedelta(days=2)).isoformat())
    await commit(store, [Submit(lead=draft()), waiting, reminder], conversation=consented(flow="screening"), says=["Đã gửi"])
    await store.sent((await store.due(AT, 1, "w", ["telegram"]))[0].id, AT)
    await store.move_lead("VV-AAAAAA", "seen", who="staff:lan", at=AT)
    await store.move_lead("VV-AAAAAA", "contacted", who="staff:lan", at=AT)  # waits to be told
    await offer_code(store)
    came = await take_over(store, farewell=Outbound(text="Đã chuyển"))
    assert came is not None and came.flow == "screening"
    async with store.turn(HOA, AT) as unit:
        assert unit.conversation is None
    async with store.turn(BINH, AT) as unit:
        assert unit.conversation is not None and unit.conversation.flow == "screening"
    lead = await store.lead("VV-AAAAAA")
    assert lead is not None and (lead["channel"], lead["address"]) == (BINH.channel, BINH.key)
    assert (await store.handovers([("office", "1001")]))[0]["address"] == BINH.key
    (due,) = await store.due_reminders(AT + timedelta(days=2), 10)
    assert due.address == BINH
    rows = await store.due(AT, 10, "w", ["telegram", "web"])
    assert {(row.kind, row.address) for row in rows if row.kind == "event"} == {("event", BINH)}
    assert [row.payload["text"] for row in rows if row.address == HOA] == ["Đã chuyển"], "the old phone is told, nothing else is left"


async def test_a_code_works_once(store: SqlStore) -> None:
    await offer_code(store)
    assert await take_over(store) is not None
    assert await take_over(store, address=Address("web", "visitor-cuc"), message="again") is None


async def test_of_two_who_type_it_at_once_one_gets_the_talk(store: SqlStore) -> None:
    await offer_code(store)

    async def tries(name: str) -> bool:
        try:
            return await take_over(store, address=Address("web", name), message=name) is not None
        except Stale:
            return False

    assert sorted(await asyncio.gather(*(tries(f"visitor-{number}") for number in range(4)))) == [False, False, False, True]


@pytest.mark.parametrize("late", [HALF_AN_HOUR, timedelta(days=2)])
async def test_after_half_an_hour_a_code_opens_nothing(store: SqlStore, late: timedelta) -> None:
    await offer_code(store)
    assert await take_over(store, at=AT + late) is None
    assert await take_over(store, at=AT + HALF_AN_HOUR - timedelta(seconds=1)) is not None


async def test_a_new_code_voids_the_one_before(store: SqlStore) -> None:
    await offer_code(store)
    await offer_code(store, "AAAA2222", message="code-2")
    assert await take_over(store) is None
    assert await take_over(store, "AAAA2222") is not None


async def test_a_code_opens_nothing_for_the_talk_that_gave_it_and_stays_good(store: SqlStore) -> None:
    await offer_code(store)
    assert await take_over(store, address=HOA) is None
    assert await take_over(store) is not None


async def test_a_talk_that_changed_meanwhile_is_looked_at_again(store: SqlStore) -> None:
    await offer_code(store)
    async with store.turn(BINH, AT) as unit:
        came = await unit.bring(CODE, AT)
        await commit(store, conversation=consented(flow="pre_application"), message="meanwhile")
        with pytest.raises(Stale):
            await unit.commit(came, [TakeOver(code=CODE)], [], cause=FromInbound("take"), at=AT)
    again = await take_over(store)
    assert again is not None and again.flow == "pre_application"


async def test_what_stood_at_the_new_address_goes(store: SqlStore) -> None:
    await commit(store, address=BINH, conversation=talk(flow="welcome"), message="hello")
    await offer_code(store)
    await take_over(store)
    async with store.reading() as connection:
        assert len((await connection.execute(select(conversations))).all()) == 1


async def test_a_code_is_kept_as_a_hash_and_goes_with_its_talk_and_its_time(store: SqlStore) -> None:
    await offer_code(store)
    async with store.reading() as connection:
        (kept,) = (await connection.execute(select(talk_codes))).all()
    assert CODE not in str(kept) and kept.code_hash == store.ring.hash("talk_code", CODE)
    assert (await store.sweep(AT + HALF_AN_HOUR)).get("talk_codes") == 1
    await offer_code(store, message="code-2")
    await commit(store, [Erase(scope="everything")], message="erase")
    assert await take_over(store) is None
    async with store.reading() as connection:
        assert (await connection.execute(select(talk_codes))).all() == []


async def test_a_handover_that_nobody_closed_is_forgotten_in_time(store: SqlStore) -> None:
    asking = HandOver(queue="office", queue_code="1001", topic="x", programme=None, lead=None, known={"area": "rural"})
    await commit(store, [asking, TellStaff(lead=None, text="Có ai không")])
    assert "handovers" not in await store.sweep(AT + timedelta(days=29))
    await commit(store, [TellStaff(lead=None, text="Còn đó không")], message="2", at=AT + timedelta(days=20))
    assert "handovers" not in await store.sweep(AT + timedelta(days=49)), "they still write"
    swept = await store.sweep(AT + timedelta(days=51))
    assert (swept["handovers"], swept["handover_messages"]) == (1, 2)


async def test_waits_of_one_name_can_be_asked_for_alone(store: SqlStore) -> None:
    waits = [RemindAt(name=name, at=AT.isoformat()) for name in ("draft.1", "handover", "session.1")]
    await commit(store, waits)
    assert [one.name for one in await store.due_reminders(AT, 10, ["handover"])] == ["handover"]
    assert len(await store.due_reminders(AT, 10)) == 3


async def test_personal_data_is_unreadable_in_the_database(store: SqlStore) -> None:
    says = ["Cảm ơn chị Nguyễn Thị Thử"]
    await commit(store, [Submit(lead=draft()), TellStaff(lead="VV-AAAAAA", text="riêng tư")], says=says)
    plain: list[str] = []
    async with store.reading() as connection:
        for table in (leads, outbox, conversations):
            for row in await connection.execute(text(f"SELECT * FROM {table.name}")):
                plain += [
                    bytes(value).decode("latin-1") if isinstance(value, bytes | memoryview) else str(value)
                    for value in row
                ]
        messages = await connection.execute(text("SELECT text FROM lead_messages"))
        plain += [bytes(value).decode("latin-1") for (value,) in messages]
    for secret in ("Thử", "912345678", HOA.key, "Thôn Đông", "buổi tối", "riêng tư", "rural", "20000000"):
        for encoded in (secret, secret.encode().decode("latin-1")):
            assert not any(encoded in value for value in plain if "Xã" not in value), secret


async def test_other_keys_are_refused(store: SqlStore) -> None:
    await store.check_keys()
    await store.check_keys()
    store.ring = KeyRing.fresh()
    with pytest.raises(WrongKeys):
        await store.check_keys()


async def test_rows_are_sealed_anew_after_a_rotation(store: SqlStore) -> None:
    old, new, hash_key = b"o" * 32, b"n" * 32, b"h" * 32
    rings = [
        KeyRing({"k1": old}, "k1", hash_key),
        KeyRing({"k2": new, "k1": old}, "k2", hash_key),
        KeyRing({"k2": new}, "k2", hash_key),
    ]
    store.ring = store.engine.dialect.key_ring = rings[0]
    await commit(store, [Submit(lead=draft()), TellStaff(lead="VV-AAAAAA", text="riêng tư")], says=["Đã gửi."])
    assert await store.sealed_with_old_keys() == 0
    store.ring = store.engine.dialect.key_ring = rings[1]
    waiting = await store.sealed_with_old_keys()
    assert waiting >= 5
    assert await store.reseal() == waiting
    assert (await store.sealed_with_old_keys(), await store.reseal()) == (0, 0)
    store.ring = store.engine.dialect.key_ring = rings[2]
    lead = await store.lead("VV-AAAAAA")
    assert lead is not None and lead["name"] == "Nguyễn Thị Thử"
    assert [row["text"] for row in await store.lead_messages("VV-AAAAAA")] == ["riêng tư"]


async def test_a_state_nobody_can_read_any_more_starts_anew(store: SqlStore) -> None:
    await commit(store)
    async with store.session() as connection:
        await connection.execute(conversations.update().values(state='{"cases": 7}'))
    async with store.turn(HOA, AT) as unit:
        assert unit.conversation is None
        await unit.commit(talk(flow="welcome"), [], [], cause=FromInbound("9"), at=AT)
    async with store.turn(HOA, AT) as unit:
        assert unit.conversation is not None and unit.conversation.flow == "welcome"


def test_a_draft_is_plain_data() -> None:
    assert msgspec.convert(msgspec.to_builtins(draft()), LeadDraft) == draft()


async def test_the_reason_of_the_routing_keeps_the_hamlet_sealed_and_goes_with_it(store: SqlStore) -> None:
    reason = Text("route.place", {"hamlet": "Thôn Đông", "story": Text("route.unknown")})
    await commit(store, [Submit(lead=draft(why=reason))])
    lead = await store.lead("VV-AAAAAA")
    assert lead is not None and lead["why"]["values"]["hamlet"] == "Thôn Đông"
    async with store.reading() as connection:
        stored = (await connection.execute(text("SELECT * FROM leads"))).one()
    assert "route.place" not in "".join(str(value) for value in stored if not isinstance(value, bytes))
    await commit(store, [Erase(scope="everything")], message="2")
    lead = await store.lead("VV-AAAAAA")
    assert lead is not None and lead["why"] is None


async def test_after_a_sweep_not_even_the_sealed_bytes_of_an_erased_person_are_in_the_file(tmp_path: Path) -> None:
    store = SqlStore(f"sqlite+aiosqlite:///{tmp_path}/s.db", KeyRing.fresh())
    await store.migrate()
    await commit(store, [Submit(lead=draft())])
    async with store.reading() as connection:
        (sealed,) = (await connection.execute(text("SELECT name FROM leads"))).one()
    await store.sweep(AT)
    await commit(store, [Erase(scope="everything")], message="2")
    assert any(sealed in file.read_bytes() for file in tmp_path.iterdir())
    await store.sweep(AT)
    assert not any(sealed in file.read_bytes() for file in tmp_path.iterdir())
    await store.close()
