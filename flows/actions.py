"""What a "do=…" button may stand for, written out: name -> what it does with its argument. No button does anything else."""

from __future__ import annotations

from collections.abc import Callable

from flows import (
    calculating,
    care,
    correcting,
    discretion,
    draft_reminder,
    handover,
    lead_status,
    moving,
    my_data,
    pre_application,
    programme_info,
    scam,
    screening,
    several,
    unconsent,
    visit,
    volunteering,
    welcome,
    withdrawing,
)
from flows.documents import checklist
from flows.eligibility.assess import assess
from flows.eligibility.planner import open_facts
from flows.engine.press import pending_question
from flows.engine.scene import Scene
from flows.engine.text import Joined, Text
from flows.fact_question import DECLINED

UNDER_WAY = frozenset({"screening", "pre_application", "handover", "correcting", "calculating"})
Action = Callable[[Scene, str], None]


def _menu(scene: Scene, argument: str) -> None:
    scene.change_case(programme=None)
    scene.enter("welcome")


def _programme(scene: Scene, programme: str) -> None:
    if programme in scene.book.programmes:
        welcome.take_up_programme(scene, programme)


def _screen(scene: Scene, programme: str) -> None:
    if programme == "all":
        scene.change_case(programme=None)
        scene.enter("screening")
    elif programme in scene.book.programmes:
        _take(scene, programme)
        _say_begin(scene, programme)
        scene.enter("screening", programmes=[programme])


def _apply(scene: Scene, programme: str) -> None:
    if programme == "all":
        _screen(scene, "all")
        return
    if programme not in scene.book.programmes:
        return
    _take(scene, programme)
    lead = scene.open_lead(programme)
    if lead is not None:
        scene.say("apply.already", lead=lead)
        lead_status.say_status(scene)
    elif programme_info.screened(scene, programme) and not _refused(scene, programme):
        scene.enter("pre_application")
    else:
        _say_begin(scene, programme)
        scene.enter("screening", programmes=[programme], then="apply")


def _refused(scene: Scene, programme: str) -> bool:
    return assess(programme, scene.known, scene.on, scene.book).truth == "no"


def _apply_anyway(scene: Scene, programme: str) -> None:
    """Sent although the verdict is no, at the person's wish; the lead is marked so."""
    if programme in scene.book.programmes:
        _take(scene, programme)
        scene.enter("pre_application")


def _say_begin(scene: Scene, programme: str) -> None:
    """Say once that a few short questions follow."""
    if programme not in (scene.data("programmes") or ()) and not programme_info.screened(scene, programme):
        scene.say("screening.begin", programme=Text(f"programme.{programme}.name"))


def _take(scene: Scene, programme: str) -> None:
    sent = [note.programme for note in scene.case.leads.values()]
    before = scene.programme or (sent[-1] if sent else programme)
    if before != programme and scene.conversation.flow != "calculating":
        scene.forget_fact("loan_amount")  # what was wanted of one loan is not wanted of the next
    if scene.programme != programme:
        scene.change_case(programme=programme, scheme=None)


def _topic(scene: Scene, argument: str) -> None:
    topic, _, programme = argument.partition(":")
    if programme in scene.book.programmes:
        _take(scene, programme)
    if topic == "calculator":
        calculating.begin(scene)
        return
    if topic in programme_info.GENERAL:
        programme_info.tell(scene, None, topic)
    elif scene.programme:
        programme_info.tell(scene, scene.programme, topic)
    else:
        scene.enter("welcome", then=f"topic:{topic}")
        return
    told = scene.data("told")
    if scene.conversation.flow in {None, "", "welcome", "programme_info"}:
        scene.enter("programme_info", **({"told": told} if told else {}))


def _documents(scene: Scene, programme: str) -> None:
    if programme in scene.book.programmes:
        _take(scene, programme)
    if scene.programme is None:
        scene.enter("welcome", then="documents")
        return
    papers = checklist(scene.programme, scene.case.scheme, scene.known, scene.on, scene.book)
    scene.say("documents.list", papers=Joined(tuple(paper.text for paper in papers), "bullets"))
    scene.enter("programme_info", told=f"documents:{scene.programme}")


def _law(scene: Scene, argument: str) -> None:
    programme_info.say_law(scene, argument)


def _others(scene: Scene, argument: str) -> None:
    scene.change_case(programme=None)
    scene.enter("screening")


def _why(scene: Scene, argument: str) -> None:
    question = pending_question(scene)
    reason = question.why(scene) if question is not None else None
    scene.say(reason if reason is not None else Text("why.general"))


def _skip(scene: Scene, argument: str) -> None:
    pending = scene.conversation.pending
    if pending is None:
        return
    if pending.slot in scene.book.facts:
        scene.set_fact(pending.slot, None, "chosen", DECLINED)
        scene.change(pending=None)
        return
    question = pending_question(scene)
    from flows.engine.flow import Given

    if question is not None and question.take(scene, Given(declined=True, unsure=True)):
        scene.change(pending=None)
    else:
        scene.say("skip.not_possible")


