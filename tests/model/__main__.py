"""``python -m tests.model --runs 20000 --layout plain``: many runs, the shortest broken one told step by step."""

from __future__ import annotations

import argparse
import sys
from collections import Counter

from tests.model.run import Result, run
from tests.model.shop import LAYOUTS


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.model", description=__doc__)
    parser.add_argument("--runs", type=int, default=20000)
    parser.add_argument("--layout", choices=LAYOUTS, action="append")
    parser.add_argument("--seed", type=int, help="one run, told whole")
    parser.add_argument("--steps", type=int, default=45)
    given = parser.parse_args()
    broken = False
    for layout in given.layout or LAYOUTS:
        seeds = range(given.runs) if given.seed is None else [given.seed]
        counts: Counter[str] = Counter()
        shortest: Result | None = None
        for seed in seeds:
            result = run(layout, seed, given.steps)
            counts.update(runs=1, writes=result.writes, broken=bool(result.wrong), late=result.late)
            if given.seed is not None or (
                result.wrong and (shortest is None or len(result.story) < len(shortest.story))
            ):
                shortest = result
        sys.stdout.write(f"{layout}: " + ", ".join(f"{name} {count}" for name, count in counts.items()) + "\n")
        if shortest is not None:
            sys.stdout.write(f"seed {shortest.seed}:\n" + "\n".join(shortest.story) + "\n")
            broken = broken or bool(shortest.wrong)
    return int(broken)


if __name__ == "__main__":
    sys.exit(main())
