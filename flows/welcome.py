"""Welcome: what this is and is not, then what one can do here; also the list of programmes wherever one has to be named."""

from __future__ import annotations

from flows.engine.effects import Choice
from flows.engine.flow import Flow, Given, Question, in_order
from flows.engine.press import act
from flows.engine.scene import Scene, choice
from flows.engine.text import Text


def _text(scene: Scene) -> Text:
    if scene.data("guesses"):
        return Text("not_understood.guess")
    if scene.data("then"):
        return Text("welcome.which_programme")
    return Text("welcome.ask")


def _choices(scene: Scene) -> tuple[Choice, ...]:
    if scene.data("guesses"):
        guesses = tuple(choice("do", f"topic:{topic}", f"topic.{topic}.short") for topic in scene.data("guesses"))
        return (*guesses, choice("do", "menu", "choice.something_else"))
    then = scene.data("then") or "programme"
    programmes = tuple(
        choice("do", f"{then}:{programme}", f"programme.{programme}.short") for programme in scene.book.programmes
    )
    if scene.data("then"):
        return (*programmes, choice("do", "screen:all", "choice.which_fits"))
    more = [choice("do", "screen:all", "choice.which_fits")]
    if any(case.leads for case in scene.conversation.cases):
        more.append(choice("do", "status", "choice.status"))
    if scene.data("person"):
        more.append(choice("do", "human", "choice.human"))
    other = "en" if scene.conversation.language == "vi" else "vi"
    more.append(choice("do", f"language:{other}", f"choice.language.{other}"))
    return (*programmes, *more)


def _take(scene: Scene, given: Given) -> bool:
    return False  # every choice of the menu is an action


MENU = Question(slot="menu", text=_text, take=_take, choices=_choices, expects="choice")


def _finish(scene: Scene) -> None:
    scene.leave()


FLOW: Flow = in_order("welcome", (MENU,), _finish)


def take_up_programme(scene: Scene, programme: str) -> None:
    """The person named a programme: say what it is, then offer what can be done."""
    scene.change_case(programme=programme, scheme=scene.case.scheme if scene.programme == programme else None)
    act(scene, f"topic:eligibility:{programme}")