def _is_answered(scene: Scene, slot: str) -> bool:
    place = scene.case.place
    within = {"former": place is not None and place.former, "hamlet": place is not None and place.hamlet}
    return bool(slot in scene.case.facts or scene.slot(slot) or slot == "residence" or within.get(slot))


def _back(scene: Scene, argument: str) -> None:
    """Ask the question before this one again."""
    pending = scene.conversation.pending
    asked = [slot for slot in scene.case.asked if pending is None or slot != pending.slot]
    last = next((slot for slot in reversed(asked) if _is_answered(scene, slot)), None)
    if last is None or (last == "residence" and scene.case.place is None):
        scene.say("back.nowhere")
        return
    correcting.forget(scene, last)
    scene.change_case(asked=tuple(slot for slot in scene.case.asked if slot != last))
    scene.change(pending=None)
    scene.say("back.done")
    if scene.conversation.flow not in {"screening", "pre_application"} and scene.programme:
        scene.enter("screening", programmes=[scene.programme])


def _cancel(scene: Scene, argument: str) -> None:
    """Stop what is being done; with nothing under way, what was sent may be meant."""
    if scene.conversation.flow in UNDER_WAY:
        scene.say("cancel.done" if not withdrawing.open_leads(scene) else "cancel.this")
    elif withdrawing.begin(scene):
        return
    else:
        scene.say("cancel.nothing")
    if not draft_reminder.offer(scene):
        scene.enter("welcome")


def _human(scene: Scene, argument: str) -> None:
    handover.begin(scene)


def _status(scene: Scene, argument: str) -> None:
    lead_status.say_status(scene)


def _data(scene: Scene, argument: str) -> None:
    my_data.begin(scene)


def _resend(scene: Scene, argument: str) -> None:
    """Send once more: what was sent already is not sent twice; another loan may be."""
    sent = withdrawing.open_leads(scene)
    own = [lead for lead, note in sent.items() if note.programme == scene.programme]
    if sent:
        scene.say("apply.already", lead=(own or list(sent))[-1])
        scene.enter("programme_info", after="again")
    elif scene.programme:
        _apply(scene, scene.programme)
    else:
        scene.say("apply.nothing_sent")
        scene.enter("welcome", then="apply")


def _erase(scene: Scene, argument: str) -> None:
    my_data.begin_erasing(scene)


def _unconsent(scene: Scene, argument: str) -> None:
    unconsent.begin(scene)


def _language(scene: Scene, language: str) -> None:
    if language in {"vi", "en"}:
        scene.change(language=language)
        scene.say("language.changed")
        if scene.conversation.pending is None or scene.conversation.flow is None:
            scene.enter("welcome")


def _about(scene: Scene, words: str) -> None:
    volunteering.begin_about(scene, words)


def _self(scene: Scene, argument: str) -> None:
    volunteering.back_to_self(scene)


def _left(scene: Scene, argument: str) -> None:
    """How many questions may still come, at most."""
    flow = scene.conversation.flow
    facts = open_facts(screening.programmes_of(scene), scene.known, scene.on, scene.book) if scene.programme else ()
    asked = [fact for fact in facts if scene.book.facts[fact].asked and fact not in scene.unanswerable]
    more = sum(question.needed(scene) for question in pre_application.QUESTIONS) if flow == "pre_application" else 0
    count = len(asked) + more
    if count:
        scene.say("left.at_most", count=count)
    else:
        scene.say("left.none")


def _cases(scene: Scene, argument: str) -> None:
    scene.enter("volunteering")


def _mend(scene: Scene, argument: str) -> None:
    if correcting.told(scene):
        correcting.begin(scene)
    else:
        scene.say("data.nothing")


ACTIONS: dict[str, Action] = {
    "calculate": calculating.act,
    "compare": several.act_compare,
    "hide": discretion.hide,
    "news": discretion.show,
    "move": moving.give_code,
    "harmed": scam.act_harmed,
    "report_scam": scam.act_report,
    "remind_draft": draft_reminder.act,
    "withdraw": withdrawing.act,
    "menu": _menu,
    "programme": _programme,
    "screen": _screen,
    "apply": _apply,
    "apply_anyway": _apply_anyway,
    "topic": _topic,
    "documents": _documents,
    "law": _law,
    "others": _others,
    "why": _why,
    "skip": _skip,
    "back": _back,
    "cancel": _cancel,
    "human": _human,
    "status": _status,
    "despair": care.despair,
    "beaten": care.beaten,
    "data": _data,
    "unconsent": _unconsent,
    "erase": _erase,
    "resend": _resend,
    "language": _language,
    "about": _about,
    "cases": _cases,
    "case": volunteering.take_up,
    "self": _self,
    "left": _left,
    "mend": _mend,
    "visit": visit.begin,
    "remind": visit.remind,
}
