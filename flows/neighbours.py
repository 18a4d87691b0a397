"""Short cards of the bank's other programmes, and what else to look at after a "no". The data are in `programmes/neighbours/`.

We do not screen for these programmes: a card says for whom it is, its figures of the day, and that the office decides.
Nobody is offered, unasked, a card or programme that tells something private about them.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from importlib import resources
from typing import Any, Literal

import msgspec
from pydantic import Field

from flows.eligibility.assess import assess
from flows.eligibility.book import Book, BookError, load_book
from flows.eligibility.sheets import Exact, Strict, fill, read_sheet
from flows.engine.text import Citation, Joined, Percent, Text
from flows.figures import Found, Source, exact, reference, typed

FOLDER, FILE = "neighbours", "cards.yaml"


class CardFigureForm(Strict):
    """A figure of a card: a value, or a parameter of the book times a factor. `open`: it may have changed."""

    value: Exact | None = None
    unit: Literal["vnd", "percent_year", "percent", "months", "years", "count"] | None = None
    base: str | None = None
    factor: Exact | None = None
    open: bool = False
    mark: Literal["V", "K"] = "V"
    law: str


class CardLineForm(Strict):
    """One more sentence of a card, with its figures."""

    say: str
    values: dict[str, CardFigureForm] = Field(default_factory=dict, alias="with")
    mark: Literal["V", "K"] = "V"


class CardForm(Strict):
    """One card as it is written."""

    id: str
    status: Literal["open", "closed", "unclear"]
    when: dict[str, list[Any]]
    beside: list[str]
    law: list[str]
    figures: dict[Literal["amount", "rate", "term"], CardFigureForm]
    more: list[CardLineForm] = Field(default_factory=list)
    collateral: Literal["none", "unclear"]
    mark: Literal["V", "K"] = "V"
    private: bool = False
    partly: bool = False
    grant: bool = False
    start: date | None = Field(default=None, alias="from")


class CardsForm(Strict):
    """The file."""

    cards: list[CardForm]
    related: dict[str, list[str]]
    private: list[str]


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """One neighbouring programme on a day. `fit`: "likely" (all that matters is known to fit) | "possible".

    `text` is the whole card in a few sentences, `name` its short name, `figures` amount, rate and term where settled.
    """

    id: str
    name: Text
    who: Text
    text: Joined
    fit: str
    status: str
    figures: dict[str, Found]
    sources: tuple[Source, ...]
    private: bool = False

    @property
    def citations(self) -> tuple[Citation, ...]:
        """The places in the law, each once."""
        return tuple(dict.fromkeys(source.citation for source in self.sources))


def card(
    identity: str, on: date, book: Book | None = None, fit: str = "possible", *, province: str | None = None
) -> Card:
    """One card with its figures of a day, and what the province's own capital offers where there is such a rule."""
    book = book or load_book()
    form = next(one for one in _file().cards if one.id == identity)
    return _card(form, on, book, fit, province)


def names() -> frozenset[str]:
    """The ids of all cards."""
    return frozenset(form.id for form in _file().cards)


def fits(facts: Mapping[str, Any], on: date, book: Book | None = None) -> tuple[Card, ...]:
    """The cards that could fit what is known, the likely ones first. Closed and private ones are not among them."""
    book = book or load_book()
    found = [
        _card(form, on, book, fit, facts.get("province"))
        for form in _file().cards
        if form.status != "closed" and not form.private and _in_force(form, on) and (fit := _fit(form, facts))
    ]
    return tuple(sorted(found, key=lambda one: one.fit != "likely"))


def alternatives(programme: str, facts: Mapping[str, Any], on: date, book: Book | None = None) -> tuple[Text, ...]:
    """What else may help after a "no": other programmes that are not refused, and cards that fit; the nearest first."""
    book = book or load_book()
    cards = {one.id: one for one in fits(facts, on, book)}
    near = _file().related.get(programme, [])
    order = [*near, *(other for other in book.programmes if other not in near)]
    found: list[tuple[bool, Text]] = []
    for name in order:
        if name in book.programmes:
            truth = _truth(name, programme, facts, on, book)
            if truth is not None:
                key = "card.fit.likely" if truth == "yes" else "card.fit.possible"
                found.append((truth == "yes", Text(key, {"card": Text(f"alternatives.{name}")})))
        elif name in cards:
            found.append((cards[name].fit == "likely", _line(cards[name])))
    return tuple(text for _, text in sorted(found, key=lambda one: not one[0]))


def likely(facts: Mapping[str, Any], on: date, book: Book | None = None) -> tuple[Text, ...]:
    """The cards of which all that matters is known to fit, for whoever looked at all programmes at once."""
    return tuple(_line(one) for one in fits(facts, on, book) if one.fit == "likely")


def _line(one: Card) -> Text:
    return Text("card.fit.card", {"card": one.name, "who": one.who})


def keys() -> frozenset[str]:
    """Every catalogue key that the cards name."""
    forms = _file().cards
    lines = frozenset(line.say for form in forms for line in form.more)
    return lines | {key for form in forms for key in (f"card.{form.id}", f"card.{form.id}.who")}


def _truth(name: str, refused: str, facts: Mapping[str, Any], on: date, book: Book) -> str | None:
    """The truth of another programme if it may be offered, else None."""
    if name == refused:
        return None
    truth = assess(name, facts, on, book, with_terms=False).truth
    offered = truth == "yes" if name in _file().private else truth in ("yes", "unknown")
    return truth if offered else None


