"""A pre-application that was begun and not sent: what it still lacks, and the one line that says where we were.

Reminding of it is `draft_reminder.py`; taking it to another phone is `moving.py`.
"""

from __future__ import annotations

import re
from datetime import timedelta

from flows.discretion import is_discreet
from flows.engine.effects import Choice, Say
from flows.engine.events import ChoicePicked
from flows.engine.flow import Flow, in_order, what_next
from flows.engine.press import act
from flows.engine.scene import Scene, choice
from flows.engine.text import Joined, Text, Value
from flows.plain_words import bare

FLOW_ID = "draft"
BEGUN = "draft"  # the slot that holds the programme of a pre-application which was begun
PAUSE = timedelta(minutes=30)  # after a longer silence people have forgotten what was asked last
NAMED_AT_MOST = 3  # missing things told by name
NAMED = ("scheme", "residence", "group", "loan_amount", "name", "phone", "contact_hours")
GO_ON_WORDS = re.compile(r"^(?:cho (?:toi|em|minh) |toi muon |em muon |gio )?(?:(?:lam|dien|dang ky) tiep|tiep tuc)(?: (?:di|nhe|dang ky|dang do))*$|^(?:go on|continue)$")
FORMS = frozenset({"pre_application", "screening"})  # flows whose open question is worth a line of its own


def mark_begun(scene: Scene) -> None:
    """A pre-application is being filled in, with consent."""
    if scene.slot(BEGUN) != scene.programme:
        scene.set_slot(BEGUN, scene.programme)


def unfinished(scene: Scene) -> str | None:
    """The programme of the draft of the case at hand, or None."""
    programme = scene.slot(BEGUN)
    if scene.case.consent is None or programme not in scene.book.programmes or scene.open_lead(programme):
        return None
    return str(programme)


def missing(scene: Scene) -> tuple[str, ...]:
    """What the draft of the programme at hand still lacks, by name; "facts" stands for all questions on conditions."""
    from flows import pre_application  # it marks drafts itself

    programme = scene.programme or ""
    needed = [question.slot for question in pre_application.QUESTIONS if question.needed(scene)]
    asks_facts = not pre_application.asks_no_more(scene, programme)
    # A fact of its own in the form (the kind of works) decides no verdict, and is asked all the same.
    facts = ("facts",) if asks_facts or any(name in scene.book.facts and name not in NAMED for name in needed) else ()
    return (*facts, *(name for name in NAMED if name in needed))


def where(scene: Scene) -> Text:
    """ "Lần trước mình đang làm đăng ký vay nước sạch, còn thiếu số điện thoại." """
    flow, draft = scene.conversation.flow, unfinished(scene)
    quiet = is_discreet(scene.conversation, scene.book)
    if draft is not None and flow != "screening":
        return _where_in_the_form(scene, draft, quiet)
    if flow == "screening" and not quiet:
        programmes = scene.data("programmes") or ()
        if len(programmes) == 1:
            return Text("resume.where.screening", {"loan": loan(scene, programmes[0])})
        return Text("resume.where.screening_all")
    return Text("resume.where.other")


def _where_in_the_form(scene: Scene, draft: str, quiet: bool) -> Text:
    if scene.programme != draft:
        return Text("resume.where.other") if quiet else Text("resume.where.form", {"loan": loan(scene, draft)})
    lacks = missing(scene)
    of: dict[str, Value] = {} if quiet else {"loan": loan(scene, draft)}
    told: dict[str, Value] = {"missing": named(lacks)} if lacks else {}
    return Text(f"resume.where.{'quiet' if quiet else 'form'}_{'lacks' if lacks else 'complete'}", {**of, **told})


def named(lacks: tuple[str, ...]) -> Joined:
    """Missing things as they are said: at most three by name, the rest as a number."""
    kept = lacks if len(lacks) <= NAMED_AT_MOST else lacks[: NAMED_AT_MOST - 1]
    names: list[Value] = [Text(f"resume.missing.{name}") for name in kept]
    if len(lacks) > len(kept):
        names.append(Text("resume.missing.more", {"count": len(lacks) - len(kept)}))
    return Joined(tuple(names), "list")


def loan(scene: Scene, programme: str) -> Text:
    """The loan within a sentence, and whose it is."""
    name = Text(f"resume.loan.{programme}")
    return Text("resume.loan_about", {"loan": name, "about": scene.case.about}) if scene.case.about else name


# --- coming back ------------------------------------------------------------------------------------------------------------


def opened_again(scene: Scene, elsewhere: bool = False) -> bool:
    """The chat was opened anew: say where we were and ask that again, or offer to go on with the draft. `elsewhere`: on another
    phone, where the screen shows nothing of it. False: nothing was begun."""
    pending = scene.conversation.pending
    if pending is not None and pending.slot not in {"menu", "next"}:
        if scene.silent_for < PAUSE and not elsewhere:
            scene.say("welcome.back")
        else:
            _say_where(scene)
        return True
    return offer(scene)


def asked(scene: Scene, text: str) -> bool:
    """ "Làm tiếp nhé": to the draft, wherever the talk had gone meanwhile."""
    draft = unfinished(scene)
    if draft is None or scene.conversation.flow == "pre_application" or not GO_ON_WORDS.search(bare(text)):
        return False
    act(scene, f"apply:{draft}")
    return True


def greeted(scene: Scene) -> bool:
    """A greeting after a silence is a coming back, too."""
    return scene.silent_for >= PAUSE and offer(scene)


def offer(scene: Scene) -> bool:
    """Say where we were, and ask whether to go on; False without a draft."""
    if unfinished(scene) is None:
        return False
    scene.say(where(scene))
    scene.enter(FLOW_ID)
    return True


def _say_where(scene: Scene) -> None:
    scene.say(where(scene))
    scene.change(pending=None)  # asked in full


def remind_where(scene: Scene, flow: str | None, case: int) -> None:
    """Somebody goes on after a silence as if nothing was: first say where we were. `flow`, `case`: as the turn found them."""
    here = scene.conversation
    button = isinstance(scene.event, ChoicePicked) and scene.event.choice.startswith("do=")  # knows what it wants
    same = flow in FORMS and here.flow == flow and here.active == case and not button
    if same and scene.silent_for >= PAUSE and not any(_says_where(effect) for effect in scene.effects):
        scene.effects.insert(0, Say(text=where(scene)))
        if not scene.has_asked:  # what is asked next is asked in full: nobody remembers "just now"
            scene.change(pending=None)


def _says_where(effect: object) -> bool:
    return isinstance(effect, Say) and effect.text.key.startswith("resume.")


def _choices(scene: Scene) -> tuple[Choice, ...]:
    from flows import draft_reminder

    draft = unfinished(scene)
    go_on = (choice("do", f"apply:{draft}", "resume.go_on"),) if draft else ()
    later = (choice("do", "remind_draft:on", "draft.remind.yes"),) if draft and draft_reminder.may_offer(scene) else ()
    return (*go_on, *later, choice("do", "menu", "resume.something_else"), choice("do", "data", "choice.data"))


GO_ON = what_next(lambda scene: Text("resume.ask"), _choices)

FLOW: Flow = in_order(FLOW_ID, (GO_ON,), lambda scene: scene.leave())
