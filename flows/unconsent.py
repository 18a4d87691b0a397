"""Taking consent back: the draft is erased, staff are told to stop on what was sent. What was done before stands.

Law: Luật 91/2025/QH15, Điều 10. For the matter at hand; everything at once is erased in `my_data`.
"""

from __future__ import annotations

import msgspec

from flows import draft_reminder
from flows.consent import DECLINED, VERSION
from flows.engine.conversation import Case
from flows.engine.effects import KeepConsent, Withdraw
from flows.engine.flow import Flow, Given, Question
from flows.engine.scene import Scene, choice
from flows.engine.text import Text

FLOW_ID = "unconsent"
TAKEN_BACK = frozenset({"new", "seen", "contacted", "invited", "rerouted"})  # nothing on paper yet
KEPT = frozenset({"dossier_received", "closed_lent", "closed_not_eligible"})  # the bank's own file by then
DAYS = "data_withdraw_days"


def given(scene: Scene) -> bool:
    """Whether there is a consent to take back."""
    return scene.case.consent is not None


def holds(case: Case, sent: bool = True) -> bool:
    """Whether anything is kept that the person told, or (`sent`) a registration."""
    slots = {name for name, value in case.slots.items() if value} - {DECLINED}
    return bool(case.facts or slots or case.place or (sent and case.leads))


def open_leads(scene: Scene) -> list[str]:
    """What was sent and can still be stopped."""
    return [lead for lead, note in scene.case.leads.items() if note.status in TAKEN_BACK]


def begin(scene: Scene) -> None:
    """Say what it means and ask once more; where nothing was agreed to, say so, and offer to forget what was told."""
    if given(scene) or holds(scene.case, sent=False):
        scene.enter(FLOW_ID)
        return
    if scene.case.leads:
        scene.say(scene.asking("unconsent.sent_before", leads=", ".join(scene.case.leads)))
        scene.enter("programme_info" if scene.programme else "welcome")
        return
    scene.say(scene.asking("unconsent.nothing"))
    scene.enter("welcome", person=True)


def _text(scene: Scene) -> Text:
    if not given(scene):
        return scene.asking("unconsent.ask_told")
    days = scene.book.parameters[DAYS].on(scene.on)
    if open_leads(scene) and days is not None:
        return scene.asking("unconsent.ask_lead", days=int(days.value), law=days.source.citation)
    return scene.asking("unconsent.ask")


def _take(scene: Scene, answered: Given) -> bool:
    said = answered.answer if isinstance(answered.answer, bool) else None
    word = answered.picked or {True: "yes", False: "no"}.get(said)
    if word == "yes":
        take_back(scene)
    elif word == "no":
        scene.say("data.kept")
    else:
        return False
    scene.set_data(settled=True)
    return True


def take_back(scene: Scene) -> None:
    """Stop what was sent, keep the proof, forget the draft. What the lead became stays known, so that it can be asked."""
    stopped, before = open_leads(scene), scene.case
    for lead in stopped:
        scene.do(Withdraw(lead=lead))
    if given(scene):
        scene.do(KeepConsent(version=VERSION, given=False, at=scene.event.at, case=before.id))
    draft_reminder.sent(scene)
    notes = {
        lead: msgspec.structs.replace(note, status="closed_withdrawn") if lead in stopped else note
        for lead, note in before.leads.items()
    }
    scene.change_case(
        facts={}, slots={}, place=None, asked=(), consent=None, consent_version=None, programme=None, scheme=None, leads=notes
    )
    if any(note.status in KEPT for note in notes.values()):
        scene.say(scene.asking("unconsent.done_dossier"))
    elif notes and not stopped:
        scene.say(scene.asking("unconsent.done_before", leads=", ".join(notes)))
    else:
        scene.say(scene.asking("unconsent.done_lead" if stopped else "unconsent.done"))


SURE = Question(
    slot="unconsent",
    text=_text,
    take=_take,
    needed=lambda scene: not scene.data("settled"),
    choices=lambda scene: (
        choice("unconsent", "yes", "unconsent.yes" if given(scene) else "erase.yes"),
        choice("unconsent", "no", "data.keep"),
    ),
    expects="choice",
)


def _next_question(scene: Scene) -> Question | None:
    return SURE if SURE.needed(scene) else None


def _find(scene: Scene, slot: str) -> Question | None:
    return SURE if slot == SURE.slot else None


def _finish(scene: Scene) -> None:
    scene.enter("programme_info" if scene.programme else "welcome")


FLOW = Flow(FLOW_ID, _next_question, _finish, _find, (SURE,))
