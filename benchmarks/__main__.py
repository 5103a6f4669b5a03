"""Run all benchmarks in one go, print a table, and write output/bench.json.

Each part runs in a process of its own, one after the other, beside its rival or its limit.
"""

import json
import subprocess
import sys
from pathlib import Path

PARTS = ("recorder", "surface", "models", "encoders", "film", "drawing", "gif", "start", "memory", "sweep")


def run(part: str) -> dict[str, float]:
    """The figures of one part: `python -m benchmarks.PART` prints them as one JSON object."""
    print(f"measuring {part} ...", file=sys.stderr)
    done = subprocess.run(
        [sys.executable, "-m", f"benchmarks.{part}"], check=True, stdout=subprocess.PIPE, text=True
    )
    found: dict[str, float] = json.loads(done.stdout)
    return found


def main() -> None:
    """Measure, print, write."""
    figures = {part: run(part) for part in PARTS}
    for part, found in figures.items():
        print(f"\n{part}")
        for name, value in found.items():
            print(f"  {name:<58} {value:>12,.4g}" if isinstance(value, int | float) else f"  {name}: {value}")
    path = Path("output/bench.json")
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(figures, indent=2) + "\n")
    print(f"\nwritten to {path}")


if __name__ == "__main__":
    main()
