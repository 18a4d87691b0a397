"""Lead status: where my lead is, what comes next. From what this talk was told; a phone number alone opens nothing."""

from __future__ import annotations

from flows.engine.scene import Scene
from flows.engine.text import Joined, Text


def say_status(scene: Scene) -> None:
    """One line a lead of the case; none here: say how a lead is found."""
    if not scene.case.leads:
        scene.say("status.none")
        scene.enter("programme_info" if scene.programme else "welcome")
        return
    scene.say("status.all", lines=Joined(lead_lines(scene), "paragraphs"))
    scene.enter("programme_info", after="status")


def lead_lines(scene: Scene) -> tuple[Text, ...]:
    """Each lead of the case with its loan and where it is."""
    return tuple(
        Text(
            "status.line",
            {
                "lead": lead,
                "programme": Text(f"programme.{note.programme}.name"),
                "status": Text(f"status.{note.status}"),
            },
        )
        for lead, note in scene.case.leads.items()
    )
