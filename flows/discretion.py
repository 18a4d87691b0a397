"""Discretion: what a bystander must not learn from a locked screen, a notification or the last line of a talk.

Two degrees. Sensitive: the channel is asked for no preview and no sound. Discreet (released persons, debts, a hidden screen): what comes unasked
says only that there is news, and is told when the person asks for it, because a phone shows a silent message, too.
"""

from __future__ import annotations

import re
from datetime import timedelta

from flows.eligibility.book import Book
from flows.engine.ask import nudge
from flows.engine.conversation import Conversation
from flows.engine.effects import Attachment, Hide
from flows.engine.scene import Scene, choice
from flows.engine.text import Text
from flows.plain_words import bare

DISCREET_PROGRAMMES = frozenset({"released"})
DEBTS = frozenset({"overdue", "extension", "risk_debt", "credit_record", "scam.threat"})  # answers that tell of a debt
AT_THE_SCREEN = timedelta(minutes=10)  # who wrote so lately is reading along
HELD_AT_MOST = 20
SHOW = re.compile(r"^(?:cho (?:toi|em|minh) )?(?:xem|doc|mo)(?: tin)?(?: moi)?(?: di| nhe| nao)?$|^(?:show|read)(?: (?:it|the news))?$")


def is_discreet(conversation: Conversation, book: Book) -> bool:
    """Whether nothing of the matter may stand in a notification."""
    if conversation.hidden or any(mark.partition(":")[0] in DEBTS for mark in conversation.said_keys):
        return True
    for case in conversation.cases:
        programmes = {case.programme, *(note.programme for note in case.leads.values())}
        told = (book.facts[fact] for fact in case.facts if fact in book.facts)
        if programmes & DISCREET_PROGRAMMES or any(
            fact.sensitive and DISCREET_PROGRAMMES & set(fact.programmes) for fact in told
        ):
            return True
    return False


def is_sensitive(conversation: Conversation, book: Book) -> bool:
    """Whether a bystander who sees the message on a locked screen could learn something that is nobody's business."""
    if is_discreet(conversation, book):
        return True
    held = {fact for case in conversation.cases for fact in case.facts}
    asked = {conversation.pending.slot} if conversation.pending else set()
    return any(fact in book.facts and book.facts[fact].sensitive for fact in held | asked)


def hide(scene: Scene, argument: str) -> None:
    """Somebody looks over the shoulder: the last words on the screen tell nothing, and what can be cleared is cleared."""
    if not scene.conversation.handover:
        scene.leave()
    scene.change(hidden=True)
    scene.do(Hide())
    scene.say("hide.done")


def tell(scene: Scene, text: Text, attachments: tuple[Attachment, ...] = ()) -> bool:
    """Tell what comes unasked; in a discreet talk only that there is news, unless the person is at the screen. False: held back."""
    if is_discreet(scene.conversation, scene.book) and (scene.conversation.hidden or scene.silent_for > AT_THE_SCREEN):
        scene.change(held=(*scene.conversation.held, text)[-HELD_AT_MOST:])
        nudge(scene, Text("notice.news"), (choice("do", "news", "notice.show"),))
        return False
    scene.say(text, attachments)
    return True


def show(scene: Scene, argument: str) -> None:
    """The person is alone with the screen: what was held back."""
    if not scene.conversation.held:
        scene.say("notice.none")
    for text in scene.conversation.held:
        scene.say(text)
    scene.change(held=())


def asked(scene: Scene, text: str) -> bool:
    """Answer "xem" where there is news."""
    if not scene.conversation.held or not SHOW.search(bare(text)):
        return False
    show(scene, "")
    return True
