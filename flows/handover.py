"""Handover: a person at the transaction point takes over, with what we know so far; said honestly, without a promised hour."""

from __future__ import annotations

from flows.consent import CONSENT
from flows.engine.effects import HandOver
from flows.engine.flow import Flow, in_order
from flows.engine.scene import Scene
from flows.engine.text import Text
from flows.place_question import PLACE, here, queue_at


def begin(scene: Scene) -> None:
    """Ask for what is needed to pass the person on: their consent and their commune."""
    scene.say("handover.intro")
    topic = scene.data("told") or ""
    scene.enter("handover", topic=topic)


def _finish(scene: Scene) -> None:
    found = here(scene)
    queue, code, _, _ = queue_at(scene)
    scene.do(
        HandOver(
            queue=queue,
            queue_code=code,
            topic=scene.data("topic") or "",
            programme=scene.programme,
            lead=next(iter(scene.case.leads), None),
            known=scene.known,
        )
    )
    scene.change(handover=True)
    name = found.point.name if found is not None and found.point is not None else ""
    scene.say(Text("handover.done_point", {"point": name}) if name else "handover.done")
    scene.leave()


FLOW: Flow = in_order("handover", (CONSENT, PLACE), _finish)
