"""A short true answer on a programme and a topic, made of a file in `programmes/answers/`. No sentence stands here.

An answer is a list of parts. A part names a catalogue key (`say`), the figures that fill it (`with`, see `figures.py`),
for whom it is said (`when`, `unless`: facts and their values; `unknown`: facts not known), on which days it holds
(`from`, `to`) and the law it rests on. A part whose figure nobody settles is left out and said to be open (`optional`:
left out quietly). `mark: K` is worded as not yet compared with the law's own text; `confirm` lists points that only the
office settles; `papers: true` puts the checklist in (`confirmed`: who confirms which), `notes: true` what stands beside
the verdict of the schemes that are open (`most` of either: no more than so many), `card` the card of a neighbouring
programme. Topics are those of the label guide and a few of ours (group, fees, other_loans); `questions` are what people
ask beyond them, known by the words of `asked_as`.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING, Any, Literal

import msgspec
from pydantic import Field

from flows.eligibility.assess import assess
from flows.eligibility.book import Book, BookError, LocalScheme, load_book
from flows.eligibility.sheets import Sheet, Strict, fill, read_sheet
from flows.engine.effects import Choice
from flows.engine.text import Citation, Day, Joined, Money, Percent, Text, Value
from flows.figures import CHECKED, FigureForm, Found, Occasion, Source, find, reference, scheme_of

if TYPE_CHECKING:
    from flows.neighbours import Card

GENERAL = "general"
OWN_FIGURES = frozenset({"amount", "rate", "term", "calculator"})  # topics whose figures are known for earlier days too
CITED_AT_MOST = 8

Wanted = dict[str, list[Any]]


class PartForm(Strict):
    """One sentence or two of an answer."""

    say: str | None = None
    papers: bool = False
    confirmed: bool = False
    notes: bool = False
    most: int | None = None
    card: str | None = None
    at: str | None = None
    when: Wanted | list[Wanted] = Field(default_factory=dict)
    unless: Wanted | list[Wanted] = Field(default_factory=dict)
    values: dict[str, FigureForm] = Field(default_factory=dict, alias="with")
    law: list[str] = Field(default_factory=list)
    mark: Literal["V", "K"] = "V"
    optional: bool = False
    unknown: list[str] = Field(default_factory=list)
    start: date | None = Field(default=None, alias="from")
    end: date | None = Field(default=None, alias="to")


class TopicForm(Strict):
    """Everything said on a topic. `asked_as`: words, without accents, by which a question is known; of a topic those that
    tell that it is asked beside another one."""

    join: Literal["sentences", "lines", "paragraphs"] = "sentences"
    start: date | None = Field(default=None, alias="from")
    parts: list[PartForm] = Field(default_factory=list)
    confirm: list[PartForm] = Field(default_factory=list)
    asked_as: list[str] = Field(default_factory=list)
    next: list[str] = Field(default_factory=list)


class AnswersForm(Strict):
    """One file: a programme's answers. `since`: the first day of the rules it tells of."""

    programme: str | None
    since: date
    topics: dict[str, TopicForm]
    questions: dict[str, TopicForm] = Field(default_factory=dict)


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What is said, on what it rests, when that was last checked (ISO), what only the office settles, what to ask next."""

    text: Joined
    sources: tuple[Source, ...]
    confirm: tuple[Text, ...] = ()
    choices: tuple[Choice, ...] = ()
    checked: str = CHECKED

    @property
    def citations(self) -> tuple[Citation, ...]:
        """The places in the law, each once."""
        return tuple(dict.fromkeys(source.citation for source in self.sources))


def answer(programme: str | None, topic: str, facts: Mapping[str, Any], on: date, book: Book | None = None) -> Answer:
    """The answer to a topic or a question of a programme (None: no programme named), for these facts on that day."""
    book = book or load_book()
    home, form = _form(programme, topic)
    occasion = Occasion(home.programme, facts, on, book)
    first_day = form.start or home.since
    if on < first_day and topic not in OWN_FIGURES:
        return Answer(text=Joined((Text("answer.not_covered", {"since": Day(first_day.isoformat())}),)), sources=())
    said, sources = _said(form.parts, occasion)
    confirm = tuple(
        Text(part.say or "", _filled(part, occasion)[0] or {}) for part in form.confirm if _holds(part, occasion)
    )
    local, local_sources = _local(home.programme, topic, occasion)
    parts = (Joined(said, form.join), *local, *_to_confirm(confirm))
    return Answer(
        text=Joined(tuple(part for part in parts if part != Joined((), form.join)), "paragraphs"),
        sources=_once((*sources, *local_sources)),
        confirm=confirm,
        choices=_choices(home, form, topic),
    )


def cite(answer: Answer, on: date | None = None, book: Book | None = None) -> Joined:
    """ "According to which law?": instrument, article, since when, when last checked; and that the bank's notice prevails."""
    checked = Day(answer.checked)
    if not answer.sources:
        return Joined((Text("answer.cite.none", {"checked": checked}),))
    lines = tuple(_cited(source) for source in answer.sources[:CITED_AT_MOST])
    title = Text("answer.cite.title")
    return Joined((title, Joined(lines, "bullets"), Text("answer.cite.checked", {"checked": checked})), "lines")


