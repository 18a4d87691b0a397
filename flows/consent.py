"""Consent: what we would keep, for what, how long and who sees it; asked before anything is collected or forwarded.

Two equal answers, none pre-chosen; a no keeps general information working. For somebody else, in words about them.
"""

from __future__ import annotations

from flows.engine.effects import KeepConsent
from flows.engine.flow import Given, Question
from flows.engine.scene import Scene, choice
from flows.engine.text import Text
from flows.place_question import place_kind

VERSION = "2026-11-26.1"
DECLINED = "consent_declined"  # the slot that remembers a no: who and where is not kept from then on
WORDS_YES, WORDS_NO = "yes", "no"


def _text(scene: Scene) -> Text:
    talk = "_talk" if scene.conversation.flow == "handover" else ""
    private = Text(f"consent.private.{scene.programme}", otherwise="consent.private.none")
    where = scene.asking(f"consent.where.{place_kind(scene)}")
    told = {} if talk else {"private": private, "where": where}
    if scene.case.about:
        return Text(f"consent.ask{talk}_about", {"about": scene.case.about, **told})
    return Text(f"consent.ask{talk}", told)


def _take(scene: Scene, given: Given) -> bool:
    word = given.picked
    if word is None and isinstance(given.answer, bool):
        word = WORDS_YES if given.answer else WORDS_NO
    if word not in {WORDS_YES, WORDS_NO}:
        return False
    agreed = word == WORDS_YES
    scene.do(KeepConsent(version=VERSION, given=agreed, at=scene.event.at, case=scene.case.id))
    if agreed:
        scene.forget_slot(DECLINED)
        scene.change_case(consent=scene.event.at, consent_version=VERSION)
        return True
    scene.say("consent.declined_about" if scene.case.about else "consent.declined", about=scene.case.about)
    for name in ("name", "phone", "contact_hours", "place_options"):
        scene.forget_slot(name)
    scene.change_case(place=None)
    scene.set_slot(DECLINED, True)
    scene.enter("programme_info")
    return True


CONSENT = Question(
    slot="consent",
    text=_text,
    take=_take,
    needed=lambda scene: scene.case.consent is None,
    choices=lambda scene: (
        choice("consent", WORDS_YES, scene.asking("consent.yes_about") if scene.case.about else "consent.yes"),
        choice("consent", WORDS_NO, "consent.no_about" if scene.case.about else "consent.no"),
    ),
    expects="choice",
    again=lambda scene: (
        Text("consent.again_about", {"about": scene.case.about}) if scene.case.about else Text("consent.again")
    ),
    hint=lambda scene: Text("consent.hint"),
    why=lambda scene: Text("consent.why"),
)
