"""vayvon assess | next-question | terms | schedule | flows check: the rules from a shell, as the contract words them.

Reads facts and prints what `flows.eligibility` answers; no rule and no figure stands here.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import click
import msgspec

from bot.commands.differences import difference_told, read_rules, rules_compared
from bot.commands.given import IsoDay, WrongInput, today
from bot.papers.repayment_chart import chart_png, chart_svg
from bot.papers.repayment_table import as_text as table_text
from bot.papers.repayment_table import by_stage
from bot.papers.rule_picture import mermaid, picture_png, picture_svg
from bot.wording import LANGUAGES, catalogue, placeholders, word
from flows import FLOWS
from flows.cost import Cost, compared, cost, said
from flows.eligibility.assess import NoSuchProgramme, WrongFact, assess
from flows.eligibility.book import Book, BookError, NamedCondition, load_book, read_book
from flows.eligibility.completeness import faults
from flows.eligibility.draw import draw_programme
from flows.eligibility.planner import next_fact, open_facts
from flows.eligibility.schedule import NoRate, Schedule
from flows.eligibility.terms import terms
from flows.eligibility.verdict import ConfirmPoint, NoteSaid, Reason, SchemeVerdict, Terms, Verdict
from flows.engine.box import Box
from flows.engine.draw import draw_flow
from flows.engine.text import Citation, Text

DATA_ERRORS = (WrongFact, NoSuchProgramme, NoRate)
BEYOND_THE_CALENDAR = (ValueError, OverflowError)


on_option = click.option("--on", type=IsoDay(), default=None, help="The day to look at; today unless given.")
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON and nothing else on stdout.")
facts_option = click.option("--facts", "facts_file", default=None, help="A JSON file of facts, or - for stdin.")


# ---- JSON of the contract


_made: dict[int, tuple[Any, dict[str, Any]]] = {}
_MADE_LIMIT = 50_000


def _once(value: Any, make: Callable[[Any], dict[str, Any]]) -> dict[str, Any]:
    """The JSON of a value that the rules hand out again and again; the value is kept, so its id stays its own."""
    found = _made.get(id(value))
    if found is None:
        if len(_made) >= _MADE_LIMIT:
            _made.clear()
        found = _made[id(value)] = (value, make(value))
    return found[1]


def _both(text: Text) -> dict[str, str]:
    return {language: word(text, language) for language in LANGUAGES}


def _citation(citation: Citation | None) -> dict[str, Any] | None:
    return None if citation is None else {"instrument": citation.instrument, "article": citation.article}


def _cited(citations: Iterable[Citation]) -> dict[str, Any]:
    found = [_citation(one) for one in citations]
    return {"citation": found[0] if found else None, "citations": found}


def _reason(reason: Reason) -> dict[str, Any]:
    made: dict[str, Any] = {"condition": reason.condition, "truth": reason.truth, **_cited(reason.citations)}
    made |= _both(reason.text)
    if reason.figures:
        made["figures"] = [
            {"parameter": one.parameter, "value": word(one.value), "from": one.since, "to": one.until, "mark": one.mark}
            for one in reason.figures
        ]
    if reason.parts:
        made["parts"] = [_reason(part) for part in reason.parts]
    return made


def _point(point: ConfirmPoint) -> dict[str, Any]:
    return {"id": point.id, **_both(point.text), **_cited(point.citations), "certain": point.certain}


def _note(note: NoteSaid) -> dict[str, Any]:
    return {"id": note.id, **_both(note.text), "citation": _citation(note.citation)}


def terms_json(found: Terms) -> dict[str, Any]:
    """The `terms` object of the contract; rules that depend on the case are worded."""
    made = msgspec.to_builtins(found)
    for name, text in (("max_amount_rule", found.max_amount_rule), ("max_term_rule", found.max_term_rule)):
        made[name] = None if text is None else _both(text)
    return made


def scheme_json(scheme: SchemeVerdict) -> dict[str, Any]:
    """One scheme of a verdict."""
    return {
        "id": scheme.id,
        "truth": scheme.truth,
        "missing": list(scheme.missing),
        "confirm": [_once(point, _point) for point in scheme.confirm],
        "reasons": [_once(reason, _reason) for reason in scheme.reasons],
        "notes": [_once(note, _note) for note in scheme.notes],
        "place_kind": scheme.place_kind,
        "filed_at": scheme.filed_at,
        "terms": None if scheme.terms is None else _once(scheme.terms, terms_json),
    }


def verdict_json(verdict: Verdict) -> dict[str, Any]:
    """The verdict object of the contract."""
    return {
        "programme": verdict.programme,
        "on": verdict.on,
        "truth": verdict.truth,
        "schemes": [scheme_json(scheme) for scheme in verdict.schemes],
    }


def _print(answer: Any) -> None:
    click.echo(json.dumps(answer, ensure_ascii=False))


# ---- reading what is given


def _book() -> Book:
    try:
        return load_book()
    except BookError as error:
        raise WrongInput(error.messages[0]) from error


def _facts(text: str, name: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise WrongInput(f"{name} is no JSON: {error}") from error
    if not isinstance(found, dict):
        raise WrongInput(f'{name} must be an object of facts, like {{"study_year": 1}}')
    return found


def _read_facts(facts_file: str | None) -> dict[str, Any]:
    if facts_file is None:
        return {}
    if facts_file == "-":
        return _facts(sys.stdin.read(), "what stands on stdin")
    try:
        with open(facts_file, encoding="utf-8") as stream:
            return _facts(stream.read(), facts_file)
    except OSError as error:
        raise WrongInput(f"{facts_file} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise WrongInput(f"{facts_file} is not UTF-8") from error


def _line(line: str, book: Book) -> dict[str, Any]:
    """The answer to one line of `--jsonl`; whatever is wrong with the line stands in the answer."""
    name = None
    try:
        asked = json.loads(line)
        if not isinstance(asked, dict):
            raise WrongFact("line", 'write an object like {"id", "programme", "on", "facts"}')
        name = asked.get("id")
        on = asked.get("on")
        day = today() if on is None else date.fromisoformat(on)
        facts = asked.get("facts") or {}
        if not isinstance(facts, dict):
            raise WrongFact("facts", "write an object of facts")
        return {"id": name, **verdict_json(assess(str(asked.get("programme")), facts, day, book))}
    except (ValueError, TypeError, LookupError, RecursionError) as error:
        return {"id": name, "error": str(error)}


def _lines(stream: Iterable[str]) -> Iterator[str]:
    for line in stream:
        if line.strip():
            yield line


# ---- commands


@click.command("assess")
@click.argument("programme", required=False)
@facts_option
@on_option
@json_option
@click.option("--jsonl", is_flag=True, help='Read {"id","programme","on","facts"} a line, answer a verdict a line.')
def assess_command(programme: str | None, facts_file: str | None, on: date | None, as_json: bool, jsonl: bool) -> None:
    """Say what a programme's conditions come to for these facts. Information only; the office decides."""
    if jsonl:
        book = _book()
        for line in _lines(sys.stdin):
            click.echo(json.dumps(_line(line, book), ensure_ascii=False))
        return
    if programme is None:
        raise click.UsageError("name a programme, or give --jsonl")
    facts, day, book = _read_facts(facts_file), on or today(), _book()
    try:
        verdict = assess(programme, facts, day, book)
    except DATA_ERRORS as error:
        raise WrongInput(str(error)) from error
    if as_json:
        _print(verdict_json(verdict))
    else:
        _tell(verdict)


