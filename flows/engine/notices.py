"""What reaches the person unasked: an answer of staff, a lead that moved, a wait that ran out. No question is asked here
that was not open before."""

from __future__ import annotations

import msgspec

from flows.engine.events import HandoverClosed, LeadMoved, StaffReplied, WaitExpired
from flows.engine.scene import Scene
from flows.engine.text import Day, Text


def noticed(scene: Scene, event: StaffReplied | LeadMoved | HandoverClosed | WaitExpired) -> None:
    """Tell the person, and keep what the talk has to remember of it."""
    from flows import visit

    match event:
        case StaffReplied(text=text):
            scene.say("staff.reply", text=text)
        case LeadMoved():
            _lead_moved(scene, event)
        case HandoverClosed():
            scene.change(handover=False)
            scene.say("handover.closed")
        case WaitExpired(name=name) if name.startswith(visit.REMINDER):
            visit.reminded(scene, event)
        case WaitExpired():
            if scene.conversation.pending is not None and scene.conversation.flow == "pre_application":
                scene.say("draft.reminder")


def _lead_moved(scene: Scene, event: LeadMoved) -> None:
    for case in scene.conversation.cases:
        note = case.leads.get(event.lead)
        if note is None:
            continue
        leads = {**case.leads, event.lead: msgspec.structs.replace(note, status=event.status)}
        # Whatever becomes of it later, the point that we knew is not its point any more.
        slots = {**case.slots, "rerouted": True} if event.status == "rerouted" else case.slots
        changed = msgspec.structs.replace(case, leads=leads, slots=slots)
        scene.change(cases=tuple(changed if one.id == case.id else one for one in scene.conversation.cases))
    values: dict[str, object] = {"lead": event.lead}
    if event.status == "invited" and event.session:
        scene.say(Text("lead.moved.invited_on", {"lead": event.lead, "day": Day(event.session)}))
    else:
        scene.say(Text(f"lead.moved.{event.status}", {"lead": str(values["lead"])}))
