"""A flow as boxes, drawn from the same values that `step.py` runs. No layout, no wording."""

from __future__ import annotations

from flows.engine.box import Box
from flows.engine.flow import Flow
from flows.engine.text import Text


def draw_flow(flow: Flow) -> Box:
    """The flow's questions in the order in which they are considered; what is known already is passed over."""
    asked = [
        Box("question", Text("draw.question", {"slot": question.slot, "expects": question.expects}))
        for question in flow.questions
    ]
    if not flow.questions or flow.next_question.__name__ == "_next_question":
        asked.append(Box("computed", Text("draw.computed")))
    return Box("start", Text("draw.flow", {"flow": flow.id}), (), (*asked, Box("finish", Text("draw.finish"))))