def _tell(verdict: Verdict) -> None:
    click.echo(f"{verdict.programme} {verdict.on}: {verdict.truth}")
    for scheme in verdict.schemes:
        click.echo(f"\n{word(Text(f'scheme.{verdict.programme}.{scheme.id}.name'))}: {scheme.truth}")
        for reason in scheme.reasons:
            law = f" ({word(reason.citations[0])})" if reason.citations else ""
            click.echo(f"  [{reason.truth}] {word(reason.text)}{law}")
        for point in scheme.confirm:
            click.echo(f"  [confirm] {word(point.text)}")
        for note in scheme.notes:
            click.echo(f"  - {word(note.text)}")
        if scheme.missing:
            click.echo(f"  missing: {', '.join(scheme.missing)}")


@click.command("next-question")
@click.argument("programme")
@facts_option
@on_option
@json_option
def next_question_command(programme: str, facts_file: str | None, on: date | None, as_json: bool) -> None:
    """Name the fact to ask next, for one programme or for all."""
    facts, day, book = _read_facts(facts_file), on or today(), _book()
    names = list(book.programmes) if programme == "all" else [programme]
    try:
        fact = next_fact(names, facts, day, book)
        missing = open_facts(names, facts, day, book)
    except DATA_ERRORS as error:
        raise WrongInput(str(error)) from error
    answer = {"fact": fact, "missing": list(missing)}
    if as_json:
        _print(answer)
    else:
        click.echo(word(Text(f"fact.{fact}.ask")) if fact else "nothing left to ask")


