"""Withdrawing: takes back a registration that was sent. Asked once more, because it can't be undone; staff are told."""

from __future__ import annotations

import msgspec

from flows.engine import press
from flows.engine.conversation import LeadNote
from flows.engine.effects import Choice, Withdraw
from flows.engine.flow import Flow, Given, Question
from flows.engine.scene import CLOSED, Scene, choice
from flows.engine.text import Text

FLOW_ID = "withdrawing"


def open_leads(scene: Scene) -> dict[str, LeadNote]:
    """The registrations of this case that can still be taken back."""
    return {lead: note for lead, note in scene.case.leads.items() if note.status not in CLOSED}


def begin(scene: Scene) -> bool:
    """Ask whether to take back what was sent; False if nothing is open."""
    if not open_leads(scene):
        return False
    scene.enter(FLOW_ID)
    return True


def stop_sending(scene: Scene) -> bool:
    """ "Khoan, đừng gửi": yes where taking back is asked; a draft is left as it is; what was sent may be taken back."""
    from flows.actions import UNDER_WAY  # which lists this flow, too

    pending = scene.conversation.pending
    if pending is not None and pending.slot in {SURE.slot, "unconsent"}:
        press.answer(scene, Given(picked="yes"))
        return True
    if scene.conversation.flow in UNDER_WAY:
        press.act(scene, "cancel")
        return True
    return begin(scene)


def act(scene: Scene, argument: str) -> None:
    """The button `do=withdraw`."""
    if not begin(scene):
        scene.say("withdraw.none")
        scene.enter("programme_info" if scene.programme else "welcome")


def _which_choices(scene: Scene) -> tuple[Choice, ...]:
    leads = tuple(
        choice("lead", lead, "withdraw.one", lead=lead, loan=Text(f"programme.{note.programme}.short"))
        for lead, note in open_leads(scene).items()
    )
    return (*leads, choice("lead", "keep", "withdraw.keep"))


def _take_which(scene: Scene, given: Given) -> bool:
    if given.picked != "keep" and given.picked not in open_leads(scene):
        return False
    scene.set_data(lead=given.picked, sure=given.picked == "keep")
    return True


WHICH = Question(
    slot="lead",
    text=lambda scene: Text("withdraw.which"),
    take=_take_which,
    needed=lambda scene: len(open_leads(scene)) > 1 and not scene.data("lead"),
    choices=_which_choices,
    expects="choice",
)


def _lead(scene: Scene) -> str:
    return scene.data("lead") or next(iter(open_leads(scene)), "")


def _take_sure(scene: Scene, given: Given) -> bool:
    word = given.picked or {True: "yes", False: "no"}.get(given.answer if isinstance(given.answer, bool) else None)
    if word not in {"yes", "no"}:
        return False
    lead = _lead(scene)
    if word == "yes" and lead in open_leads(scene):
        scene.do(Withdraw(lead=lead))
        note = msgspec.structs.replace(scene.case.leads[lead], status="closed_withdrawn")
        scene.change_case(leads={**scene.case.leads, lead: note})
        scene.say("withdraw.done", lead=lead)
    else:
        scene.say("withdraw.kept")
    scene.set_data(sure=True)
    return True


SURE = Question(
    slot="withdraw",
    text=lambda scene: Text("withdraw.ask", {"lead": _lead(scene)}),
    take=_take_sure,
    needed=lambda scene: not scene.data("sure"),
    choices=lambda scene: (choice("withdraw", "yes", "withdraw.yes"), choice("withdraw", "no", "withdraw.keep")),
    expects="choice",
)


def _next_question(scene: Scene) -> Question | None:
    return next((question for question in (WHICH, SURE) if question.needed(scene)), None)


def _find(scene: Scene, slot: str) -> Question | None:
    return {WHICH.slot: WHICH, SURE.slot: SURE}.get(slot)


def _finish(scene: Scene) -> None:
    scene.enter("programme_info" if scene.programme else "welcome")


FLOW = Flow(FLOW_ID, _next_question, _finish, _find, (WHICH, SURE))
