"""What reaches the person unasked: an answer of staff, a lead that moved, a wait that ran out. No question is asked here
that was not open before, but one: a direct talk that nobody answered needs another way on.
"""

from __future__ import annotations

import msgspec

from flows.engine.events import HandoverClosed, LeadMoved, StaffReplied, WaitExpired
from flows.engine.scene import Scene
from flows.engine.text import Day, Text


def noticed(scene: Scene, event: StaffReplied | LeadMoved | HandoverClosed | WaitExpired) -> None:
    """Tell the person, and keep what the talk has to remember of it."""
    from flows import draft_reminder, handover, visit

    match event:
        case StaffReplied():
            handover.staff_replied(scene, event)
        case LeadMoved():
            _lead_moved(scene, event)
        case HandoverClosed():
            handover.closed(scene)
        case WaitExpired(name=name) if name.startswith(visit.REMINDER):
            visit.reminded(scene, event)
        case WaitExpired(name=name) if name.startswith(draft_reminder.WAIT):
            draft_reminder.reminded(scene, event)
        case WaitExpired(name=handover.WAIT):
            handover.unanswered(scene)
        case WaitExpired():
            return  # a wait of an older version


def _lead_moved(scene: Scene, event: LeadMoved) -> None:
    from flows import discretion

    for case in scene.conversation.cases:
        note = case.leads.get(event.lead)
        if note is None:
            continue
        leads = {**case.leads, event.lead: msgspec.structs.replace(note, status=event.status)}
        # Whatever becomes of it later, the point that we knew is not its point any more.
        slots = {**case.slots, "rerouted": True} if event.status == "rerouted" else case.slots
        changed = msgspec.structs.replace(case, leads=leads, slots=slots)
        scene.change(cases=tuple(changed if one.id == case.id else one for one in scene.conversation.cases))
    if event.status == "invited" and event.session:
        told = Text("lead.moved.invited_on", {"lead": event.lead, "day": Day(event.session)})
    else:
        told = Text(f"lead.moved.{event.status}", {"lead": event.lead})
    discretion.tell(scene, told)
