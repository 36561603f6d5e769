"""A page of the documentation as a program: its blocks, run in order, and what they must answer."""

import re
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

_BLOCK = re.compile(r"^```(\w+)( \w+)?\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_ANSWERS = ("json", "text")
_FILES = ("python", "js")
_END = "--- that was it ---"

# What no two runs have in common. The same of the first two stands for the same, all over a page.
_NAMED = re.compile(
    r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
    r"|[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}\.[0-9]+Z"
)
_COUNTED = re.compile(r'(?<="version":)[0-9]+|(?<="position":)[0-9]+|[0-9]+(?= dage over frist)')
_SHORT = re.compile(r"\b[0-9a-f]{8}\b")


@dataclass
class Step:
    """Commands, and what the page says that they answer; None = nothing is said."""

    commands: str
    answer: str | None = None
    kind: str = ""


def steps(page: Path, folder: Path) -> Iterator[Step]:
    """The page's commands in order. Files that it shows, named in their first line, are written."""
    found: list[Step] = []
    for language, tag, text in _BLOCK.findall(page.read_text(encoding="utf-8")):
        if language == "sh":
            found.append(Step(text, kind=tag.strip()))
        elif language in _FILES:
            name = text.split("\n", 1)[0].split()[-1]
            (folder / name).write_text(text, encoding="utf-8")
        elif language in _ANSWERS and found[-1].answer is None:
            found[-1].answer = text
        else:
            raise AssertionError(f"a block that isn't run: {text}")
    return iter(found)


class Shell:
    """One shell for all steps, as in one terminal. Used by `with`, which ends it."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self._process = subprocess.Popen(
            ["bash"],
            cwd=folder,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(self, commands: str) -> str:
        """What they print on standard output. The last of them must succeed."""
        shell = self._process
        assert shell.stdin and shell.stdout
        shell.stdin.write(f'{commands}\ncode=$?; echo; echo "{_END} $code"\n')
        shell.stdin.flush()
        lines = []
        while not (line := shell.stdout.readline()).startswith(_END):
            assert line, "the shell ended"
            lines.append(line)
        assert line == f"{_END} 0\n", commands
        return "".join(lines)

    def __enter__(self) -> "Shell":
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()


class Comparison:
    """Whether what was answered is what the page shows, but for what differs from run to run."""

    def __init__(self) -> None:
        self._stands_for: dict[str, str] = {}

    def same(self, shown: str, answered: str) -> bool:
        """Compare, white space apart."""
        names = zip(_NAMED.findall(shown), _NAMED.findall(answered), strict=False)
        for name, real in names:
            if self._stands_for.setdefault(name, real) != real:
                return False
        return _plain(shown) == _plain(answered)


def _plain(text: str) -> str:
    for each in (_NAMED, _COUNTED, _SHORT):
        text = each.sub("#", text)
    return "".join(text.split())
