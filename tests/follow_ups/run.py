"""Run one seed, or a range of them: `python -m tests.follow_ups.run --seed 4711 --verbose`."""

import argparse
import sys
import time
from collections import Counter

from tests.follow_ups.checks import Broken
from tests.follow_ups.script import make_script
from tests.follow_ups.simulator import Simulator


def main() -> int:
    """Says whether each run holds; with `--verbose`, what happened in it."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--seed", type=int, default=0, help="the first seed")
    parser.add_argument("--runs", type=int, default=1, help="how many seeds, from the first on")
    parser.add_argument("--verbose", action="store_true", help="tell each run's story")
    asked = parser.parse_args()
    total: Counter[str] = Counter()
    broken = 0
    began = time.perf_counter()
    for seed in range(asked.seed, asked.seed + asked.runs):
        run = Simulator(make_script(seed))
        try:
            run.run()
        except Broken as error:
            broken += 1
            _say(str(error))
        if asked.verbose:
            _say(f"--- seed {seed}: {run.script.faults}", *run.world.story)
        total.update(run.count)
    seconds = time.perf_counter() - began
    _say(f"{asked.runs} runs in {seconds:.1f} s, {broken} broken; {dict(total)}")
    return 1 if broken else 0


def _say(*lines: str) -> None:
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    raise SystemExit(main())
