"""Plays one talk to its end, and many of them: the real reader, the real engine, the state through JSON between turns.

python tests/simulation/play.py 2000              # rates over all, by style, by programme
python tests/simulation/play.py --show 17         # one talk, as it can be read
python tests/simulation/play.py 2000 --faults misread --most 20
"""

from __future__ import annotations

import argparse
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from itertools import islice
from multiprocessing import get_context
from pathlib import Path

if not __package__:  # run as a file: the rooms have to be found before the tests of the same names
    ROOT = Path(__file__).parents[2]
    sys.path[:1] = [str(ROOT), str(ROOT / "tests")]

from simulation.citizen import draw
from simulation.judge import (
    AIM_NONE,
    KINDS,
    NEVER,
    RIGHT,
    Fault,
    Judge,
    Record,
    keys_of,
    keys_said,
    parts_of,
    programme_in,
)
from simulation.mind import Act, Mind, Screen
from talk import Said, Talk, engine, rules

from flows.engine.effects import HandOver, Submit

TURNS_AT_MOST = 90


def play(seed: str, bot: type[Talk] = Talk) -> Record:
    """One talk of one person. `bot`: another one than ours, to see whether the judge notices."""
    citizen = draw(seed)
    mind = Mind(citizen)
    record = Record(seed, citizen.style, citizen.wish or "unknown")
    judge, talk = Judge(mind, record), bot()
    try:
        _open(talk, mind, record, judge)
        while not record.end and record.turns < TURNS_AT_MOST:
            _turn(talk, mind, record, judge)
    except Exception as error:
        record.faults.append(Fault("crash", record.turns, f"{type(error).__name__}: {error}"))
        record.log.append(traceback.format_exc())
        record.end = "crash"
    record.end = record.end or "too_long"
    return record


def _open(talk: Talk, mind: Mind, record: Record, judge: Judge) -> None:
    """Half of the people press start and see the menu; the others just write."""
    if mind.chance.random() < 0.5 or mind.citizen.english:
        act = Act("start", "/start", "start")
        _write(record, "opens", "", talk.start())
        judge.watch(act, talk, [])
        if mind.citizen.english:
            _done(talk, Act("press", "do=language:en", "language"), record, judge)
        if mind.chance.random() < 0.3:
            return
    act = mind.opening()
    mind.last = act
    if mind.citizen.english:
        return
    _done(talk, act, record, judge)


def _turn(talk: Talk, mind: Mind, record: Record, judge: Judge) -> None:
    act = mind.next(_screen(talk))
    if act.kind == "leave":
        record.end = act.why
        return
    _done(talk, act, record, judge)
    effects = talk.effects
    said = {key for effect in effects for key in keys_said(effect)}
    if any(isinstance(effect, Submit) for effect in effects):
        record.end = "lead"
    elif any(isinstance(effect, HandOver) for effect in effects):
        record.end = "handover"
    elif act.why == "quit" and said & {"cancel.done", "cancel.nothing", "small_talk.goodbye"}:
        record.end = "quit"
    elif act.why == "decline" and any(key.startswith("consent.declined") for key in said):
        record.end = "declined"
    elif act.why.startswith("accept:"):
        record.end = act.why.removeprefix("accept:")
    if mind.wish is None and "overview.all" in said:
        _choose(mind, effects, record)


def _choose(mind: Mind, effects: list, record: Record) -> None:
    """Out of the overview: one that seems to fit, else one to be looked at; none: they have heard an honest no."""
    lines = [
        part
        for effect in effects
        for part in parts_of(getattr(effect, "text", None))
        if part.key.startswith("overview.")
    ]
    found = {
        truth: [programme_in(line) for line in lines if line.key == f"overview.{truth}"] for truth in ("yes", "unknown")
    }
    options = found["yes"] or found["unknown"]
    if options:
        mind.wish = mind.chance.choice(options)
        mind.explored = True
    else:
        record.end = "no"


def _screen(talk: Talk) -> Screen:
    conversation = talk.conversation
    pending = conversation.pending
    return Screen(
        slot=pending.slot if pending else None,
        choices=tuple(choice.id for choice in pending.choices) if pending else (),
        labels=tuple(talk._word(choice.label) for choice in pending.choices) if pending else (),
        question=keys_of(pending.text) if pending else frozenset(),
        keys=frozenset(key for effect in talk.effects for key in keys_said(effect)),
        state=conversation,
    )


def _done(talk: Talk, act: Act, record: Record, judge: Judge) -> None:
    record.turns += 1
    match act.kind:
        case "say":
            said = talk.say(act.what)
        case "press":
            said = talk.press(act.what)
        case _:
            said = talk.send_media(act.what)
    _write(record, {"say": "me", "press": "press"}.get(act.kind, "sends"), act.what, said)
    judge.watch(act, talk, [message.text for message in said])


