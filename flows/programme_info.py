"""Programme information: answers to questions on one programme, each with its citations; then what can be done next."""

from __future__ import annotations

from flows import calculating, debt, scam, several, visit, volunteering
from flows.answers import Answer, answer, asked, cite, plainly_asked, questions
from flows.discretion import DISCREET_PROGRAMMES
from flows.eligibility.assess import assess
from flows.eligibility.planner import next_fact
from flows.engine.effects import Choice
from flows.engine.flow import Flow, in_order, what_next
from flows.engine.press import act
from flows.engine.scene import Scene, choice
from flows.engine.text import Joined, Text, Value
from nlu.reading import Intent, Reading

GENERAL = frozenset({"privacy", "complaint_scam", "help", "human"})
BROAD = frozenset({"eligibility", "procedure", "repayment", "documents", "help"})
OF_ALL_LOANS = frozenset({"where_when"})  # the point of a place is the same whatever the loan: no need to ask which
SAFETY = frozenset({"complaint_scam"})
TOLD_KEPT = 6  # answers remembered, so that none is said twice in a row
AT_MOST = 2  # answers in one turn
CALMED = frozenset({"rate", "amount", "term", "repayment", "documents", "procedure"})  # no place for a lecture
SHORTENED = frozenset({"rate", "amount", "term", "repayment", "eligibility", "procedure"})
MONEY = frozenset({"rate", "amount", "repayment", "term"})  # after these a sum can be worked out


def finer_question(scene: Scene, reading: Reading, understood: bool) -> tuple[str, ...]:
    """A question known by its own words ("án treo", "bảo lưu") in a message that nothing else explains."""
    if understood:
        return ()
    named = _named(scene, reading.intent)
    found = next((name for programme in (*named, None) if (name := asked(programme, reading.text))), None)
    return (found,) if found else ()


def _named(scene: Scene, intent: Intent) -> list[str]:
    """The programmes that a message is about: those it names, else the one at hand."""
    named = [programme for programme in intent.programmes if programme in scene.book.programmes]
    return named or ([scene.programme] if scene.programme else [])


def reply(scene: Scene, reading: Reading, topics: tuple[str, ...], busy: bool, told: bool = False) -> bool:
    """Answer the questions of a message in a few sentences each. `busy`: a question that needs an answer is open, so
    we stay with it. `told`: the message told of the person too. False if nothing could be answered."""
    topics = _with_second(topics, reading.text)
    intent = reading.intent
    named = [programme for programme in intent.programmes if programme in scene.book.programmes]
    programmes = _named(scene, intent)
    topics = debt.meant(reading, topics)
    if debt.answered(scene, reading, topics[0], bool(programmes)):
        if not busy:
            _go_on(scene, [], topics)
        return True
    if reading.complains and topics[0] in CALMED:
        _calmly(scene, reading, topics[0], busy)
        return True
    if not busy and "calculator" not in topics and calculating.impossible(reading):
        calculating.begin(scene, programmes[0] if programmes else None, reading)
        return True
    if "calculator" in topics and intent.programme != "other":
        first = programmes[0] if programmes else None
        if calculating.take_up(scene, first, reading, busy):
            rest = tuple(topic for topic in topics if topic != "calculator")
            return not rest or reply(scene, reading, rest, True, told)
    common = None if named else asked(None, reading.text)  # lending at large, or a programme that is none of ours
    if common and not any(asked(one, reading.text) for one in programmes):
        tell(scene, None, common)
        if not busy:
            _go_on(scene, named, (common,))
        return True
    _mind_price(scene, reading, programmes, topics)
    if several.compared(scene, reading, programmes):
        if not busy:
            several.offer(scene, programmes, compared=True)
        return True
    for topic in topics:
        if topic == "eligibility" and not busy and told and len(programmes) == 1:
            continue  # they told of themselves: the verdict is the answer, not the rule in general
        own = next(((one, name) for one in programmes if (name := asked(one, reading.text))), None)
        if topic in GENERAL and own is not None:
            tell(scene, *own)  # "hàng xóm có biết không" of a released person, not privacy at large
        elif topic in GENERAL or (not programmes and topic in {*questions(None), *OF_ALL_LOANS}):
            tell(scene, None, _finer(None, topic, reading.text))
        elif programmes:
            for programme in programmes[:AT_MOST]:
                both = busy and len(topics) > 1
                tell(scene, programme, _finer(programme, topic, reading.text), brief=busy, short=both)
        elif intent.programme == "other":
            tell(scene, None, "other_loans")
        else:
            _ask_which(scene, topic, busy)
            return True
    if not busy:
        _go_on(scene, named, topics)
    return True


