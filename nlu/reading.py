"""What a message meant: frozen values, handed to the engine. No reading is done here.

Every value is plain data (strings, numbers, tuples), so that a reading can be printed, stored in a test and replayed.
"""

from __future__ import annotations

from typing import Any

import msgspec


class Choice(msgspec.Struct, frozen=True):
    """One answer that was offered: `id` is what the engine gets back, `label` what the person saw."""

    id: str
    label: str


class Expecting(msgspec.Struct, frozen=True):
    """What the pending question asks for.

    `slot` is a fact of `flows/facts.yaml` or a slot of the forms (name, phone, residence, hamlet, yes_no, consent …);
    `programme` the programme the conversation is about; `choices` the answers on offer, in order ("2" means the second);
    `before`: the place that was named and is to be narrowed down ("xã Tân Lập", when the district is asked for).
    `doubted`: the fact on which a refusal rests, when nothing else is asked: "à mà có rồi" takes its answer back.
    """

    slot: str | None = None
    programme: str | None = None
    choices: tuple[Choice, ...] = ()
    before: str = ""
    doubted: str | None = None


class Entity(msgspec.Struct, frozen=True, omit_defaults=True):
    """A thing named in the text. `value` by `type` as in the label guide (money in whole VND, duration in months …).

    `start`, `end` are code points in `Reading.text`; `period` ("month" or "year") only for money.
    """

    type: str
    value: Any
    text: str
    start: int
    end: int
    period: str | None = None


class Ambiguous(msgspec.Struct, frozen=True, tag="ambiguous"):
    """Two or more readings remain; the engine asks which one."""

    values: tuple[Any, ...]


class Intent(msgspec.Struct, frozen=True):
    """What the person wants. `programmes` and `topics` list all that are meant, the main one first.

    `confidence` is the calibrated probability (0 … 1) of `topic`; `guesses` the likeliest topics, best first.
    """

    programme: str = "none"
    programmes: tuple[str, ...] = ()
    topic: str = "out_of_scope"
    topics: tuple[str, ...] = ()
    confidence: float = 0.0
    guesses: tuple[tuple[str, float], ...] = ()


class Commune(msgspec.Struct, frozen=True):
    """A commune-level unit of today (xã, phường, đặc khu), with the official code, leading zeros kept."""

    code: str
    name: str
    type: str
    province_code: str
    province: str


class FormerCommune(msgspec.Struct, frozen=True):
    """A commune-level unit of before 2025-07-01."""

    code: str
    name: str
    district: str
    province: str


class PlaceCandidate(msgspec.Struct, frozen=True, omit_defaults=True):
    """One (former, commune) pair that the text may mean. `lat`, `lon`: a centroid, good for ordering only.

    `called`: an older name of the former commune, gone before the reform, as the person said it ("xã Hà Lai").
    """

    score: float
    commune: Commune
    former: FormerCommune | None
    lat: float
    lon: float
    called: str = ""


class Places(msgspec.Struct, frozen=True):
    """Candidates, best first. `ambiguous`: the person has to say which; an empty tuple: nothing was found.

    `named`: the words of the text that name the place, so that a district told later can be read together with them.
    `district`: the bare name is also that of a former district, whose other communes may be meant.
    """

    candidates: tuple[PlaceCandidate, ...] = ()
    ambiguous: bool = False
    named: str = ""
    district: bool = False


class Neighbour(msgspec.Struct, frozen=True):
    """One of several people asked for in one message: the words for them, and what is told of them alone."""

    about: str
    programme: str | None = None
    facts: dict[str, Any] = {}


class Reading(msgspec.Struct, frozen=True):
    """All that one message told us.

    `facts` are volunteered facts (ids and values of the contract, section 4) found anywhere in the text, whatever was
    asked; `answer` is the value for the question asked, `Ambiguous`, or None. `choice` is the id of the offered choice
    that the text picks. `unsure`: "I don't know"; `declined`: "I'd rather not say". `correction`: the person replaces
    a value given before. `addressing`: how the person calls themselves (bác, cô, chú, em …), if the text shows it.
    `about`: the other person this is asked for, in the speaker's words ("bác Tư"), if the text says so. `aside`, said beside the matter: "why" (why do
    you ask), "law" (according to which rule), "hide", "cancel", "data", "unconsent", "left", "language:en" or "language:vi". `angry`: shouting in capitals or words of anger. `own`: said for the
    speaker alone ("còn tôi thì sao", "tôi đồng ý").
    """

    text: str
    intent: Intent = Intent()
    entities: tuple[Entity, ...] = ()
    facts: dict[str, Any] = {}
    answer: Any = None
    choice: str | None = None
    unsure: bool = False
    says: bool | None = None  # a yes or no and hardly anything else, whatever was asked
    declined: bool = False
    correction: bool = False
    places: Places | None = None
    addressing: str | None = None
    about: str | None = None
    unprompted: dict[str, Any] = {}  # with `about`: the facts as the words tell them where no question is open
    aside: str | None = None
    angry: bool = False
    complains: bool = False  # in words of anger, not by capitals alone
    own: bool = False
    second: Any = None  # the new answer to the doubted fact, in a second thought
    doubts: bool = False  # a second thought on the doubted fact, whether or not it says the new answer
    mends: str | None = None  # what it wants mended, by slot, without the new value
    neighbours: tuple[Neighbour, ...] = ()  # two or more people asked for at once
    english: bool = False  # written in English
    identity: bool = False  # gives a number of an identity card