def topics(programme: str | None) -> tuple[str, ...]:
    """The topics that can be answered for a programme."""
    return tuple(_forms()[programme or GENERAL].topics)


def questions(programme: str | None) -> tuple[str, ...]:
    """What people ask of a programme beyond the topics."""
    return tuple(_forms()[programme or GENERAL].questions)


def asked(programme: str | None, text: str) -> str | None:
    """The question of a programme that a message asks in its own words, or None: the longest words found decide."""
    heard = f" {bare(text)} "
    found = [
        (len(words), name)
        for name, form in _forms()[programme or GENERAL].questions.items()
        for words in form.asked_as
        if f" {words} " in heard
    ]
    return max(found)[1] if found else None


def plainly_asked(text: str) -> tuple[str, ...]:
    """The topics that a message names in plain words, in their order: "lãi bao nhiêu, bao giờ phải trả"."""
    heard = f" {bare(text)} ".replace(" tra loi ", " ")
    places = {
        name: min((heard.find(f" {words} ") for words in form.asked_as if f" {words} " in heard), default=-1)
        for name, form in _forms()[GENERAL].topics.items()
    }
    return tuple(sorted((name for name, place in places.items() if place >= 0), key=places.__getitem__))


def keys() -> frozenset[str]:
    """Every catalogue key that the files name, for the check that each is worded."""
    found = set()
    for programme, form in _forms().items():
        for topic in (*form.topics.values(), *form.questions.values()):
            found |= {part.say for part in (*topic.parts, *topic.confirm) if part.say}
            parts = (*topic.parts, *topic.confirm)
            found |= {f"term.{figure.term}" for part in parts for figure in part.values.values() if figure.term}
            found |= {_label(programme, name).key for name in topic.next}
        found |= {f"question.{programme}.{name}" for name in form.questions if programme != GENERAL}
    return frozenset(found)


def _form(programme: str | None, topic: str) -> tuple[AnswersForm, TopicForm]:
    """The programme's own answer, else the general one, else what we can do at all."""
    files = _forms()
    for name in (programme, GENERAL):
        home = files.get(name or GENERAL)
        if home is not None:
            found = home.topics.get(topic) or home.questions.get(topic)
            if found is not None:
                return home, found
    return files[GENERAL], files[GENERAL].topics["help"]


def _said(parts: Iterable[PartForm], occasion: Occasion) -> tuple[tuple[Value, ...], tuple[Source, ...]]:
    said: list[Value] = []
    sources: list[Source] = []
    open_figure = False
    for part in parts:
        if not _holds(part, occasion):
            continue
        values, from_values = _filled(part, occasion)
        if values is None:
            open_figure = open_figure or not part.optional
            continue
        if part.papers:
            said += _papers(part, occasion)
        elif part.notes:
            noted, note_sources = _notes(part, occasion)
            said += noted
            sources += note_sources
        elif part.card is not None:
            found = _card(part.card, occasion)
            said.append(Text("card.fit.card", {"card": found.name, "who": found.text}))
            sources += found.sources
        elif part.say is not None:
            text = Text(part.say, values)
            unchecked = part.mark == "K" or any(source.mark == "K" for source in from_values)
            said.append(Text("answer.unchecked", {"said": text}) if unchecked else text)
        sources += [*from_values, *(reference(line, occasion.book, part.mark) for line in part.law)]
    if open_figure:
        said.append(Text("answer.figure_open"))
    return tuple(said), tuple(sources)


def _filled(part: PartForm, occasion: Occasion) -> tuple[dict[str, Value] | None, tuple[Source, ...]]:
    """The values of a part, or None where one of them is settled nowhere."""
    found: dict[str, Found] = {}
    for name, form in part.values.items():
        figure = find(form, occasion)
        if figure is None:
            return None, ()
        found[name] = figure
    sources = tuple(source for figure in found.values() for source in figure.sources)
    return {name: figure.value for name, figure in found.items()}, sources


