"""Which papers a person needs for a scheme: what, on which form, who confirms it, how long that takes. No sentence here.

The lists stand in `programmes/documents/`. A paper is needed, not needed, or needed if something holds that we do not
know yet: then it is listed with that "if". Photos of papers are never asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from importlib import resources
from typing import Any, Literal

import msgspec
from pydantic import Field

from flows.eligibility.book import Book, BookError, load_book
from flows.eligibility.sheets import Strict, fill, read_sheet
from flows.engine.text import Citation, Joined, Money, Text, Value
from flows.figures import Source, reference

Wanted = dict[str, list[Any]]


class PaperForm(Strict):
    """One paper of a list. `by`: who makes it; `at`: where it is handed in; `only_if`: how its "if" is worded.

    `depends`: nothing that we ask settles it; `depends_if`: the same for those whom these facts name, `never`: those
    never need it, `direct`: those hand it straight to the bank.
    """

    id: str
    form: str | None = None
    by: Literal["applicant", "group", "authority", "bank"]
    given_by: str | None = Field(default=None, alias="from")
    confirmed_by: str | None = None
    within: str | None = None
    at: Literal["group", "bank", "developer"]
    only_if: str | None = None
    when: Wanted | list[Wanted] = Field(default_factory=dict)
    unless: Wanted = Field(default_factory=dict)
    above: str | None = None
    depends: bool = False
    depends_if: Wanted = Field(default_factory=dict)
    never: Wanted = Field(default_factory=dict)
    direct: Wanted = Field(default_factory=dict)
    mark: Literal["V", "K", "?"] = "V"
    law: str


class ListForm(Strict):
    """The papers of a scheme. `when`: the facts that say it is this scheme; without, it is the programme's usual one."""

    when: Wanted = Field(default_factory=dict)
    papers: list[PaperForm]


class PapersForm(Strict):
    """One file: a programme's papers."""

    programme: str
    schemes: dict[str, ListForm]


class Paper(msgspec.Struct, frozen=True, kw_only=True):
    """One paper. `text` is a line for a list, `full` the same with who gives or confirms it and how long that takes.

    `confirmed`: a line with who confirms it and within which time, None where nobody has to.
    `condition` words the "if" of a paper that only some need; `within_days` is None where the law gives no time.
    `mark`: V | K | "?" (for the transaction point to confirm).
    """

    id: str
    text: Text
    full: Text
    confirmed: Text | None
    form: str | None
    by: str
    at: str
    condition: Text | None
    confirmed_by: Text | None
    given_by: Text | None
    within_days: int | None
    source: Source
    mark: str

    @property
    def citation(self) -> Citation:
        """Where the law asks for it."""
        return self.source.citation


def checklist(
    programme: str,
    scheme: str | None,
    facts: Mapping[str, Any],
    on: date,
    book: Book | None = None,
    *,
    everyone: bool = False,
) -> tuple[Paper, ...]:
    """The papers of a scheme (None: the one that the facts point to); `everyone`: also those that others make."""
    book = book or load_book()
    lists = _lists()[programme].schemes
    chosen = lists[scheme] if scheme in lists else _pointed_to(lists, facts)
    papers = []
    for form in chosen.papers:
        needed = _needed(form, facts, on, book)
        if needed is not False and (everyone or form.by == "applicant"):
            papers.append(_paper(_handed_in(form, facts), needed, on, book))
    return tuple(papers)


def keys() -> frozenset[str]:
    """Every catalogue key that the lists name."""
    found = set()
    for lists in _lists().values():
        for form in (paper for scheme in lists.schemes.values() for paper in scheme.papers):
            found.add(f"paper.{form.id}")
            found |= {f"paper.from.{name}" for name in (form.given_by, form.confirmed_by) if name}
            if form.only_if:
                found.add(f"paper.if.{form.only_if}")
    return frozenset(found)


def _pointed_to(lists: Mapping[str, ListForm], facts: Mapping[str, Any]) -> ListForm:
    """The scheme that the facts name, else the usual one: the list without `when`."""
    for one in lists.values():
        if one.when and _all(one.when, facts) is True:
            return one
    return next(one for one in lists.values() if not one.when)


def _needed(form: PaperForm, facts: Mapping[str, Any], on: date, book: Book) -> bool | None:
    """True, False, or None: it depends on something not known yet."""
    if _holds(form.never, facts):
        return False
    known = [_some(_each(form.when), facts)] if form.when else []
    if form.unless:
        some = [_is(facts, fact, values) for fact, values in form.unless.items()]
        known.append(False if True in some else None if None in some else True)
    if form.above is not None:
        known.append(_above(form.above, facts, on, book))
    if False in known:
        return False
    return None if None in known or form.depends or _holds(form.depends_if, facts) else True


def _handed_in(form: PaperForm, facts: Mapping[str, Any]) -> PaperForm:
    """The paper with the place where these people hand it in, and get its form."""
    if not _holds(form.direct, facts):
        return form
    giver = "bank" if form.given_by == "group_leader" else form.given_by
    return form.model_copy(update={"at": "bank", "given_by": giver})


