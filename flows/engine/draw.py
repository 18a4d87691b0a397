"""A flow as a diagram (Mermaid text), drawn from the same values that `step.py` runs. No layout, no wording."""

from __future__ import annotations

from flows.engine.flow import Flow


def draw(flow: Flow) -> str:
    """The flow's questions in the order in which they are considered; what is known already is passed over."""
    lines = ["flowchart TD", f"  start([{flow.id}])"]
    before = "start"
    for number, question in enumerate(flow.questions, start=1):
        node = f"q{number}"
        lines.append(f"  {before} --> {node}[{question.slot}<br/>{question.expects}]")
        before = node
    if not flow.questions or flow.next_question.__name__ == "_next_question":
        lines.append(f"  {before} --> computed{{{{the fact that decides most}}}}")
        before = "computed"
    lines.append(f"  {before} --> finish([finish])")
    return "\n".join(lines)