def go_on_after(scene: Scene, reading: Reading, busy: bool) -> None:
    """The most that may be lent was the answer: on to what comes next."""
    if not busy:
        topic = "eligibility" if "eligibility" in reading.intent.topics else "amount"
        _go_on(scene, _named(scene, reading.intent), (topic,))


def _with_second(topics: tuple[str, ...], text: str) -> tuple[str, ...]:
    """Two questions in one message are both answered, in the order they are asked."""
    plain = plainly_asked(text)
    if len(topics) == 1 and topics[0] in plain:
        return plain[:AT_MOST]
    return tuple(sorted(topics, key=plain.index)) if len(topics) > 1 and set(topics) <= set(plain) else topics


def _calmly(scene: Scene, reading: Reading, topic: str, busy: bool) -> None:
    """An angry question: one calm sentence, the one thing asked in two sentences, a person on offer. No lesson."""
    programme = next(iter(_named(scene, reading.intent)), None)
    wanted = asked(programme, reading.text) or asked(None, reading.text) or topic
    if any(mark.startswith(f"{wanted}:{programme or ''}") for mark in scene.conversation.said_keys):
        scene.say("debt.person")
    else:
        debt.calm(scene)
        tell(scene, programme, wanted, short=True)
    if busy:
        scene.set_data(calmed=True)
    else:
        _go_on(scene, [programme] if programme else [], (topic,))


def _mind_price(scene: Scene, reading: Reading, programmes: list[str], topics: tuple[str, ...]) -> None:
    """ "Nhà 900 triệu thì vay được bao nhiêu": the one sum in such a question is the price."""
    sums = [entity for entity in reading.entities if entity.type == "money"]
    if programmes == ["housing"] and "amount" in topics and len(sums) == 1:
        scene.set_fact("contract_price", sums[0].value, "volunteered")


def _finer(programme: str | None, topic: str, text: str) -> str:
    """The finer question behind a broad one: "án treo có được vay không" rather than who may borrow at all. How to pay
    back early or late is the same for every loan."""
    own = asked(programme, text) if topic in BROAD else None
    return own or (asked(None, text) if topic == "repayment" else None) or topic


def tell(scene: Scene, programme: str | None, topic: str, brief: bool = False, short: bool = False) -> Answer:
    """Say the answer; remember it, so that "according to which law?" can be answered. `brief`: a question of ours is open,
    so two sentences do; a button gives the rest. `short`: two sentences whatever the topic, and however lately it was told."""
    found = answer(programme, topic, scene.known, scene.on, scene.book)
    said = _of_them(scene, found.text) if programme in DISCREET_PROGRAMMES else found.text
    told = mark = f"{topic}:{programme or ''}"
    times = scene.conversation.said_keys.count(told)
    if topic in SAFETY and (again := scam.times_told(scene)):
        scene.say(scam.again(again))
        mark = f"{told}#{again + 1}"
    elif times and told == scene.conversation.said_keys[-1]:
        scene.say("info.just_said")
    elif short or (brief and topic in SHORTENED and f"{told}:brief" not in scene.conversation.said_keys[-1:]):
        scene.say(Text("info.answer", {"answer": Joined((said,), "brief")}))
        scene.set_data(more=told)
        mark = f"{told}:brief"
    else:
        scene.say(Text("info.answer", {"answer": said}))
    if topic == "where_when":
        visit.say_visit(scene)  # and where and when it is for this very person
    scene.change(said_keys=(*scene.conversation.said_keys[1 - TOLD_KEPT :], mark))
    if programme is not None:
        scene.set_data(told=f"{topic}:{programme}")
    return found


def _of_them(scene: Scene, text: Value) -> Value:
    """The answer about somebody who came from prison, in the matter of another: it is not the speaker who did."""
    if isinstance(text, Joined):
        return Joined(tuple(_of_them(scene, part) for part in text.parts), text.how)
    if not isinstance(text, Text) or not scene.case.about:
        return text
    values = {name: _of_them(scene, value) for name, value in text.values.items()}
    return Text(text.key, scene.asking(text.key, **values).values, text.otherwise)