def _holds(wanted: Wanted, facts: Mapping[str, Any]) -> bool:
    """Is it known that these facts hold? Nothing wanted holds for nobody."""
    return bool(wanted) and _all(wanted, facts) is True


def _each(when: Wanted | list[Wanted]) -> list[Wanted]:
    return when if isinstance(when, list) else [when]


def _some(wanted: list[Wanted], facts: Mapping[str, Any]) -> bool | None:
    """Does one of several sets of facts hold? None: it hangs on something not known yet."""
    each = [_all(one, facts) for one in wanted]
    return True if True in each else None if None in each else False


def _all(wanted: Wanted, facts: Mapping[str, Any]) -> bool | None:
    each = [_is(facts, fact, values) for fact, values in wanted.items()]
    return False if False in each else None if None in each else True


def _is(facts: Mapping[str, Any], fact: str, values: list[Any]) -> bool | None:
    known = facts.get(fact)
    if known is None:
        return None
    return any(one in values for one in (known if isinstance(known, list | tuple) else [known]))


def _above(parameter: str, facts: Mapping[str, Any], on: date, book: Book) -> bool | None:
    amount, dated = facts.get("loan_amount"), book.parameters[parameter].on(on)
    return None if amount is None or dated is None else amount > dated.value


def _paper(form: PaperForm, needed: bool | None, on: date, book: Book) -> Paper:
    condition = _condition(form, on, book) if needed is None and form.only_if else None
    values: dict[str, Value] = {"paper": Text(f"paper.{form.id}")}
    if form.form is not None:
        values["form"] = form.form
    if condition is not None:
        values["condition"] = condition
    line = Text(".".join(["paper.line", *(["form"] if form.form else []), *(["if"] if condition else [])]), values)
    days = _days(form.within, on, book)
    who = Text(f"paper.from.{form.confirmed_by}") if form.confirmed_by else None
    giver = Text(f"paper.from.{form.given_by}") if form.given_by else None
    more = tuple(
        text
        for text in (
            Text("paper.confirmed_by", {"who": who}) if who else None,
            Text("paper.given_by", {"who": giver}) if giver else None,
            Text("paper.within", {"days": days}) if days is not None else None,
            Text(f"paper.by.{form.by}") if form.by != "applicant" else None,
            Text("paper.unchecked") if form.mark == "K" else Text("paper.uncertain") if form.mark == "?" else None,
        )
        if text is not None
    )
    return Paper(
        id=form.id,
        text=line,
        full=Text("paper.line.full", {"paper": line, "more": Joined(more)}) if more else line,
        confirmed=_confirmed(line, who, days),
        form=form.form,
        by=form.by,
        at=form.at,
        condition=condition,
        confirmed_by=who,
        given_by=giver,
        within_days=days,
        source=reference(form.law, book, "K" if form.mark == "K" else "V"),
        mark=form.mark,
    )


def _confirmed(line: Text, who: Text | None, days: int | None) -> Text | None:
    if who is None:
        return None
    within = {} if days is None else {"days": days}
    return Text("paper.line.who" if days is None else "paper.line.who.days", {"paper": line, "who": who, **within})


def _condition(form: PaperForm, on: date, book: Book) -> Text:
    key = f"paper.if.{form.only_if}"
    dated = book.parameters[form.above].on(on) if form.above else None
    return Text(key, {"threshold": Money(int(dated.value))}) if dated is not None else Text(key)


def _days(parameter: str | None, on: date, book: Book) -> int | None:
    dated = book.parameters[parameter].on(on) if parameter else None
    return None if dated is None else int(dated.value)


@lru_cache(maxsize=1)
def _lists() -> dict[str, PapersForm]:
    """All files, read and checked once; what is wrong is told with file and line."""
    book, lists, problems = load_book(), {}, []
    folder = resources.files("flows") / "programmes" / "documents"
    for file in sorted(folder.iterdir(), key=lambda one: one.name):
        if not file.name.endswith(".yaml"):
            continue
        sheet = read_sheet(file)
        form = fill(PapersForm, sheet)
        lists[form.programme] = form
        for scheme, papers in form.schemes.items():
            if scheme not in book.programmes[form.programme].schemes:
                problems.append(sheet.complaint(("schemes", scheme), f"{form.programme} has no scheme {scheme}"))
            for place, paper in enumerate(papers.papers):
                path = ("schemes", scheme, "papers", place)
                if reference(paper.law, book).citation.instrument not in book.register:
                    problems.append(
                        sheet.complaint(path, f"{paper.law.split('|')[0].strip()} is not in the legal register")
                    )
                for name in (paper.above, paper.within):
                    if name is not None and name not in book.parameters:
                        problems.append(sheet.complaint(path, f"no parameter {name}"))
                needed_if = (fact for one in _each(paper.when) for fact in one)
                for fact in (*needed_if, *paper.unless, *paper.depends_if, *paper.never, *paper.direct):
                    if fact not in book.facts:
                        problems.append(sheet.complaint(path, f"no fact {fact}"))
    if problems:
        raise BookError(problems)
    return lists
