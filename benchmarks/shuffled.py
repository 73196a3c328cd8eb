"""The accounts features 20 times in random order, half of them while the processors are busy: how many scenarios fail?

    python -m benchmarks.shuffled [rounds]

The CPU load is one endless loop for each processor, ended with each round. Prints a line for each round and the sum.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time

LOOP = "while True: pass"


def one_round(seed: int, loaded: bool) -> tuple[int, int, float]:
    """Run the features once with this seed; (passed, not passed, seconds)."""
    load = [subprocess.Popen([sys.executable, "-c", LOOP]) for _ in range(os.cpu_count() or 1)] if loaded else []
    began = time.perf_counter()
    try:
        run = subprocess.run(
            [sys.executable, "-m", "pytest", "features/accounts", "-q", "--keep", "-p", "no:cacheprovider",
             "-p", "benchmarks.shuffle"],
            env={**os.environ, "SHUFFLE": str(seed)}, capture_output=True, text=True, check=False,
        )  # fmt: skip
    finally:
        for process in load:
            process.kill()
            process.wait()
    counts = {word: int(number) for number, word in re.findall(r"(\d+) (passed|failed|errors?|skipped)", run.stdout)}
    passed = counts.pop("passed", 0)
    bad = sum(counts.values()) or (0 if run.returncode == 0 and passed else 1)
    if bad:
        print(run.stdout[-6000:], run.stderr[-2000:])
    return passed, bad, time.perf_counter() - began


def main() -> int:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    failures = 0
    for number in range(rounds):
        loaded = number % 2 == 1
        passed, bad, seconds = one_round(seed=number + 1, loaded=loaded)
        failures += bad
        load = "busy" if loaded else "idle"
        print(f"round {number + 1:2}  {load}  {passed} passed, {bad} not  {seconds:5.1f} s", flush=True)
    subprocess.run([sys.executable, "-m", "pytest", "--drop-kept", "-q"], capture_output=True, check=False)
    print(f"{rounds} rounds: {failures} scenarios did not pass")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