def say_law(scene: Scene, argument: str) -> None:
    """Instrument, article, date in force and the day we last checked, for the answer or verdict told last."""
    topic, _, programme = (argument or scene.data("told") or "").partition(":")
    programme = programme or scene.programme or ""
    if programme not in scene.book.programmes:
        busy = scene.conversation.pending is not None and scene.conversation.flow not in {None, "", "welcome"}
        scene.say("info.which_later" if busy else "law.which")
        return
    found = answer(programme, topic or "eligibility", scene.known, scene.on, scene.book)
    scene.say(Text("info.answer", {"answer": cite(found, scene.on, scene.book)}))


def _ask_which(scene: Scene, topic: str, busy: bool) -> None:
    if busy:
        scene.say("info.which_later")
    else:
        scene.enter("welcome", then=f"topic:{topic}")


def _go_on(scene: Scene, named: list[str], topics: tuple[str, ...]) -> None:
    if len(named) == 1 and named[0] != scene.programme:
        scene.change_case(programme=named[0], scheme=None)
    if topics[0] == "eligibility" and len(named) > 1:
        several.begin(scene, named)
        return
    if topics[0] == "eligibility" and scene.programme and len(named) <= 1:
        act(scene, f"screen:{scene.programme}")
        return
    if topics[0] == "help" and scene.programme is None:
        scene.enter("screening")
        return
    remembered = {
        "told": scene.data("told"),
        "told_privacy": "privacy" in topics or None,
        "told_where": "where_when" in topics or None,
    }
    if topics[0] in SAFETY:
        scene.enter(scam.FLOW_ID)
        return
    scene.enter("programme_info", **{name: value for name, value in remembered.items() if value})


def offer_guesses(scene: Scene, topics: list[str], programme: str) -> None:
    """Ask which of these it was."""
    if programme in scene.book.programmes and scene.programme is None:
        scene.change_case(programme=programme)
    scene.enter("welcome", guesses=topics, lost=scene.data("lost"))


def screened(scene: Scene, programme: str) -> bool:
    """True if there is nothing left to ask the person about this programme."""
    return next_fact((programme,), scene.known, scene.on, scene.book, scene.unanswerable) is None


def _text(scene: Scene) -> Text:
    return Text(f"next.{scene.data('after')}" if scene.data("after") else "next.ask")


def _choices(scene: Scene) -> tuple[Choice, ...]:
    programme = scene.programme
    if scene.data("after") == "again":
        return (choice("do", "menu", "choice.others"), choice("do", "status", "choice.status"), choice("do", "human", "choice.human"))
    if programme is None:
        mine = (choice("do", "data", "choice.data"),) if scene.data("told_privacy") else ()
        return (
            *mine,
            *visit.offers(scene),
            choice("do", "menu", "choice.programmes"),
            choice("do", "screen:all", "choice.which_fits"),
            choice("do", "human", "choice.human"),
        )
    offers: list[Choice] = [*visit.offers(scene)]
    if scene.open_lead(programme):
        if scene.data("after") != "status":
            offers.append(choice("do", "status", "choice.status"))
    elif not screened(scene, programme):
        offers.append(choice("do", f"screen:{programme}", "choice.screen"))
        offers.append(choice("do", f"apply:{programme}", "choice.apply"))
    elif assess(programme, scene.known, scene.on, scene.book).truth == "no":
        offers.append(choice("do", "others", "choice.others"))
        offers.append(choice("do", f"apply_anyway:{programme}", "choice.apply_anyway"))
    else:
        offers.append(choice("do", f"apply:{programme}", "choice.apply"))
    offers.append(choice("do", f"documents:{programme}", "choice.documents"))
    offers.extend(
        choice("do", f"topic:{topic}", f"topic.{topic}.short")
        for topic in ("amount", "rate")
        if not (scene.data("told") or "").startswith(topic)
    )
    if (scene.data("told") or "").partition(":")[0] in MONEY:
        offers.append(choice("do", f"calculate:{programme}", "choice.calculate"))
    offers.append(choice("do", "law", "choice.law"))
    if scene.data("told_privacy"):
        offers.append(choice("do", "data", "choice.data"))
    offers.extend(volunteering.waiting(scene))
    offers.append(choice("do", "human", "choice.human"))
    offers.append(choice("do", "menu", "choice.menu"))
    return tuple(offers)


NEXT = what_next(_text, _choices)


def _finish(scene: Scene) -> None:
    scene.leave()


FLOW: Flow = in_order("programme_info", (NEXT,), _finish)
