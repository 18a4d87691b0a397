"""Lead status: where my lead is, what comes next. From what this talk was told; a phone number alone opens nothing."""

from __future__ import annotations

from flows.engine.scene import Scene
from flows.engine.text import Joined, Text


def say_status(scene: Scene) -> None:
    """One line a lead of the case; none here: say how a lead is found."""
    notes = scene.case.leads
    if not notes:
        scene.say("status.none")
        scene.enter("programme_info" if scene.programme else "welcome")
        return
    lines = tuple(
        Text(
            "status.line",
            {
                "lead": lead,
                "programme": Text(f"programme.{note.programme}.name"),
                "status": Text(f"status.{note.status}"),
            },
        )
        for lead, note in notes.items()
    )
    scene.say("status.all", lines=Joined(lines, "paragraphs"))
    scene.enter("programme_info", after="status")
