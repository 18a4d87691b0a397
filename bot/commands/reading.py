"""Reading from a shell: `read TEXT`, `read --jsonl`, `nlu evaluate FILE`. How a text is read stands in `nlu/`."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import click
import msgspec

from bot.commands.given import IsoDay, WrongInput, today
from bot.commands.running import settings_of
from bot.embedded import load_model
from bot.rasa import Rasa
from nlu import read
from nlu.entities.place import read_places
from nlu.evaluate import Evaluation, evaluate
from nlu.reading import Choice, Expecting, Intent, Reading

TOO_LONG = 20_000  # characters of one line of --jsonl
PATIENCE = 10.0  # seconds for one message when Rasa itself is judged
LABEL_DAY = date(2026, 11, 22)  # the day from which the label files count relative dates
# slots as the label files name them -> facts and slots of the contract
LABEL_SLOTS = {
    "amount": "loan_amount",
    "income": "monthly_income",
    "full_name": "name",
    "school_year": "study_year",
    "school_level": "study_level",
    "commune": "residence",
    "contract_term": "term",
    "in_savings_group": "group",
}

Classify = Callable[[str, Expecting], Intent | None]


def _embedded() -> Classify:
    return load_model(settings_of(quiet=True).var).classify


# --- read ----------------------------------------------------------------------------------------------------------------


@click.command("read")
@click.argument("text", required=False)
@click.option(
    "--expecting", metavar="FACT", help="The fact or slot that was asked for; one that is not known is ignored."
)
@click.option("--programme", help="The programme that the talk is about.")
@click.option("--choice", "choices", multiple=True, metavar="ID=LABEL", help="An answer on offer, in order.")
@click.option("--on", type=IsoDay(), help="The day from which relative dates count; today if not given.")
@click.option("--json", "as_json", is_flag=True, help="JSON on stdout.")
@click.option("--jsonl", is_flag=True, help='One {"id","text","expecting"?,"on"?} a line on stdin, one reading a line.')
def read_command(
    *,
    text: str | None,
    expecting: str | None,
    programme: str | None,
    choices: tuple[str, ...],
    on: date | None,
    as_json: bool,
    jsonl: bool,
) -> None:
    """What a message means: programme, topics, entities, the answer to the question asked."""
    if jsonl:
        classify = _embedded()
        for line in sys.stdin:
            if line.strip():
                click.echo(json.dumps(_line(line, classify, on or today()), ensure_ascii=False))
        return
    if text is None:
        raise click.UsageError("give the message as TEXT, or --jsonl")
    offered = tuple(Choice(*(part.partition("=")[::2])) for part in choices)
    reading = _read(text, Expecting(expecting, programme, offered), _embedded(), on or today())
    click.echo(json.dumps(as_contract(reading), ensure_ascii=False) if as_json else _in_words(reading))


def _read(text: str, expecting: Expecting, classify: Classify, on: date) -> Reading:
    return read(text, expecting, classify(text, expecting), on, read_places)


def _line(line: str, classify: Classify, today: date) -> dict[str, Any]:
    """One line of --jsonl answered; a bad one gives its error and lets the stream go on."""
    asked: Any = None
    try:
        if len(line) > TOO_LONG:
            raise ValueError(f"a line of more than {TOO_LONG} characters")
        asked = json.loads(line)
        if not isinstance(asked, dict) or not isinstance(asked.get("text"), str):
            raise ValueError('each line is an object with at least "text"')
        on = date.fromisoformat(asked["on"]) if asked.get("on") else today
        offered = tuple(Choice(str(c["id"]), str(c["label"])) for c in asked.get("choices") or ())
        expecting = Expecting(_word(asked, "expecting"), _word(asked, "programme"), offered)
        return {"id": asked.get("id"), **as_contract(_read(asked["text"], expecting, classify, on))}
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        return {"id": asked.get("id") if isinstance(asked, dict) else None, "error": str(error)}


def _word(asked: dict[str, Any], key: str) -> str | None:
    value = asked.get(key)
    if value is not None and not isinstance(value, str):
        raise ValueError(f'"{key}" is a word')
    return value


def as_contract(reading: Reading) -> dict[str, Any]:
    """The reading in the shape of the contract, section 6, with what else was read after it."""
    plain = msgspec.to_builtins(reading)
    intent = plain.pop("intent")
    answer = plain["answer"]
    if isinstance(answer, dict) and answer.get("type") == "ambiguous":
        answer = {"ambiguous": answer["values"]}
    return {
        "text": reading.text,
        **{key: intent[key] for key in ("programme", "programmes", "topic", "topics", "confidence")},
        "entities": plain["entities"],
        "answer": answer,
        **{key: plain[key] for key in ("facts", "choice", "unsure", "declined", "correction", "places")},
        **{key: plain[key] for key in ("addressing", "about", "aside")},
    }


def _in_words(reading: Reading) -> str:
    lines = [f"{reading.intent.programme} / {', '.join(reading.intent.topics)} ({reading.intent.confidence:.2f})"]
    lines += [f"  {e.type} = {e.value}{f' a {e.period}' if e.period else ''}   «{e.text}»" for e in reading.entities]
    lines += [f"  told: {fact} = {value}" for fact, value in reading.facts.items()]
    if reading.answer is not None:
        lines.append(f"  answer: {reading.answer}")
    return "\n".join(lines)


# --- nlu evaluate --------------------------------------------------------------------------------------------------------


@click.group("nlu")
def nlu_group() -> None:
    """How well messages are understood."""


@nlu_group.command("evaluate")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--engine", type=click.Choice(["embedded", "rasa"]), default="embedded", help="Which engine classifies.")
@click.option("--url", help="Where Rasa listens; else VAYVON_RASA_URL says so.")
@click.option("--on", type=IsoDay(), default=LABEL_DAY.isoformat(), help="The day from which relative dates count.")
@click.option("--ignore", multiple=True, metavar="TYPE", help="An entity type to leave out of the score.")
@click.option("--mistakes", is_flag=True, help="List every message that was read wrongly.")
@click.option("--json", "as_json", is_flag=True, help="JSON on stdout.")
def evaluate_command(
    *, file: Path, engine: str, url: str | None, on: date, ignore: tuple[str, ...], mistakes: bool, as_json: bool
) -> None:
    """Accuracy, F1 by type and by style tag, confusions, calibration and the slowest messages of a labelled file."""
    examples = _labelled(file)
    if engine == "rasa":
        with _rasa(url) as classify:
            readings, timings = _timed(examples, classify, on)
    else:
        readings, timings = _timed(examples, _embedded(), on)
    result = evaluate(examples, readings, ignore)
    if as_json:
        click.echo(json.dumps(_report(result, timings), ensure_ascii=False))
    else:
        click.echo("\n".join(_table(result, timings, mistakes)))


def _timed(
    examples: list[dict[str, Any]], classify: Classify, on: date
) -> tuple[list[Reading], list[tuple[float, str]]]:
    """The reading of each message, and how long it took."""
    read("chào", Expecting(), None, on, read_places)  # the lexicons are loaded once, outside the timing
    readings, timings = [], []
    for example in examples:
        slot = (example.get("context") or {}).get("asked_slot")
        expecting = Expecting(LABEL_SLOTS.get(slot, slot))
        begun = time.perf_counter()
        readings.append(_read(example["text"], expecting, classify, on))
        timings.append((time.perf_counter() - begun, example["id"]))
    return readings, timings


def _labelled(file: Path) -> list[dict[str, Any]]:
    needed = {"id", "text", "style", "programme", "topic", "topics"}
    examples = []
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            example = json.loads(line)
            missing = needed - set(example)
        except (ValueError, TypeError) as error:
            raise WrongInput(f"{file}:{number}: {error}") from None
        if missing:
            raise WrongInput(f"{file}:{number}: without {', '.join(sorted(missing))}")
        examples.append(example)
    if not examples:
        raise WrongInput(f"{file}: no labelled message")
    return examples


@contextmanager
def _rasa(url: str | None) -> Iterator[Classify]:
    """Rasa at `url`, or as `VAYVON_RASA_URL` names it, asked like the app asks it: one connection kept alive."""
    settings = settings_of(quiet=True)
    address = url or settings.rasa_url
    if not address:
        raise click.UsageError("give --url, or set VAYVON_RASA_URL, to evaluate Rasa")
    with asyncio.Runner() as loop:
        rasa = Rasa(address, _Nobody(), max(settings.rasa_timeout, PATIENCE))
        try:
            if loop.run(rasa.classify("chào", Expecting())) is None:
                raise WrongInput(f"{address}: no Rasa with our model answers there")
            yield lambda text, expecting: loop.run(rasa.classify(text, expecting))
        finally:
            loop.run(rasa.close())


class _Nobody:
    """Stands behind Rasa when Rasa itself is judged: no answer of ours may be taken for its."""

    async def classify(self, text: str, expecting: Expecting) -> Intent | None:
        return None


def _percentile(timings: list[tuple[float, str]], share: float) -> float:
    ordered = sorted(seconds for seconds, _ in timings)
    return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def _report(result: Evaluation, timings: list[tuple[float, str]]) -> dict[str, Any]:
    score = {"f1": result.entities.f1, "precision": result.entities.precision, "recall": result.entities.recall}
    slowest = sorted(timings, reverse=True)[:5]
    return {
        **msgspec.to_builtins(result),
        "entities": {**msgspec.to_builtins(result.entities), **score},
        "by_type": {k: {**msgspec.to_builtins(s), "f1": s.f1} for k, s in result.by_type.items()},
        "milliseconds": {"p50": _percentile(timings, 0.5), "p95": _percentile(timings, 0.95)},
        "slowest": [{"id": id_, "milliseconds": 1000 * seconds} for seconds, id_ in slowest],
    }


def _table(result: Evaluation, timings: list[tuple[float, str]], mistakes: bool) -> Iterable[str]:
    total = result.entities
    yield f"{result.messages} messages: programme {result.programme:.1%}, topic {result.topic:.1%}, macro-F1 {result.topic_macro_f1:.1%}"
    if result.topics_recall is not None:
        yield f"all topics of messages with several: recall {result.topics_recall:.1%}"
    yield f"entities: F1 {total.f1:.1%} (precision {total.precision:.1%}, recall {total.recall:.1%}), spans overlap {result.overlap:.1%}"
    yield (
        f"time: p50 {_percentile(timings, 0.5):.2f} ms, p95 {_percentile(timings, 0.95):.2f} ms; slowest "
        + ", ".join(f"{id_} {1000 * seconds:.1f}" for seconds, id_ in sorted(timings, reverse=True)[:5])
    )
    yield "\nentity type            F1     right wrong missed"
    for kind, score in result.by_type.items():
        yield f"{kind:20} {score.f1:6.1%} {score.right:6} {score.wrong:5} {score.missed:6}"
    yield "\nstyle             messages programme  topic  entity F1 (labelled)"
    for style, row in result.by_style.items():
        yield (
            f"{style:18} {row['messages']:7} {row['programme']:8.1%} {row['topic']:7.1%} {row['entity_f1']:8.1%} ({row['entities']})"
        )
    yield "\nconfidence   messages  mean   right"
    for tenth, count, mean, right in result.calibration:
        yield f"{tenth:12} {count:7} {mean:6.2f} {right:7.2f}"
    if result.confusions:
        yield "\nconfused (label -> read)"
        yield from (f"{what:10} {label} -> {given}: {count}" for what, label, given, count in result.confusions)
    if mistakes:
        yield "\nmistakes"
        yield from (json.dumps(mistake, ensure_ascii=False) for mistake in result.mistakes)


COMMANDS = [read_command, nlu_group]
