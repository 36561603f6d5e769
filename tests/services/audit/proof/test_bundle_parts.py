"""A bundle is read in parts of any size, by several processes, and the verdict is the same."""

import json
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from services.audit.proof import standalone
from services.audit.proof.tree import leaf_hash, of_leaves, root
from tests.services.audit.proof.made_bundle import Made
from tests.soaking import runs


def test_each_level_of_the_logs_own_hashes_is_compared() -> None:
    """256 full tiles fill the first tile above them, whose root stands at the level above that."""
    log = standalone.Log(Made(0, []).head, None, ())

    def wrong(*last: bytes) -> list[tuple[int, str]]:
        found = standalone.Verified(log, standalone.Witnesses(()))
        for n in range(256):
            top, above = leaf_hash(b"%d" % n), [leaf_hash(b"%d" % n)]
            tops.append(top)
            subtrees = [(256, top)]
            held = [*last] if n == 255 else above
            found.add(
                standalone.Tile(
                    n, 256, 0, None, None, [], "", subtrees, subtrees, held, None, [], None, []
                )
            )
        return found._wrong

    tops: list[bytes] = []
    wrong()
    right = root(256, of_leaves(tops))
    assert wrong(tops[255], right) == []
    assert [index for index, _ in wrong(tops[255], tops[255])] == [0], "the whole 65,536"
    assert [index for index, _ in wrong(right, right)] == [255 * 256]
    assert [index for index, _ in wrong(tops[255])] == [0], "it is missing"


def test_whatever_the_size_of_its_parts_the_verdict_is_the_same(
    right: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Read in one process here, part by part, with parts of any size."""
    path, dice = tmp_path / "bundle.ndjson", random.Random(4)
    wrong = right.lines()
    wrong[400] = wrong[400].replace(b"course.noted", b"course.voted")
    for lines in (right.lines(), wrong):
        path.write_bytes(b"".join(lines))
        whole = standalone.judged(str(path), right.key, (right.notes[513],))
        size = path.stat().st_size
        edges = [size // 2, size - 1, size, 700, 4096, *(dice.randint(40, size) for _ in range(20))]
        for part in edges[: runs(25, len(edges))]:
            monkeypatch.setattr(standalone, "_parts", in_turn(part))
            told = standalone.judged(str(path), right.key, (right.notes[513],))
            assert told == whole, part
            monkeypatch.undo()
    assert whole["index"] == 398, "line 400: a head and a tile are before it"


def in_turn(part: int) -> Callable[..., object]:
    """The parts of a file, each of so many bytes, read one after another."""

    def parts(path: str, asked: list[int], tell: object) -> object:
        for start in range(0, Path(path).stat().st_size, part):
            yield standalone._read_part(path, start, start + part, asked)

    return parts


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_it_runs_in_several_processes_wherever_it_is(
    right: Made, tmp_path: Path, method: str
) -> None:
    """macOS and Windows begin processes anew, so the file must stand being read again."""
    program = Path(standalone.__file__).read_text()
    for large, small in (
        ("_PART = 1 << 23", "_PART = 1 << 14"),
        ("_ALONE = 1 << 22", "_ALONE = 0"),
    ):
        assert large in program
        program = program.replace(large, small)
    program = program.replace(
        "sys.exit(main())",
        f"import multiprocessing; multiprocessing.set_start_method({method!r}); sys.exit(main())",
    )
    (tmp_path / "verify.py").write_text(program)
    (tmp_path / "bundle.ndjson").write_bytes(b"".join(right.lines()))
    ran = subprocess.run(
        [sys.executable, "verify.py", "bundle.ndjson", "--key", right.key, "--json"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    assert json.loads(ran.stdout)["entries"] == 700