def _in_force(form: CardForm, on: date) -> bool:
    return form.start is None or form.start <= on


def _fit(form: CardForm, facts: Mapping[str, Any]) -> str | None:
    """How well a card fits: likely if all that matters is known to fit, possible if something is not known, else None.

    What may have ended is only mentioned to those whom all known facts would fit.
    """
    seen = [None if facts.get(fact) is None else facts[fact] in values for fact, values in form.when.items()]
    if False in seen or (form.status == "unclear" and None in seen):
        return None
    return "possible" if None in seen or not seen or form.partly or form.status == "unclear" else "likely"


def _card(form: CardForm, on: date, book: Book, fit: str, province: str | None = None) -> Card:
    figures = {name: found for name, one in form.figures.items() if (found := _figure(one, on, book)) is not None}
    said = [Text(f"card.{form.id}.who")]
    for name, found in figures.items():
        line = Text(f"card.{name}", {name: found.value})
        said.append(_marked(line, form.figures[name].mark))
    if form.collateral == "none" and not form.grant and form.status == "open":
        said.append(Text("card.unsecured"))
    more, more_sources = _more(form, on, book)
    local, local_sources = _local(form, province, on, book)
    said += [*more, *local]
    if form.status == "closed":
        said.append(Text("card.closed"))
    if form.status == "unclear" or (form.status == "closed" and form.mark == "K") or _open(form):
        said.append(Text("card.open_question"))
    law = tuple(reference(line, book, form.mark) for line in form.law)
    return Card(
        id=form.id,
        name=Text(f"card.{form.id}"),
        who=Text(f"card.{form.id}.who"),
        text=Joined(tuple(said)),
        fit=fit,
        status=form.status,
        figures=figures,
        sources=(
            *law,
            *(source for found in figures.values() for source in found.sources),
            *more_sources,
            *local_sources,
        ),
        private=form.private,
    )


def _marked(line: Text, mark: str) -> Text:
    return Text("card.unchecked", {"said": line}) if mark == "K" else line


def _open(form: CardForm) -> bool:
    """May some figure of an open card have changed?"""
    figures = (*form.figures.values(), *(one for line in form.more for one in line.values.values()))
    return form.status == "open" and any(one.open for one in figures)


def _more(form: CardForm, on: date, book: Book) -> tuple[list[Text], list[Source]]:
    """The further sentences of a card; one whose figure nobody settles on that day is left out."""
    said: list[Text] = []
    sources: list[Source] = []
    for line in form.more:
        found = {name: _figure(one, on, book) for name, one in line.values.items()}
        if None in found.values():
            continue
        unsure = "K" if "K" in {line.mark, *(one.mark for one in line.values.values())} else "V"
        said.append(_marked(Text(line.say, {name: one.value for name, one in found.items() if one}), unsure))
        sources += [source for one in found.values() if one for source in one.sources]
    return said, sources


def _local(form: CardForm, province: str | None, on: date, book: Book) -> tuple[list[Text], list[Source]]:
    """What the province's own capital lends at, where the province has such a rule on that day."""
    for entry in book.local.get(str(province), ()):
        offer = entry.schemes.get(f"card.{form.id}")
        if offer is None or offer.rate is None or on < entry.start or (entry.end is not None and on > entry.end):
            continue
        rate = Text("answer.local_rate", {"value": Percent(float(offer.rate))})
        place = Text(f"answer.province.{province}")
        source = Source(entry.source.citation, entry.start.isoformat(), entry.source.mark)
        return [Text("answer.local_money", {"province": place, "figures": rate})], [source]
    return [], []


def _figure(form: CardFigureForm, on: date, book: Book) -> Found | None:
    source = reference(form.law, book, form.mark)
    if form.value is not None and form.unit is not None:
        return Found(typed(exact(form.value), form.unit), (source,))
    parameter = book.parameters[form.base or ""]
    dated = parameter.on(on)
    if dated is None or isinstance(dated.value, str) or form.factor is None:
        return None
    base = Source(dated.source.citation, dated.start.isoformat(), dated.source.mark)
    return Found(typed(dated.value * exact(form.factor), parameter.unit), (source, base))


@lru_cache(maxsize=1)
def _file() -> CardsForm:
    """The file, read and checked once; what is wrong is told with file and line."""
    book = load_book()
    sheet = read_sheet(resources.files("flows") / "programmes" / FOLDER / FILE)
    form = fill(CardsForm, sheet)
    problems = []
    known = {one.id for one in form.cards} | set(book.programmes)
    for place, one in enumerate(form.cards):
        figures = (*one.figures.values(), *(figure for line in one.more for figure in line.values.values()))
        for line in (*one.law, *(figure.law for figure in figures)):
            if reference(line, book).citation.instrument not in book.register:
                problems.append(
                    sheet.complaint(("cards", place), f"{line.split('|')[0].strip()} is not in the legal register")
                )
        for fact in one.when:
            if fact not in book.facts:
                problems.append(sheet.complaint(("cards", place, "when"), f"no fact {fact}"))
        for figure in figures:
            if figure.base is not None and figure.base not in book.parameters:
                problems.append(sheet.complaint(("cards", place, "figures"), f"no parameter {figure.base}"))
    for programme, names in form.related.items():
        problems += [
            sheet.complaint(("related", programme), f"nothing is called {name}") for name in names if name not in known
        ]
    if problems:
        raise BookError(problems)
    return form