def _to_confirm(points: tuple[Text, ...]) -> tuple[Value, ...]:
    """What only the office settles, in one sentence or as a list."""
    if len(points) < 2:
        return tuple(Text("answer.confirm", {"point": point}) for point in points)
    return (Joined((Text("answer.confirm.several"), Joined(points, "bullets")), "lines"),)


def _papers(part: PartForm, occasion: Occasion) -> list[Value]:
    from flows.documents import checklist  # papers are named by figures too

    papers = checklist(occasion.programme or "", None, occasion.facts, occasion.on, occasion.book)
    handed_in = [paper for paper in papers if part.at is None or paper.at == part.at]
    if part.most is not None:
        handed_in.sort(key=lambda paper: paper.condition is not None)
    lines = (paper.confirmed if part.confirmed else paper.text for paper in handed_in)
    told = tuple(line for line in lines if line is not None)[: part.most]
    return [Joined(told, "bullets")] if told else []


def _notes(part: PartForm, occasion: Occasion) -> tuple[list[Value], list[Source]]:
    """What stands beside the verdict, each once: what is for such people first, then what no text settles."""
    verdict = assess(occasion.programme or "", occasion.facts, occasion.on, occasion.book, with_terms=False)
    notes = [note for scheme in verdict.schemes if scheme.truth in ("yes", "unknown") for note in scheme.notes]
    schemes = occasion.book.programmes[occasion.programme or ""].schemes.values()
    for_some = {note.id for scheme in schemes for note in scheme.notes if note.when is not None}
    once = {note.id: note for note in notes}.values()
    told = sorted(once, key=lambda note: (note.id not in for_some, note.citation is not None))[: part.most]
    cited = [Source(note.citation) for note in told if note.citation is not None]
    return ([Joined(tuple(note.text for note in told), "bullets")] if told else []), cited


def _card(identity: str, occasion: Occasion) -> Card:
    from flows.neighbours import card  # cards are named by figures too

    return card(identity, occasion.on, occasion.book, province=occasion.facts.get("province"))


def _holds(part: PartForm, occasion: Occasion) -> bool:
    if part.start is not None and occasion.on < part.start:
        return False
    if part.end is not None and occasion.on > part.end:
        return False
    if any(occasion.facts.get(fact) is not None for fact in part.unknown):
        return False
    wanted = part.when if isinstance(part.when, list) else [part.when]
    if part.when and not any(
        all(_matches(occasion.facts, fact, values) for fact, values in one.items()) for one in wanted
    ):
        return False
    unwanted = (
        part.unless if isinstance(part.unless, list) else [{fact: values} for fact, values in part.unless.items()]
    )
    return not any(all(_matches(occasion.facts, fact, values) for fact, values in one.items()) for one in unwanted)


def _matches(facts: Mapping[str, Any], fact: str, values: list[Any]) -> bool:
    """Is the fact known, with one of these values? A fact may have several values at once (housing_class)."""
    known = facts.get(fact)
    several = known if isinstance(known, list | tuple) else [known]
    return any(one is not None and one in values for one in several)


def _local(programme: str | None, topic: str, occasion: Occasion) -> tuple[tuple[Text, ...], tuple[Source, ...]]:
    """What the province's own capital offers, where the province is known and has such a rule."""
    province = occasion.facts.get("province")
    if programme is None or topic not in {"rate", "amount"} or province is None:
        return (), ()
    for entry in occasion.book.local.get(str(province), ()):
        if entry.start <= occasion.on and (entry.end is None or occasion.on <= entry.end):
            figures = _distinct(_local_figures(programme, topic, entry.schemes, occasion.facts))
            if figures:
                values: dict[str, Value] = {
                    "province": Text(f"answer.province.{province}"),
                    "figures": Joined(figures, "list"),
                }
                source = Source(entry.source.citation, entry.start.isoformat(), entry.source.mark)
                return (Text("answer.local_money", values),), (source,)
    return (), ()


def _local_figures(
    programme: str, topic: str, schemes: Mapping[str, LocalScheme], facts: Mapping[str, Any]
) -> Iterable[Text]:
    for_establishment = facts.get("applicant_kind") == "establishment"
    for name, offer in schemes.items():
        home, _, scheme = name.partition(".")
        if home != programme or (scheme == "establishment") != for_establishment:
            continue
        if topic == "rate" and offer.rate is not None:
            yield Text("answer.local_rate", {"value": Percent(float(offer.rate))})
        if topic == "amount" and offer.max_amount is not None:
            yield Text("answer.local_amount", {"value": Money(offer.max_amount)})
        if topic == "amount":
            for by, amounts in offer.max_amount_by.items():
                for value, amount in amounts.items():
                    what = Text(f"answer.local.{by}.{value}")
                    yield Text("answer.local_amount_for", {"value": Money(amount), "what": what})


