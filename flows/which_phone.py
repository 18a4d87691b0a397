"""Which phone: two different numbers were told, so we ask which one staff should call. Neither replaces the other silently."""

from __future__ import annotations

from flows.correcting import spoken
from flows.engine.flow import Flow, Given, Question, in_order
from flows.engine.scene import Scene, choice

FLOW_ID = "which_phone"


def begin(scene: Scene, held: str, told: str) -> None:
    """Ask which number to call; where we were is kept."""
    if scene.conversation.flow == FLOW_ID:
        scene.set_data(numbers=[*dict.fromkeys((*scene.data("numbers"), told))])
        return
    menu = scene.conversation.flow in {None, "welcome"}  # a guess or a list of loans is not worth going back to
    kept = {} if menu else {key: value for key, value in scene.conversation.flow_data.items() if key != "taken"}
    scene.enter(FLOW_ID, back=None if menu else scene.conversation.flow, kept=kept, numbers=[held, told])


def _take(scene: Scene, given: Given) -> bool:
    said = given.reading.entities if given.reading is not None else ()
    number = given.picked or next((entity.value for entity in said if entity.type == "phone"), None)
    if number not in scene.data("numbers"):
        return False
    scene.set_slot("phone", number)
    scene.say("phone.will_call", phone=spoken("phone", number))
    scene.set_data(settled=True)
    return True


WHICH = Question(
    slot="which_phone",
    text=lambda scene: scene.asking("phone.which"),
    take=_take,
    needed=lambda scene: not scene.data("settled"),
    choices=lambda scene: tuple(
        choice("which_phone", number, "phone.one", phone=spoken("phone", number)) for number in scene.data("numbers")
    ),
    expects="choice",
)


def _finish(scene: Scene) -> None:
    scene.enter(
        scene.data("back") or ("programme_info" if scene.programme else "welcome"), **(scene.data("kept") or {})
    )


FLOW: Flow = in_order(FLOW_ID, (WHICH,), _finish)