@click.command("terms")
@click.argument("programme")
@click.argument("scheme")
@facts_option
@on_option
@click.option("--signed", type=IsoDay(), default=None, help="The day on which the loan contract was signed.")
@json_option
def terms_command(
    *, programme: str, scheme: str, facts_file: str | None, on: date | None, signed: date | None, as_json: bool
) -> None:
    """Give amount, rate, term and security of a scheme, each with its source."""
    facts, day, book = _read_facts(facts_file), on or today(), _book()
    try:
        found = terms(programme, scheme, facts, day, book, signed=signed)
    except DATA_ERRORS as error:
        raise WrongInput(str(error)) from error
    made = terms_json(found)
    if as_json:
        _print(made)
        return
    for name, value in made.items():
        if name not in ("citations", "may_be") and value is not None:
            click.echo(f"{name}: {value['vi'] if isinstance(value, dict) and 'vi' in value else value}")
    for source in found.citations:
        click.echo(f"  {source.field}: {word(Citation(source.instrument, source.article))} [{source.mark}]")


@click.command("schedule")
@click.argument("programme")
@click.argument("scheme")
@click.option("--amount", type=int, required=True, help="The whole loan, in đồng.")
@click.option("--months", type=int, required=True, help="Months from the first payment out to the last one back.")
@facts_option
@click.option("--start", type=IsoDay(), default=None, help="The day of the first payment out; today unless given.")
@click.option("--text", "as_text", is_flag=True, help="Tell it in plain words, with a table of its stages.")
@click.option("--svg", type=click.Path(dir_okay=False), default=None, help="Draw the chart into this file, as SVG.")
@click.option("--png", type=click.Path(dir_okay=False), default=None, help="Draw the chart into this file, as PNG.")
@click.option("--lang", type=click.Choice(LANGUAGES), default="vi", help="The language of text and chart.")
@json_option
def schedule_command(
    *,
    programme: str,
    scheme: str,
    amount: int,
    months: int,
    facts_file: str | None,
    start: date | None,
    as_text: bool,
    svg: str | None,
    png: str | None,
    lang: str,
    as_json: bool,
) -> None:
    """Lay out instalments and interest, as an illustration."""
    facts, day, book = _read_facts(facts_file), start or today(), _book()
    if as_json and as_text:
        raise click.UsageError("give --json or --text, not both")
    try:
        found = cost(programme, scheme, facts, day, book, amount=amount, months=months)
    except DATA_ERRORS as error:
        raise WrongInput(str(error)) from error
    except BEYOND_THE_CALENDAR as error:
        raise WrongInput(f"this loan cannot be laid out: {error}") from error
    if svg is not None:
        _write(svg, chart_svg(found, lang, theme="light").encode())
    if png is not None:
        _write(png, chart_png(found, lang))
    if as_json:
        made = msgspec.to_builtins(found.plan)
        made["unsettled"] = [_both(text) for text in found.plan.unsettled]
        _print(made)
    elif as_text:
        _tell_cost(found, lang)
    elif svg is None and png is None:
        _tell_plan(found.plan)


def _tell_plan(plan: Schedule) -> None:
    for row in plan.rows:
        click.echo(f"{row.due}  {row.principal:>15,}  {row.interest:>13,}  {row.balance:>15,}")
    click.echo(f"total interest: {plan.total_interest:,}")


def _tell_cost(found: Cost, language: str) -> None:
    click.echo(word(said(found), language))
    beside = compared(found)
    if beside is not None:
        click.echo(f"\n{word(beside, language)}")
    click.echo(f"\n{table_text(by_stage(found, language))}")


def _write(path: str, content: bytes) -> None:
    try:
        with open(path, "wb") as stream:
            stream.write(content)
    except OSError as error:
        raise WrongInput(f"{path} cannot be written: {error.strerror}") from error


@click.group("flows")
def flows_group() -> None:
    """Check what officials, lawyers and translators may change."""


@flows_group.command("check")
@click.argument("folder", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path))
@json_option
def check_command(folder: Path | None, as_json: bool) -> None:
    """Check facts, programmes, parameters, the legal register and their words; name file and line of each fault.

    FOLDER: rules laid out like flows/, before they take the place of ours.
    """
    try:
        book = load_book() if folder is None else read_book(folder)
        problems = [*missing_words(book), *faults(book)]
    except BookError as error:
        book, problems = None, error.messages
    if as_json:
        _print({"ok": not problems, "problems": problems})
    else:
        for problem in problems:
            click.echo(problem, err=True)
    if problems:
        if not as_json:
            click.echo(f"{len(problems)} faults", err=True)
        raise click.exceptions.Exit(2)
    if not as_json and book is not None:
        schemes = sum(len(programme.schemes) for programme in book.programmes.values())
        click.echo(
            f"{len(book.programmes)} programmes, {schemes} schemes, {len(book.facts)} facts, "
            f"{len(book.parameters)} parameters, {len(book.register)} instruments: all in order"
        )


