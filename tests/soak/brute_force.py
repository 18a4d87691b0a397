"""The long run of the brute force: `assess` against every completion, over 20,000 generated sets of facts and more. No test by name.

    python tests/soak/brute_force.py --each 1800

Each scheme is drawn nearly empty, half known, nearly full and at every threshold, as in the short run of the suite
(`tests/flows/eligibility/test_brute_force.py`), and held against the second model. Prints what was compared; ends with
status 1 and the facts at the first difference.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import random
import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from flows.eligibility.assess import assess  # noqa: E402
from flows.eligibility.book import load_book  # noqa: E402

_spec = importlib.util.spec_from_file_location(
    "brute_force_test", ROOT / "tests" / "flows" / "eligibility" / "test_brute_force.py"
)
short = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(short)
model = short.model

SHARES = (0.0, 0.05, 0.15, 0.3, 0.5, 0.7, 0.85, 0.95, 1.0)
MOST = 6_000
RARELY = 400_000
"""So many completions are worked through for some sets, so that nearly empty ones of large schemes are among them."""


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--each", type=int, default=1800, help="sets of facts for each scheme")
    arguments.add_argument("--seed", default="soak")
    arguments.add_argument("--large", type=int, default=6, help="sets with very many completions for each scheme")
    given = arguments.parse_args()
    book = load_book()
    total: Counter[str] = Counter()
    for name in model.SCHEMES:
        seen = _scheme(name, book, given)
        total += seen
        print(f"{name:26} {json.dumps(dict(seen))}", flush=True)
    print(f"{'all':26} {json.dumps(dict(total))}; 0 differences")
    return 0


def _scheme(name: str, book, given) -> Counter[str]:
    programme, scheme = name.split(".")
    chance = random.Random(f"{given.seed} {name}")
    seen: Counter[str] = Counter()
    large = 0
    while seen["compared"] < given.each:
        on = chance.choice(short.DAYS[programme])
        share = chance.choice(SHARES)
        facts = model.SCHEMES[name][1]
        known = {fact: chance.choice(short.values_of(fact, on)) for fact in facts if chance.random() < share}
        once = model.size(name, known, on) > MOST
        size = model.size(name, known, on, once)
        if size > MOST:
            if size > RARELY or large >= given.large:
                continue
            large += 1
        truth, missing = model.enumerate_scheme(name, known, on, once)
        found = assess(programme, known, on, book, with_terms=False).scheme(scheme)
        if (found.truth, set(found.missing)) != (truth, missing):
            print(f"DIFFERS {name} {on} {known}: {found.truth} {found.missing}, enumerated {truth} {sorted(missing)}")
            raise SystemExit(1)
        seen.update(["compared", truth])
        seen["completions"] += size
        seen["at most two known"] += len(known) <= 2
    return seen


if __name__ == "__main__":
    sys.exit(main())