def _distinct(texts: Iterable[Text]) -> tuple[Text, ...]:
    kept: list[Text] = []
    for text in texts:
        if text not in kept:
            kept.append(text)
    return tuple(kept)


def _choices(home: AnswersForm, form: TopicForm, topic: str) -> tuple[Choice, ...]:
    programme = home.programme or GENERAL
    return tuple(Choice(f"topic={programme}.{name}", _label(programme, name)) for name in form.next if name != topic)


def bare(text: str) -> str:
    """Small letters, without accents and signs, one space between words."""
    letters = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    plain_letters = "".join(one if one.isalnum() else " " for one in letters if not unicodedata.combining(one))
    return " ".join(plain_letters.split())


def _label(programme: str, name: str) -> Text:
    """How a topic or a question is written on a button."""
    if name in _forms()[programme].questions:
        return Text(f"question.{programme}.{name}")
    return Text(f"answer.ask.{name}")


def _cited(source: Source) -> Text:
    line = Text("answer.cite.line", {"citation": source.citation})
    if source.since is not None:
        line = Text("answer.cite.since", {"citation": source.citation, "since": Day(source.since)})
    return Text("answer.cite.unchecked", {"line": line}) if source.mark == "K" else line


def _once(sources: Iterable[Source]) -> tuple[Source, ...]:
    """Each place once, the first day kept."""
    kept: dict[Citation, Source] = {}
    for source in sources:
        kept.setdefault(source.citation, source)
    return tuple(kept.values())


@lru_cache(maxsize=1)
def _forms() -> dict[str, AnswersForm]:
    """All files, read and checked once; what is wrong is told with file and line."""
    book, forms, problems = load_book(), {}, []
    folder = resources.files("flows") / "programmes" / "answers"
    for file in sorted(folder.iterdir(), key=lambda one: one.name):
        if not file.name.endswith(".yaml"):
            continue
        sheet = read_sheet(file)
        form = fill(AnswersForm, sheet)
        forms[form.programme or GENERAL] = form
        problems += _problems(sheet, form, book)
    if problems:
        raise BookError(problems)
    return forms


def _problems(sheet: Sheet, form: AnswersForm, book: Book) -> Iterable[str]:
    """Names that lead nowhere: instruments, parameters, schemes, facts, topics to go on with."""
    for group in ("topics", "questions"):
        for topic, entry in getattr(form, group).items():
            for name in entry.next:
                general = ("group", "fees", "human", "privacy", "complaint_scam")
                if name not in form.topics and name not in form.questions and name not in general:
                    yield sheet.complaint((group, topic, "next"), f"nothing answers {name}")
            for kind in ("parts", "confirm"):
                for place, part in enumerate(getattr(entry, kind)):
                    yield from _part_problems(sheet, (group, topic, kind, place), part, form, book)


def _card_names() -> frozenset[str]:
    from flows.neighbours import names

    return names()


def _part_problems(sheet: Sheet, path: tuple, part: PartForm, form: AnswersForm, book: Book) -> Iterable[str]:
    for line in part.law:
        if reference(line, book).citation.instrument not in book.register:
            yield sheet.complaint(
                (*path, "law"), f"{line.split('|')[0].strip()} is not in the legal register (flows/law.yaml)"
            )
    if part.card is not None and part.card not in _card_names():
        yield sheet.complaint((*path, "card"), f"no card {part.card} (programmes/neighbours/cards.yaml)")
    for wanted in (part.when, part.unless):
        for one in wanted if isinstance(wanted, list) else [wanted]:
            for fact in one:
                if fact not in book.facts:
                    yield sheet.complaint((*path, "when"), f"no fact {fact} (flows/facts.yaml)")
    for name, figure in part.values.items():
        here = (*path, "with", name)
        for parameter in (figure.parameter, figure.since):
            if parameter is not None and parameter not in book.parameters:
                yield sheet.complaint(here, f"no parameter {parameter}")
        if figure.terms is not None:
            programme, scheme, _ = scheme_of(figure.terms, form.programme)
            if programme not in book.programmes or scheme not in book.programmes[programme].schemes:
                yield sheet.complaint(here, f"no scheme {programme}.{scheme}")
