"""What `import seatrials` promises: every public name is there, and nothing heavy is loaded for it."""

import subprocess
import sys

import pytest

import seatrials

HEAVY = ("docker", "testcontainers", "psycopg", "redis", "requests")


@pytest.mark.parametrize("name", seatrials.__all__)
def test_every_public_name_can_be_imported(name: str) -> None:
    assert getattr(seatrials, name).__module__.startswith("seatrials.")


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Postgress'"):
        _ = seatrials.Postgress


def test_declaring_a_system_loads_no_docker_and_no_driver() -> None:
    program = (
        "import sys\n"
        "from seatrials import Postgres, Redis, Service, System, eventually, given\n"
        "import seatrials.plugin\n"
        f"loaded = [name for name in {HEAVY!r} if name in sys.modules]\n"
        "sys.exit(f'loaded: {loaded}' if loaded else 0)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
