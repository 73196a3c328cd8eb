"""From nothing to the moment when the first scenario of the accounts system may run, images present.

    python -m benchmarks.cold_start [rounds]

Beside it: the floor (the same containers by the bare Docker SDK in threads with driver probes), stock testcontainers
one after the other and in threads, and the same system kept warm. All ways in turn, round by round.
"""

from __future__ import annotations

import subprocess
import sys
import time
from functools import partial
from pathlib import Path

from benchmarks.figures import in_turn, table
from fixtures.accounts import Accounts
from seatrials.environment.session import Environment

ROOT = Path.cwd()


PROGRAM = """
import benchmarks.cold_start
print(benchmarks.cold_start.ours(keep=True))
"""


def kept_in_a_new_process() -> float:
    """The same in an interpreter that has loaded neither the Docker SDK nor a driver yet, as each pytest run begins."""
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    return float(done.stdout)


def ours(*, keep: bool) -> float:
    """Start the system, restore it as before a scenario, and end it (or leave it warm)."""
    began = time.perf_counter()
    environment = Environment(ROOT, keep=keep)
    try:
        environment.start({"accounts": Accounts})
        environment.system(Accounts).restore()
        return time.perf_counter() - began
    finally:
        environment.close()


def main() -> None:
    from benchmarks import rivals
    from seatrials.environment.engine import connect
    from seatrials.environment.images.supply import Supply

    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    supply = Supply(connect(), ROOT, print)
    images = rivals.Images(
        database=supply.image("postgres:16").id,
        cache=supply.image("redis:7").id,
        api=supply.build(ROOT / "services/accounts").id,
    )
    seen = in_turn(
        {
            "floor: Docker SDK in threads": partial(rivals.floor, images),
            "seatrials, cold": partial(ours, keep=False),
            "seatrials, kept warm": partial(ours, keep=True),
            "the same in a new process": kept_in_a_new_process,
            "testcontainers in threads": partial(rivals.testcontainers, images, threads=True),
            "testcontainers in sequence": partial(rivals.testcontainers, images, threads=False),
        },
        rounds,
    )
    subprocess.run([sys.executable, "-m", "pytest", "--drop-kept", "-q"], capture_output=True, check=True)
    title = "accounts: PostgreSQL + Redis + API until the first scenario may run"
    print(table(title, seen, base="floor: Docker SDK in threads"))


if __name__ == "__main__":
    main()