@flows_group.command("draw")
@click.argument("name")
@click.option(
    "--picture", type=click.Path(path_type=Path, dir_okay=False), help="Write a picture: FILE.svg or FILE.png."
)
@click.option("--lang", type=click.Choice(LANGUAGES), default="vi", show_default=True)
@on_option
def draw_command(name: str, picture: Path | None, lang: str, on: date | None) -> None:
    """Draw a flow or a programme: Mermaid text, or a picture with --picture. `--on`: with the figures of that day."""
    box = _box(name, on or today())
    if picture is None:
        click.echo(mermaid(box, lang))
    elif picture.suffix == ".svg":
        picture.write_text(picture_svg(box, lang), encoding="utf-8")
    elif picture.suffix == ".png":
        picture.write_bytes(picture_png(box, lang))
    else:
        raise WrongInput(
            f"a picture is written as .svg or .png, not as {picture.suffix or 'a file without an ending'!r}"
        )


def _box(name: str, on: date) -> Box:
    book = _book()
    if name in book.programmes:
        return draw_programme(name, on, book)
    if name in FLOWS:
        return draw_flow(FLOWS[name])
    raise WrongInput(f"there is no flow or programme {name!r}; write one of {', '.join([*FLOWS, *book.programmes])}")


@flows_group.command("diff")
@click.argument("old")
@click.argument("new")
@on_option
@json_option
def diff_command(old: str, new: str, on: date | None, as_json: bool) -> None:
    """Tell who gains and who loses between two days, or two folders of rules, and which figures differ."""
    book, day = _book(), on or today()
    answer = rules_compared(read_rules(old, book, day), read_rules(new, book, day))
    if as_json:
        _print(answer)
        return
    for line in difference_told(answer):
        click.echo(line)


def wanted_words(book: Book) -> dict[str, set[str]]:
    """Every catalogue key that the rules need, with the figures that may stand in it."""
    wanted: dict[str, set[str]] = {}

    def conditions(programme: str, named: NamedCondition) -> None:
        figures = {parameter.id for parameter in named.parameters}
        wanted.update({f"condition.{programme}.{named.id}.{truth}": figures for truth in ("yes", "no", "unknown")})
        for part in named.parts:
            conditions(programme, part)

    for fact in book.facts.values():
        names = ["ask", "why", "label", *(f"value.{value}" for value in fact.values)]
        if fact.can_become:
            wanted[f"nearest.change.{fact.id}"] = {"value"}
        names += ["hint"] if fact.kind not in ("bool", "choice", "multichoice") else []
        wanted.update({f"fact.{fact.id}.{name}": set() for name in names})
    for programme in book.programmes.values():
        wanted.update({f"programme.{programme.id}.{name}": set() for name in ("name", "short")})
        for scheme in programme.schemes.values():
            wanted[f"scheme.{programme.id}.{scheme.id}.name"] = set()
            for named in scheme.conditions:
                conditions(programme.id, named)
            wanted.update({f"confirm.{point}": set() for point in scheme.confirm})
            wanted.update({f"note.{note.id}": set() for note in scheme.notes})
            wanted.update({f"schedule.{rule}": set() for rule in scheme.schedule.unsettled})
            amount = {"flat", "total", "per_worker", "share", "cap", "monthly"}
            wanted[f"amount.{scheme.terms.max_amount.rule}"] = amount
            if scheme.terms.max_term.rule:
                rules = (scheme.terms.max_term.rule, *(rule for _, rule in scheme.terms.max_term.earlier))
                wanted.update({f"term.{rule}": {"grace"} for rule in rules})
    return wanted


def missing_words(book: Book) -> list[str]:
    """What is wrong with the words of the rules: keys without words, placeholders that nothing fills or that differ."""
    problems: list[str] = []
    spoken = {language: catalogue(language) for language in LANGUAGES}
    for key, figures in wanted_words(book).items():
        found: dict[str, set[str]] = {}
        for language, texts in spoken.items():
            domain = "nearest" if key.startswith("nearest.") else "rules"
            file = f"flows/locale/{language}/LC_MESSAGES/{domain}.po"
            if key not in texts:
                problems.append(f"{file}:1: no words for {key}")
                continue
            found[language] = placeholders(texts[key]) - {"you", "You"}
            for name in sorted(found[language] - figures):
                problems.append(f"{file}:1: nothing fills {{{name}}} in {key}")
        if len({frozenset(names) for names in found.values()}) > 1:
            problems.append(f"flows/locale:1: {key} has different placeholders by language")
    return problems


COMMANDS = [assess_command, next_question_command, terms_command, schedule_command, flows_group]
