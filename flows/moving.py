"""Going on elsewhere: a code, used once and soon, takes the whole talk to another phone or channel. A phone number alone opens nothing.

The talk moves, it is not copied: two copies would be two drafts, two reminders and two places to erase, and on a borrowed phone nothing
may stay behind. What the code opens is looked up by the shell, in the turn's own transaction; here only the decision is taken.
"""

from __future__ import annotations

import re
from datetime import timedelta

from msgspec.structs import replace

from flows import draft
from flows.engine.effects import OfferCode, TakeOver
from flows.engine.events import TalkBrought
from flows.engine.scene import Scene
from flows.plain_words import bare

GOOD_FOR = timedelta(minutes=30)
GROUP = 4  # signs that are written and read out together
WANTED = re.compile(
    r"\blay ma\b.{0,20}\b(?:nhan|noi|lam|may|dien thoai|tiep)\b|^(?:cho (?:toi|em|minh) |toi muon |em muon |xin )?lay ma$"
    r"|\b(?:nhan|noi|noi chuyen|lam|chat) tiep (?:o|tren|bang|qua) (?:may|dien thoai|telegram|web|zalo|kenh)\b"
    r"|\b(?:doi|chuyen) sang (?:may|dien thoai|kenh) (?:khac|moi)\b"
    r"|\b(?:continue|go on) on (?:another|my other|a different) (?:phone|device|channel)\b"
)


def asked(scene: Scene, text: str) -> bool:
    """Answer "lấy mã để nhắn tiếp ở máy khác"."""
    if not WANTED.search(bare(text)):
        return False
    give_code(scene, "")
    return True


def give_code(scene: Scene, argument: str) -> None:
    """A code of this event's chance; the one before it is void."""
    if not _worth_moving(scene):
        scene.say("moving.nothing")
        return
    code = scene.event.fresh
    scene.do(OfferCode(code=code, until=(scene.at + GOOD_FOR).isoformat()))
    minutes = int(GOOD_FOR.total_seconds() // 60)
    scene.say("moving.code", code=f"{code[:GROUP]}-{code[GROUP:]}", minutes=minutes)


def _worth_moving(scene: Scene) -> bool:
    return any(case.facts or case.slots or case.consent or case.leads or case.programme for case in scene.conversation.cases)


def brought(scene: Scene, event: TalkBrought) -> None:
    """A code was given. Wrong, late and used ones are answered alike; a matter of its own is never mixed with the one that comes."""
    if _occupied(scene):
        scene.say("moving.occupied")
        return
    came = event.conversation
    if came is None:
        scene.say("moving.unknown", minutes=int(GOOD_FOR.total_seconds() // 60))
        if scene.conversation.flow is None:
            scene.enter("welcome")
        return
    scene.do(TakeOver(code=event.code))
    scene.conversation = replace(came, turn=came.turn + 1)
    scene.say("moving.done")
    if came.handover:
        scene.say("handover.still")
    elif not draft.opened_again(scene, elsewhere=True) and scene.conversation.pending is None:
        scene.enter("programme_info" if scene.programme else "welcome")


def _occupied(scene: Scene) -> bool:
    own = scene.conversation
    return own.handover or any(case.consent or case.leads for case in own.cases)
