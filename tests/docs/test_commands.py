"""What the documents say works: commands, snippets, links, and the guides' whole projects.

A `sh` block holds commands; a `console` block holds commands after `$ ` and below each what it prints, with
`…` for anything. Each command is run, or checked as far as a test can, or is in the short list of those that
are not. A document in which blocks have captions (a bold file name in the line above) is a guide: its files
are written into an empty folder and its commands run there, in the order of the text.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from gherkin import Parser

ROOT = Path(__file__).parents[2]
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
READ = ["features", "fixtures", "steps", "services", "images", "seatrials", "tests", "benchmarks", "setup"]
LINKED = [*DOCUMENTS, ROOT / "CHANGELOG.md", *sorted(p for name in READ for p in (ROOT / name).rglob("*.md"))]

# They bring the project or its tools to a machine, or last as long as the run that holds this test.
NOT_RUN = ("git clone ", "cd ", "pip install ", ". .venv/bin/activate", ".venv/bin/pre-commit install")


@dataclass(frozen=True)
class Block:
    """A fenced block: where it is, its language and text, and the file name that stands above it, if any."""

    document: Path
    line: int
    language: str
    text: str
    caption: str

    def __str__(self) -> str:
        return f"{self.document.relative_to(ROOT)}:{self.line}"


@dataclass(frozen=True)
class Command:
    """A command of a block and the lines that it is said to print."""

    block: Block
    text: str
    printed: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.block}: {self.text}"


def read(document: Path) -> Iterator[Block]:
    above, start, language = "", 0, ""
    inside: list[str] | None = None
    for number, line in enumerate(document.read_text().splitlines(), start=1):
        if inside is not None:
            if line.strip() == "```":
                caption = re.fullmatch(r"\*\*`([^`]+)`\*\*.*", above)
                yield Block(document, start, language, "\n".join(inside) + "\n", caption[1] if caption else "")
                above, inside = "", None
            else:
                inside.append(line)
        elif line.startswith("```"):
            start, language, inside = number, line.removeprefix("```").strip(), []
        elif line.strip():
            above = line


def commands(block: Block) -> Iterator[Command]:
    lines = block.text.replace("\\\n", " ").splitlines()
    if block.language == "sh":
        for line in lines:
            if text := re.sub(r"(^|\s)#.*", "", line).strip():
                yield Command(block, text)
    elif block.language == "console":
        prompts = [number for number, line in enumerate(lines) if line.startswith("$ ")]
        for first, last in zip(prompts, [*prompts[1:], len(lines)], strict=True):
            printed = tuple(line for line in lines[first + 1 : last] if line.strip())
            yield Command(block, lines[first].removeprefix("$ "), printed)


BLOCKS = [block for document in DOCUMENTS if document.exists() for block in read(document)]
GUIDES = sorted({block.document for block in BLOCKS if block.caption})
COMMANDS = [command for block in BLOCKS if block.document not in GUIDES for command in commands(block)]


def run(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run it as a reader would, with this environment's programs first on the PATH."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "MAKE"))}
    environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environment['PATH']}"
    return subprocess.run(
        ["sh", "-c", command],
        cwd=folder,
        env={**environment, "COLUMNS": "120", "PY_COLORS": "0"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
        check=False,
    )


def missing_line(printed: tuple[str, ...], output: str) -> str | None:
    """The first promised line that is not in the output, in its place; times may differ, `…` is anything."""
    rest = iter(output.splitlines())
    for line in printed:
        parts = re.split(r"(…|\d+\.\d+(?= ?s\b))", " ".join(line.split()))
        wild = {"…": ".*"}
        parts[1::2] = [wild.get(part, r"\d+\.\d+") for part in parts[1::2]]
        parts[::2] = map(re.escape, parts[::2])
        pattern = "".join(parts)
        if not any(re.fullmatch(pattern, " ".join(candidate.split())) for candidate in rest):
            return line
    return None


@pytest.mark.parametrize("command", COMMANDS, ids=str)
def test_command(command: Command) -> None:
    program, *arguments = shlex.split(command.text.removeprefix(".venv/bin/"))
    if command.text.startswith(NOT_RUN):
        return
    if program == "make":
        done = run(f"make -n {shlex.join(arguments)}", ROOT)
    elif program == "pytest":
        # Whether the options are known and the selection is not empty; its tests have runs of their own.
        alone = {"--help"} & set(arguments)
        extra = "" if alone else " --collect-only -q"
        done = run(f"{program} -p no:cacheprovider {shlex.join(arguments)}{extra}", ROOT)
    elif program == "python":
        # A benchmark takes minutes: that it is there and can be imported has to do.
        done = run(f"python -c 'import {arguments[1]}'", ROOT)
    elif program in ("ruff", "lint-imports", "mypy"):
        done = run(f"{program} --help", ROOT)
    elif (ROOT / program).is_file():
        assert os.access(ROOT / program, os.X_OK), f"{program} cannot be executed"
        return
    else:
        pytest.fail(f"no test knows what to do with {command.text!r}: teach it, or add it to NOT_RUN")
    assert done.returncode == 0, done.stdout
    assert missing_line(command.printed, done.stdout) is None, done.stdout


@pytest.mark.parametrize("block", [b for b in BLOCKS if b.language in ("python", "gherkin", "toml")], ids=str)
def test_snippet_can_be_read(block: Block) -> None:
    if block.language == "python":
        compile(block.text, str(block), "exec")
    elif block.language == "toml":
        tomllib.loads(block.text)
    else:
        # A fragment is read in its place: steps in a scenario, scenarios in a feature.
        steps_only = not re.search(r"(Feature|Rule|Background|Scenario[^:]*):", block.text)
        text = ("Scenario: one\n" if steps_only else "") + block.text
        Parser().parse(text if "Feature:" in text else "Feature: one\n" + text)


@pytest.mark.parametrize("document", LINKED, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(document: Path) -> None:
    prose = re.sub(r"^```.*?^```$", "", document.read_text(), flags=re.MULTILINE | re.DOTALL)
    for target, anchor in re.findall(r"\]\((?!https?:|mailto:)([^)#\s]*)#?([^)\s]*)\)", prose):
        linked = (document.parent / target).resolve() if target else document
        assert linked.exists(), f"{target} is not there"
        if anchor:
            headings = re.findall(r"^#+ (.*)$", linked.read_text(), re.MULTILINE)
            slugs = [re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings]
            assert anchor in slugs, f"{target}#{anchor}: no such heading"


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Path]:
    """An empty folder for a guide's project. What its runs kept is removed in the end."""
    # Not part of the guide: it lets the test pass where no image can be pulled.
    shutil.copytree(ROOT / "images", tmp_path / "images")
    yield tmp_path
    dropped = run("pytest --drop-kept", tmp_path)
    assert dropped.returncode == 0, dropped.stdout


@pytest.mark.docker
@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.name)
def test_guide(guide: Path, project: Path) -> None:
    for block in (block for block in BLOCKS if block.document == guide):
        if block.caption:
            path = project / block.caption
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.text)
        for command in commands(block):
            if command.text.startswith(NOT_RUN):
                continue
            done = run(command.text, project)
            # What fails in a guide fails on purpose, and its output says so.
            expected = 1 if any(" failed" in line for line in command.printed) else 0
            assert done.returncode == expected, f"{command}\n{done.stdout}"
            missing = missing_line(command.printed, done.stdout)
            assert missing is None, f"{command}: not printed: {missing!r}\n{done.stdout}"


def test_there_are_documents_with_commands_and_a_guide() -> None:
    assert COMMANDS
    assert GUIDES