def _write(record: Record, deed: str, what: str, said: list[Said]) -> None:
    record.log.append(f"[{record.turns}] {deed}: {what}")
    for message in said:
        offered = f"   [{' | '.join(label for _, label in message.choices)}]" if message.choices else ""
        record.log.append(f"      bot: {message.text}{offered}")


# --- many ------------------------------------------------------------------------------------------------------------


def ready() -> None:
    """Train the classifier and read the rules, before processes are forked off."""
    engine()
    rules()


def _batch(seeds: list[str]) -> list[Record]:
    found = [play(seed) for seed in seeds]
    for record in found:
        if not record.faults:
            record.log = []
    return found


def play_many(count: int, name: str = "", processes: int = 2, first: int = 0) -> list[Record]:
    """`count` talks, the seeds `name` + number, shared out among the processes; the same whatever their number."""
    seeds = [f"{name}{number}" for number in range(first, first + count)]
    ready()
    if processes < 2 or count < 200:
        return _batch(seeds)
    batches = [seeds[at : at + 100] for at in range(0, count, 100)]
    with ProcessPoolExecutor(processes, mp_context=get_context("fork")) as pool:
        return [record for found in pool.map(_batch, batches) for record in found]


def summed(records: list[Record]) -> dict[str, float]:
    """The rates of a set of talks: shares of talks, of answers, of asides; faults of each kind."""
    talks = len(records)
    answers = sum(record.answers for record in records) or 1
    asides = sum(record.asides for record in records) or 1
    found: dict[str, float] = {
        "talks": talks,
        "right_end": sum(record.right for record in records) / talks,
        "turns": sum(record.turns for record in records) / talks,
        "answers": answers,
        "asides": asides,
    }
    for end in RIGHT:
        found[f"end_{end}"] = sum(record.end == end for record in records) / talks
    for kind in KINDS:
        found[kind] = sum(record.count(kind) for record in records)
        found[f"{kind}_talks"] = sum(bool(record.count(kind)) for record in records) / talks
    return found


def table(records: list[Record], by: Callable[[Record], str]) -> str:
    """One line a group: rates that are read at a glance. Faults by hundred talks."""
    shown = KINDS[len(NEVER) + len(AIM_NONE) :]
    lines = [
        f"{'':20}{'talks':>6}{'right%':>8}{'turns':>7}"
        + "".join(f"{kind[:9]:>10}" for kind in (*NEVER, *AIM_NONE, *shown))
    ]
    groups: dict[str, list[Record]] = {}
    for record in records:
        groups.setdefault(by(record), []).append(record)
    for name, group in [*sorted(groups.items()), *([("all", records)] if len(groups) > 1 else [])]:
        rates = summed(group)
        cells = "".join(f"{100 * rates[kind] / len(group):10.1f}" for kind in (*NEVER, *AIM_NONE, *shown))
        lines.append(f"{name:20}{len(group):6}{100 * rates['right_end']:8.1f}{rates['turns']:7.1f}{cells}")
    return "\n".join(lines)


def _faults(records: Iterable[Record], kind: str) -> Iterable[str]:
    for record in records:
        for fault in record.faults:
            if fault.kind == kind:
                yield f"  {record.seed:>8} turn {fault.turn:2} {record.style:18} {fault.about}"


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("count", nargs="?", type=int, default=200)
    arguments.add_argument("--seed", default="", help="name before each number")
    arguments.add_argument("--show", help="play this one seed and print the talk")
    arguments.add_argument("--faults", nargs="*", default=[], help="list the faults of these kinds")
    arguments.add_argument("--most", type=int, default=15)
    arguments.add_argument("--strict", action="store_true", help="end with status 1 if what must never happen did")
    given = arguments.parse_args()
    if given.show:
        ready()
        record = play(given.show)
        print("\n".join(record.log), f"\n--- {record.style} {record.programme}: {record.end}")
        print("\n".join(f"{fault.kind} (turn {fault.turn}): {fault.about}" for fault in record.faults))
        return 0
    started = time.monotonic()
    records = play_many(given.count, given.seed)
    print(table(records, lambda record: record.style), "", table(records, lambda record: record.programme), sep="\n")
    print("ends:", dict(Counter(record.end for record in records).most_common()))
    for kind in given.faults:
        print(f"{kind}:", *islice(_faults(records, kind), given.most), sep="\n")
    print(f"{len(records)} talks, {sum(r.turns for r in records)} turns in {time.monotonic() - started:.0f} s")
    return 1 if given.strict and any(record.count(*NEVER) for record in records) else 0


if __name__ == "__main__":
    sys.exit(main())
