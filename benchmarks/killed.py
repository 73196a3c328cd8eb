"""SIGKILL at random moments: what is left two seconds later? Beside testcontainers without Ryuk.

    python -m benchmarks.killed [moments]

The moments are spread over the whole run of the smoke features: starting, running, resetting, ending.
"""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time

import docker

RIVAL = """
import sys, time
from testcontainers.core.config import testcontainers_config
testcontainers_config.ryuk_disabled = True
from testcontainers.core.container import DockerContainer
for _ in range(2):
    DockerContainer(sys.argv[1]).with_kwargs(labels={"benchmark.killed": "rival"}).start()
time.sleep(30)
"""


def there(client: docker.DockerClient, label: str) -> set[tuple[str, str]]:
    """Every container, network and volume that carries the label."""
    api, wanted = client.api, {"label": label}
    return (
        {("container", one["Id"]) for one in api.containers(all=True, filters=wanted)}
        | {("network", one["Id"]) for one in api.networks(filters=wanted)}
        | {("volume", one["Name"]) for one in api.volumes(filters=wanted)["Volumes"] or ()}
    )


def told(things: set[tuple[str, str]]) -> str:
    """`3 containers, 1 networks, 1 volumes`."""
    return ", ".join(f"{sum(kind == one for one, _ in things)} {kind}s" for kind in ("container", "network", "volume"))


def kill_after(command: list[str], seconds: float) -> str:
    """Start the command, kill it after that many seconds; whether it was still running."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
    time.sleep(seconds)
    alive = process.poll() is None
    process.send_signal(signal.SIGKILL)
    process.wait()
    return "killed" if alive else "had ended"


def main() -> int:
    moments = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    client = docker.from_env()
    ours = [sys.executable, "-m", "pytest", "features/accounts", "-q", "-p", "no:cacheprovider"]
    before = there(client, "seatrials.run")  # kept by others: not ours to count
    total = 0
    generator = random.Random(7)
    for moment in [generator.uniform(0.4 + index, 1.4 + index) for index in range(moments)]:
        state = kill_after(ours, moment)
        time.sleep(2)
        found = there(client, "seatrials.run") - before
        total += len(found)
        print(f"seatrials       {state} at {moment:5.2f} s, left after 2 s: {told(found)}", flush=True)
    image = client.images.list(filters={"label": "seatrials.stand-in"}) or client.images.list(name="redis:7")
    kill_after([sys.executable, "-c", RIVAL, image[0].id], 4)
    time.sleep(2)
    print(f"testcontainers  killed at  4.00 s, left after 2 s: {told(there(client, 'benchmark.killed'))}")
    for container in client.containers.list(all=True, filters={"label": "benchmark.killed"}):
        container.remove(force=True, v=True)
    print(f"left by seatrials in {moments} runs: {total}")
    return 1 if total else 0


if __name__ == "__main__":
    sys.exit(main())
