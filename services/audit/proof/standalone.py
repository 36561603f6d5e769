"""Verifies what a Rød Tråd log has given out: a bundle, which is the whole history of a
municipality or of who looked; or a proof, that one event is in the log or that the log goes on from
what it was.

It needs this file, Python 3.10 or newer and the package `cryptography`; no server, and no other
program of ours. What it relies on is RFC 9162 (the Merkle tree) and C2SP's signed notes and
checkpoints, so that anybody can write another.

    python roedtraad_verify.py FILE --key VKEY [--seen KEPT …] [--witness VKEY …] [--keep KEPT]

VKEY is a public key of the log, which the auditor got by another way than the file. KEPT is a file
of checkpoints that the auditor or a witness has kept: the log must go on from each, so that one
that was set back or begun anew is found; --keep writes the newest one. A witness's key is its own:
it must have cosigned the newest checkpoint. Ends with 0 where all is right, 1 where something
isn't, 2 where the file or what was given with it can't be read.

The leaf of an event: take its line, leave out index and position, put the SHA-256 of the stored
bytes in their place (`"sha256":"<hex>"`): that is the entry. SHA-256 of a zero byte and the entry
is the leaf.
"""

import argparse
import base64
import functools
import io
import itertools
import json
import operator
import os
import re
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import (
    Any,
    BinaryIO,
    NamedTuple,
)

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

FORMAT = "roedtraad-bundle/1"
PROOF = "c2sp.org/tlog-proof@v1"
WIDTH = 256  # leaves of a tile
MOST_UNSIGNED = 1000  # leaves between two checkpoints, at most
_PART = 1 << 23  # bytes that a process reads at a time
_ALONE = 1 << 22  # bytes for which a second process isn't worth its start
_MOST_PROCESSES = 8
_LONGEST = 1 << 25  # bytes of a line
_MOST_WITNESSES = 100  # that are told of
_HASH = 32  # bytes
_READ = 1 << 17
_STORED, _STORED_BASE64 = b',"stored":', b',"stored_base64":"'
_INDEX, _END = b'{"index":', b'{"end":'
_LINE_ENDS = "linjerne ender på CR LF: filen er ændret undervejs (line ends were changed)"
_POSITION, _PLACE = b',"position":', re.compile(rb'"position":(0|-?[1-9][0-9]{0,18})')
_TOLD = (b'{"what":"prune ', b'{"what":"accept ')  # looks that tell of the logs themselves
_PRUNE = re.compile(
    rb'\{"what":"prune ([0-9]{1,18}) through id [0-9]{1,18}(?: from before ([0-9T:.Z-]{27}))?"'
    rb',"by":"([^"]{1,64})"'
)
_AT = re.compile(rb'"at":"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z)"')
_SKEW = 60  # seconds by which the clocks of those who record looks may differ
_WITNESS_SKEW = 3600  # and those of the log and a witness
_ACCEPTED = re.compile(
    r"accept (events|access) (-|[0-9]{1,18}) (-|\S{44}) as ([0-9]{1,18}) (\S{44})"
    r" through position (-?[0-9]{1,19}): (.*)",
    re.DOTALL,
)
_LONGEST_TOLD = 1 << 13  # bytes of a look that tells of the logs
_NUMBER = re.compile(r"0|[1-9][0-9]{0,18}")
_ED25519, _COSIGNATURE = b"\x01", b"\x04"  # kinds of keys: a log's, a witness's
_COSIGNED = 4 + 8 + 64  # bytes: of the key's id, the time and the signature
_DASH = "\N{EM DASH} "
_ACCESS = "/access"  # ends the origin of a log of who looked

Subtrees = list[tuple[int, bytes]]  # how many leaves each has, and its hash; from the left


class UnreadableError(Exception):
    """The bundle isn't written as a bundle is."""


class WrongError(Exception):
    """Something isn't right. `index` is that of the first event that isn't, or may not be."""

    def __init__(self, what: str, index: int | None = None) -> None:
        super().__init__(what)
        self.index = index


# The tree of RFC 9162, section 2.1.


def _node(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def _push(stack: Subtrees, size: int, top: bytes) -> None:
    """Put a subtree to the right of others, and join those of one size."""
    while stack and stack[-1][0] == size:
        top = _node(stack.pop()[1], top)
        size *= 2
    stack.append((size, top))


def _levels(leaves: list[bytes]) -> list[list[bytes]]:
    """The whole subtrees over leaves, from the left: those of one leaf, of two, of four, …"""
    found = [leaves]
    while len(below := found[-1]) > 1:
        pairs = zip(below[::2], below[1::2], strict=False)
        found.append([sha256(b"\x01" + left + right).digest() for left, right in pairs])
    return found


def _subtrees(levels: list[list[bytes]], size: int) -> Subtrees:
    """Those that make the tree of the first leaves, so many or as many as there are."""
    size, at = min(size, len(levels[0])), 0
    found: Subtrees = []
    for level in reversed(range(len(levels))):
        if size >> level & 1:
            found.append((1 << level, levels[level][at >> level]))
            at += 1 << level
    return found


def _joined(stack: Subtrees, more: Subtrees) -> Subtrees:
    found = list(stack)
    for size, top in more:
        _push(found, size, top)
    return found


def _root(stack: Subtrees) -> bytes:
    if not stack:
        return sha256(b"").digest()
    top = stack[-1][1]
    for _, left in reversed(stack[:-1]):
        top = _node(left, top)
    return top


# The lines of a bundle.


class Stop(NamedTuple):
    """A size at which the tree's root is asked for: by a checkpoint, or by one that was seen."""

    size: int
    note: str | None
    ours: Subtrees  # of the tile, up to there, as the events have it
    held: Subtrees  # and as the log's own hashes have it


class Told(NamedTuple):
    """A look that tells of the logs: its bytes, and when it and the next one were recorded, where
    that is known."""

    entry: int  # its index
    stored: bytes
    at: str
    next_at: str


class Tile(NamedTuple):
    """What a process found of a tile: up to 256 entries, one after another."""

    number: int
    entries: int
    pruned: int  # of them
    lacks: int | None  # the first index that is pruned
    holds: int | None  # the first that is pruned though one before it isn't
    told: list[Told]
    first_at: str  # when its first look was recorded, where that is known
    ours: Subtrees
    held: Subtrees
    above: list[bytes] | None  # what the log's higher levels hold of a full one, where it is told
    differs: int | None  # the first index at which entry and held hash don't fit
    places: list[int]  # the first and the last position in the database; none where all is pruned
    disordered: int | None  # the first index whose position isn't above the one before
    stops: list[Stop]


class Part(NamedTuple):
    """Some of a bundle's tiles, and from where to where in the file they stand."""

    begin: int
    end: int
    tiles: list[Tile]


def _read_entries(
    line: bytes,
    lines: Iterator[bytes],
    first: int,
    leaves: list[bytes],
    places: list[bytes],
    about: list[Told],
) -> bytes:
    """Put the leaves of a line of an entry and of those behind it below those of the tile that
    begins with index `first`, nothing for one that was pruned; and their positions likewise.

    Looks among them that tell of the logs go to `about`. Gives the first line that isn't one of the
    tile's. Raises UnreadableError, ValueError.
    """
    hashed = sha256  # at hand: this is done for each entry
    for index in range(first + len(leaves), first + WIDTH):
        told, is_plain, stored = line.partition(_STORED)
        try:
            head, place, told = told.split(b",", 2)
        except ValueError:
            head = b""
        if is_plain and head == b'{"index":%d' % index and stored[-2:] == b"}\n":
            places.append(place)
            digest = hashed(stored[:-2]).hexdigest().encode()
            leaves.append(hashed(b'\x00{%b,"sha256":"%b"}' % (told, digest)).digest())
        else:
            leaves.append(_rare_leaf(line, index, places))
        this, line = line, next(lines, b"")
        if stored.startswith(_TOLD) and len(stored) < _LONGEST_TOLD:
            about.append(Told(index, stored[:-2], _recorded_at(this), _recorded_at(line)))
        if not line.startswith(_INDEX):
            break
    return line


def _rare_leaf(line: bytes, index: int, places: list[bytes]) -> bytes:
    """The leaf of any other line of an entry: one that was pruned, bytes that are no line of JSON,
    a position below 0. Raises UnreadableError."""
    head = b'{"index":%d,' % index
    if line.endswith(b"\r\n"):
        raise UnreadableError(_LINE_ENDS)
    if not line.startswith(head):
        raise UnreadableError(f"index {index} skulle stå her (should stand here)")
    if not line.endswith(b"}\n"):
        raise UnreadableError(f"linjen med index {index} er ikke hel (isn't whole)")
    if line == head + b'"pruned":true}\n':
        return b""
    told, is_plain, stored = line[:-2].partition(_STORED)
    if not is_plain:
        told, _, coded = line[:-2].partition(_STORED_BASE64)
        stored = _unbase64(coded[:-1])
    place, comma, told = told[len(head) :].partition(b",")
    if told.endswith(b'"pruned":true') and not is_plain:
        what = "kaldes slettet, men siger mere (is called pruned, and says more)"
        raise UnreadableError(f"index {index} {what}")
    if not comma or not (is_plain or coded.endswith(b'"')):
        raise UnreadableError(f"linjen med index {index} kan ikke læses (can't be read)")
    places.append(place)
    digest = sha256(stored).hexdigest().encode()
    return sha256(b'\x00{%b,"sha256":"%b"}' % (told, digest)).digest()


def _recorded_at(line: bytes) -> str:
    """When the look of a line of an entry was recorded; empty where it doesn't say."""
    found = _AT.search(line[:_LONGEST_TOLD]) if line.startswith(_INDEX) else None
    return _moment(found[1]) if found else ""


def _moment(told: bytes) -> str:
    """A time as entries have it; empty where there is none such."""
    try:
        _seconds(text := told.decode())
    except ValueError:
        return ""
    return text


def _pruning(told: Told) -> dict[str, Any] | None:
    """What a look says of looks that were deleted; None for another."""
    said = _PRUNE.match(told.stored)
    if said is None:
        return None
    return {
        "index": told.entry,
        "at": told.at,
        "by": said[3].decode(errors="replace"),
        "deleted": int(said[1]),  # of the whole log, from its beginning
        "from_before": (_moment(said[2]) or None) if said[2] else None,
        "next_at": told.next_at,
    }


def _seconds(moment: str) -> float:
    """A time as entries have it in seconds since 1970. Raises ValueError."""
    return datetime.fromisoformat(f"{moment[:-1]}+00:00").timestamp()


def _accepted(index: int, stored: bytes) -> dict[str, Any] | None:
    """What a look says was accepted though it wasn't what was signed last; None for another."""
    try:
        look = _members(stored)
        said = _ACCEPTED.fullmatch(look["what"])
        if said is None:
            return None
        log, size, top, now, new_top, through, reason = said.groups()
        return {
            "index": index,
            "log": log,
            "signed": {"size": int(size), "root": top} if size != "-" else None,
            "accepted": {"size": int(now), "root": new_top},
            "through_position": int(through),
            "by": str(look["by"]),
            "reason": reason,
        }
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


def _unbase64(coded: str | bytes) -> bytes:
    """The bytes that this, and no other text, is the base64 of. Raises ValueError."""
    text = coded.encode() if isinstance(coded, str) else coded
    raw = base64.b64decode(text, validate=True)
    if base64.b64encode(raw) != text:
        raise ValueError(coded)
    return raw


def _positions(places: list[bytes], first: int) -> list[int]:
    """The numbers of the members `"position":…` of entries, the first of which has that index.

    All at once, since there are many. Raises UnreadableError.
    """
    told = b"," + b",".join(places) if places else b""
    try:
        numbers: list[int] = json.loads(b"[%b]" % told.replace(_POSITION, b",")[1:])
    except ValueError:
        numbers = []
    named = told.count(_POSITION)
    if not (len(numbers) == named == len(places)) or {*map(type, numbers)} - {int}:
        bad = next((n for n, each in enumerate(places) if not _PLACE.fullmatch(each)), 0)
        raise UnreadableError(f"index {first + bad}: position")
    return numbers


def _disordered(numbers: list[int]) -> int | None:
    """Where in these the first stands that isn't above the one before."""
    if all(map(operator.lt, numbers, numbers[1:])):
        return None
    return next(n for n, (one, after) in enumerate(itertools.pairwise(numbers), 1) if after <= one)


def _tile(
    told: dict[str, Any],
    leaves: list[bytes],
    places: list[bytes],
    notes: list[tuple[int, str]],
    asked: Sequence[int],
    about: list[Told],
    first_at: str,
) -> Tile:
    """What there is to know of the entries before a tile's line."""
    number, first = _whole(told["tile"]), told["tile"] * WIDTH
    raw = _unbase64(told["leaves"])
    if len(raw) > WIDTH * _HASH or len(raw) % _HASH:
        raise UnreadableError(f"tile {number}: {len(raw)} byte")
    held, differs = leaves, None
    gone = [first + n for n, leaf in enumerate(leaves) if not leaf] if b"" in leaves else []
    pruned = len(gone)
    if pruned or b"".join(leaves) != raw:
        held = [raw[n : n + _HASH] for n in range(0, len(raw), _HASH)]
    if pruned:
        # Of what was pruned the log has kept the leaf; that it is right the root tells.
        kept = [*held, *leaves[len(held) :]]
        leaves = [leaf or kept[n] for n, leaf in enumerate(leaves)]
    if leaves != held:
        shorter = min(len(leaves), len(held))
        differs = first + next((n for n in range(shorter) if leaves[n] != held[n]), shorter)
    numbers = _positions(places, first + len(leaves) - len(places))
    disordered = _disordered(numbers)
    levels = _levels(leaves)
    held_levels = levels if differs is None else _levels(held)
    stops = [*notes, *((size, None) for size in asked if first < size <= first + WIDTH)]
    sizes = [first, *(size for size, _ in notes)]
    if any(size <= before for before, size in itertools.pairwise(sizes)):
        raise UnreadableError(f"tile {number}: checkpoints {sizes[1:]}")
    if sizes[-1] > first + WIDTH:
        raise UnreadableError(f"tile {number}: checkpoint {sizes[-1]}")
    return Tile(
        number,
        len(leaves),
        pruned,
        gone[0] if gone else None,
        next((index for n, index in enumerate(gone) if index != first + n), None),
        about,
        first_at,
        _subtrees(levels, WIDTH),
        _subtrees(held_levels, WIDTH),
        [_unbase64(each) for each in told["above"]] if "above" in told else None,
        differs,
        numbers[:1] + numbers[-1:],
        None if disordered is None else first + len(leaves) - len(numbers) + disordered,
        [
            Stop(size, note, *(_subtrees(each, size - first) for each in (levels, held_levels)))
            for size, note in stops
        ],
    )


def _whole(number: object) -> int:
    """A number that counts something. Raises UnreadableError."""
    if type(number) is not int or not 0 <= number < 1 << 62:
        raise UnreadableError("ikke et antal (not a count)")
    return number


def _lines(file: BinaryIO) -> Iterator[bytes]:
    """The lines, none of which fills the memory: one that is too long comes in pieces, which are
    no lines of a bundle."""
    return iter(functools.partial(file.readline, _LONGEST), b"")


def _read_part(path: str, start: int, stop: int, asked: Sequence[int]) -> Part:
    """The tiles behind the first tile's line at `start` or later, and up to that at `stop`.

    Raises UnreadableError, which names the line, and OSError.
    """
    with open(path, "rb", _READ) as file:
        file.seek(max(0, start - 1))
        next(_lines(file), None)  # the head, or what is left of a line
        at = file.tell()
        if start and not (at := _behind_a_tile(file, at, stop)):
            return Part(start, start, [])
        try:
            return _tiles(file, at, stop, asked)
        except UnreadableError as error:
            raise UnreadableError(f"linje (line) {_line_at(path, file.tell())}: {error}") from None
        except (ValueError, KeyError, TypeError, RecursionError):
            what = f"linje (line) {_line_at(path, file.tell())} kan ikke læses (can't be read)"
            raise UnreadableError(what) from None


def _line_at(path: str, end: int) -> int:
    """The number of the line that ends there, from 1."""
    number, left = 1, end - 1
    with open(path, "rb") as file:
        while left > 0 and (some := file.read(min(left, 1 << 20))):
            number, left = number + some.count(b"\n"), left - len(some)
    return number


def _tiles(file: BinaryIO, begin: int, stop: int, asked: Sequence[int]) -> Part:
    end = begin
    tiles: list[Tile] = []
    lines = _lines(file)
    while found := _read_tile(lines, asked):
        tile, length = found
        tiles.append(tile)
        end = file.tell()
        if end - length >= stop:
            break
    return Part(begin, end, tiles)


def _read_tile(lines: Iterator[bytes], asked: Sequence[int]) -> tuple[Tile, int] | None:
    """What stands up to the next tile's line, and how long that is; None at the bundle's end.

    Raises UnreadableError, ValueError, KeyError, TypeError.
    """
    leaves: list[bytes] = []
    places: list[bytes] = []
    notes: list[tuple[int, str]] = []
    about: list[Told] = []
    first, first_at = None, ""
    line = next(lines, b"")
    while line and not line.startswith(_END):
        if line.startswith(_INDEX) and len(leaves) < WIDTH:
            if first is None:
                first = int(line[len(_INDEX) : line.index(b",")])
                first_at = _recorded_at(line)
            line = _read_entries(line, lines, first, leaves, places, about)
        elif line.startswith(b'{"checkpoint":') and len(notes) < WIDTH:
            told = _members(line)
            notes.append((_whole(told["checkpoint"]), str(told["note"])))
            line = next(lines, b"")
        elif line.startswith(b'{"tile":'):
            told = _members(line)
            if first not in (None, told["tile"] * WIDTH):
                raise UnreadableError(f"tile {told['tile']}: index {first}")
            return _tile(told, leaves, places, notes, asked, about, first_at), len(line)
        elif line.startswith(_INDEX):
            raise UnreadableError("en tile skulle stå her (a tile should stand here)")
        else:
            raise UnreadableError("hører ikke til i et bundt (doesn't belong in a bundle)")
    if line and (leaves or notes):
        raise UnreadableError("en tile skulle stå her (a tile should stand here)")
    return None


def _members(line: bytes) -> dict[str, Any]:
    """An object, each of whose members stands there once. Raises ValueError."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) != len(pairs):
            raise ValueError("a member stands there twice")
        return found

    told = json.loads(line, object_pairs_hook=once)
    if not isinstance(told, dict):
        raise ValueError("not an object")
    return told


def _behind_a_tile(file: BinaryIO, at: int, stop: int) -> int:
    """Where the next tile's line ends; 0 where there is none before `stop`."""
    for line in _lines(file):
        if at >= stop:
            return 0
        at += len(line)
        if line.startswith(b'{"tile":'):
            return at
    return 0


def _parts(path: str, asked: Sequence[int], tell: Callable[[int, int], None]) -> Iterator[Part]:
    """The bundle's parts in order, read by a process for each core."""
    size = os.path.getsize(path)
    cores = min(os.cpu_count() or 1, _MOST_PROCESSES)
    if size <= _ALONE:
        yield _read_part(path, 0, size, asked)
        tell(size, size)
        return
    part = min(_PART, -(-size // cores))
    with ProcessPoolExecutor(cores) as pool:
        waiting: list[Future[Part]] = []
        for start in range(0, size, part):
            waiting.append(pool.submit(_read_part, path, start, start + part, asked))
            if len(waiting) > 2 * cores:
                yield waiting.pop(0).result()
                tell(start, size)
        for one in waiting:
            yield one.result()
        tell(size, size)


# Keys and notes.


class Key(NamedTuple):
    """A public key."""

    name: str
    id: bytes
    public: bytes


def _read_key(vkey: str, kind: bytes = _ED25519) -> Key:
    """The key of `<name>+<id>+<base64>`. Raises UnreadableError."""
    try:
        name, key_id, coded = vkey.split("+", 2)
        raw = _unbase64(coded)
        found = sha256(name.encode() + b"\n" + raw).digest()[:4]
        if raw[:1] != kind or len(raw) != 33 or found.hex() != key_id:
            raise ValueError(vkey)
    except (ValueError, AttributeError):
        whose = "en nøgle (a key)" if kind == _ED25519 else "et vidnes nøgle (a witness's key)"
        raise UnreadableError(f"ikke (not) {whose}: {vkey}") from None
    return Key(name, found, raw[1:])


def _is_signed(note: str, vkey: str) -> bool:
    """Whether a key has signed a note; not where a signature of its doesn't hold."""
    key, body = _read_key(vkey), note.rpartition("\n\n")[0]
    is_signed = False
    for name, raw in _signatures(note):
        if (name, raw[:4]) == (key.name, key.id):
            if not _holds(key, raw[4:], f"{body}\n"):
                return False
            is_signed = True
    return is_signed


def _signatures(note: str) -> Iterator[tuple[str, bytes]]:
    """The lines below a note: whose each is, and the key's id with what it has signed."""
    _, gap, below = note.rpartition("\n\n")
    for line in below.split("\n") if gap else ():
        try:
            dash, name, coded = line.split(" ")
            raw = base64.b64decode(coded, validate=True)
        except ValueError:
            continue
        if f"{dash} " == _DASH:
            yield name, raw


def _holds(key: Key, signature: bytes, text: str) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(key.public).verify(signature, text.encode())
    except (ValueError, InvalidSignature):
        return False
    return True


class Cosigned(NamedTuple):
    """A line below a checkpoint, by which a witness says to have seen it."""

    name: str
    id: bytes
    at: int  # seconds since 1970
    signed: bytes


def _cosignatures(note: str) -> Iterator[Cosigned]:
    """Those below a note (C2SP's tlog-cosignature), of which nothing is known yet."""
    for name, raw in _signatures(note):
        if len(raw) == _COSIGNED:
            yield Cosigned(name, raw[:4], int.from_bytes(raw[4:12], "big"), raw[12:])


class Witnesses:
    """Who has cosigned which checkpoints: those whose keys were given, and whoever else says so."""

    def __init__(self, vkeys: Sequence[str]) -> None:
        self._keys = [_read_key(vkey.strip(), _COSIGNATURE) for vkey in vkeys]
        self._named: dict[tuple[str, bytes], tuple[int, int]] = {}  # the newest size, and when
        self._checked: list[tuple[int, int, str]] = []  # sizes, when and by whom, of given keys

    def see(self, note: str, size: int) -> None:
        """Look below a checkpoint that the log has signed. Raises WrongError."""
        given = {(key.name, key.id): key for key in self._keys}
        body = note.rpartition("\n\n")[0]
        for each in _cosignatures(note):
            who = (each.name, each.id)
            if who in given:
                text = f"cosignature/v1\ntime {each.at}\n{body}\n"
                if not _holds(given[who], each.signed, text):
                    raise WrongError(
                        f"vidnet (the witness) {each.name}: underskriften holder ikke"
                        " (doesn't hold)"
                    )
                self._checked.append((size, each.at, each.name))
            if who in given or who in self._named or len(self._named) < _MOST_WITNESSES:
                self._named[who] = (size, each.at)

    def judge(self, newest: int) -> None:
        """Raise WrongError where one whose key was given hasn't cosigned the newest checkpoint."""
        for key in self._keys:
            size = self._named.get((key.name, key.id), (0, 0))[0]
            if size < newest:
                raise WrongError(
                    f"ikke bevidnet: {key.name} har ikke medunderskrevet det nyeste checkpoint,"
                    f" {newest}, men senest {size or 'intet'} (not witnessed: it hasn't cosigned"
                    f" the newest checkpoint, but at most {size or 'nothing'})",
                    size,
                )

    def before(self, index: int, moment: str) -> str | None:
        """Who has cosigned an entry clearly before a time, and when; None where nobody has."""
        for size, at, name in self._checked:
            if size > index:
                early = moment and at + _WITNESS_SKEW < _seconds(moment)
                return f"{name}, {_when(at)}" if early else None
        return None

    def told(self) -> list[dict[str, Any]]:
        """Who, what at most, and when; `checked` where the key was given."""
        given = {(key.name, key.id) for key in self._keys}
        return [
            {"name": who[0], "size": size, "at": _when(at), "checked": who in given}
            for who, (size, at) in sorted(self._named.items())
        ]


def _when(seconds: int) -> str:
    try:
        return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))
    except (ValueError, OverflowError, OSError):
        return str(seconds)


def _read_checkpoint(note: str) -> tuple[str, int, bytes]:
    """Origin, size and root. Raises UnreadableError."""
    try:
        origin, size, coded = note.split("\n")[:3]
        if not _NUMBER.fullmatch(size) or len(top := _unbase64(coded)) != _HASH:
            raise ValueError(note)
        return origin, int(size), top
    except ValueError:
        raise UnreadableError("ikke et checkpoint (not a checkpoint)") from None


def _trusted(keys: list[dict[str, Any]], pinned: str) -> list[dict[str, Any]]:
    """The keys that the pinned one vouches for: itself, and those named after it, one by another.

    The size above which a key signs is what its handover says; of the first key of all it is 0.
    Raises WrongError.
    """
    known = [key["vkey"] for key in keys]
    if pinned not in known:
        name, origin = _read_key(pinned).name, _read_key(known[0]).name
        if name != origin:
            raise WrongError(
                f"nøglen er til (the key is for) {name}, loggen er (the log is) {origin}"
            )
        raise WrongError("loggen har aldrig haft den nøgle (the log never had that key)")
    found = keys[known.index(pinned) :]
    first = found[0]
    begins = first["since"] == 0 if first["handover"] is None else _is_named(first, pinned)
    if not begins or not all(_is_named(new, old["vkey"]) for old, new in itertools.pairwise(found)):
        raise WrongError("en nøgle er ikke indsat af den før (not named by the one before)")
    return found


def _is_named(new: dict[str, Any], by: str) -> bool:
    """Whether a key's handover says of it what stands there, signed by it and by another."""
    text = f"{_read_key(by)[0]}/handover\n{_whole(new['since'])}\n{new['vkey']}\n"
    note = str(new["handover"])
    is_it = note.startswith(f"{text}\n") and note.count("\n\n") == 1
    return is_it and _is_signed(note, by) and _is_signed(note, new["vkey"])


def _plain(text: str) -> str:
    """A text as it was before an editor, mail or another system gave it another beginning, other
    line ends, or empty lines at its end."""
    return text.removeprefix("\ufeff").replace("\r\n", "\n").rstrip("\n ") + "\n"


def kept(told: str | Path) -> list[str]:
    """The checkpoints in a text or a file that somebody has kept, one after another. Raises
    UnreadableError where something else is in it, or nothing; OSError, UnicodeDecodeError."""
    text = told.read_text(encoding="utf-8") if isinstance(told, Path) else told
    found: list[tuple[list[str], list[str]]] = [([], [])]  # lines, and those of signatures
    for line in filter(None, map(str.rstrip, _plain(text).split("\n"))):
        if not line.startswith(_DASH) and found[-1][1]:
            found.append(([], []))
        found[-1][line.startswith(_DASH)].append(line)
    notes = ["\n".join([*body, "", *below, ""]) for body, below in found]
    try:
        for note in notes:
            _read_checkpoint(note)
        if not all(below for _, below in found):
            raise UnreadableError("uden underskrift (without a signature)")
    except UnreadableError as error:
        raise UnreadableError(f"det gemte (--seen): {error}") from None
    return notes


class Log:
    """What is known of the log: its origin, the keys that are trusted, what was seen of it."""

    def __init__(self, head: dict[str, Any], pinned: str | None, seen: Sequence[str]) -> None:
        if pinned:
            _read_key(pinned)
        if not head["keys"]:
            raise WrongError("loggens nøgler mangler (the log's keys are missing)")
        self.keys = _trusted(head["keys"], pinned or head["keys"][0]["vkey"])
        self.size = _whole(head["size"])
        self.origin = _read_key(self.keys[0]["vkey"])[0]
        self.since: int = self.keys[0]["since"]
        self.is_access = self.origin.endswith(_ACCESS)
        own = (head["origin"], f"/{head['municipality']}/{head['log']}")
        if own[0] != self.origin or not self.origin.endswith(own[1]):
            raise WrongError(f"hovedet er ikke loggens (the head isn't the log's): {self.origin}")
        self.seen: dict[int, bytes] = {}
        for note in seen:
            origin, size, top = _read_checkpoint(note)
            if origin != self.origin:
                what = f"det gemte (--seen) er af en anden log (is of another log): {origin}"
                raise UnreadableError(what)
            if self.signs(note, size) is False:
                raise WrongError("et gemt checkpoint er ikke loggens (a seen checkpoint isn't its)")
            if self.seen.setdefault(size, top) != top:
                raise WrongError(f"to checkpoints af størrelse {size} (two of one size)")

    def signs(self, note: str, size: int) -> bool | None:
        """Whether a checkpoint is the log's, signed by the key of its time; None for one from
        before the trusted keys, which shows nothing."""
        keys = [key["vkey"] for key in self.keys if key["since"] < size]
        if _read_checkpoint(note)[:2] != (self.origin, size):
            return False
        return _is_signed(note, keys[-1]) if keys else None


class Verified:
    """What has been found so far, tile by tile."""

    def __init__(self, log: Log, witnesses: Witnesses) -> None:
        self.log = log
        self.witnesses = witnesses
        self.size = self.pruned = self.checkpoints = self.tiles = 0
        self.accepted: list[dict[str, Any]] = []
        self.last: str | None = None  # checkpoint
        self.unseen = sorted(log.seen)
        self._ours: Subtrees = []  # as the entries have it
        self._held: Subtrees = []  # as the log's own hashes have it
        self._higher: list[list[bytes]] = []  # hashes of the last tile of each higher level
        self.signed = self._good = self._seen = 0  # sizes of the last that is signed, that fits
        self._differs: int | None = None
        # The last size that fits, and the first that doesn't.
        self._unfit: tuple[int, int] | None = None
        self._held_fits = True
        self._wrong: list[tuple[int, str]] = []
        self._lacks: list[tuple[int, str]] = []  # what isn't there, if the bundle is whole
        self._place: int | None = None  # position of the last entry
        self._agreed: set[int] = set()  # sizes at which what was seen is what is signed
        self.prunings: list[dict[str, Any]] = []  # what looks say of those that were deleted

    def add(self, tile: Tile) -> None:
        """Go on with the next tile. Raises UnreadableError."""
        first = tile.number * WIDTH
        if tile.number != self.tiles:
            raise UnreadableError(f"tile {self.tiles} mangler (is missing)")
        if self.size != first and tile.entries:
            raise UnreadableError(f"index {self.size} mangler (is missing)")
        # Only looks are deleted, and of them the first.
        lacks = tile.holds if self.log.is_access and self.pruned == first else tile.lacks
        if lacks is not None:
            self._wrong.append((lacks, "mangler (is missing)"))
        if self._differs is None:
            self._differs = tile.differs
        if tile.places:
            is_above = self._place is None or tile.places[0] > self._place
            where = tile.disordered if is_above else first + tile.pruned
            if where is not None:
                what = "pladsen er ikke over den forriges (its position isn't above the last one's)"
                self._wrong.append((where, what))
            self._place = tile.places[-1]
        for stop in tile.stops:
            ours, held = _joined(self._ours, stop.ours), _joined(self._held, stop.held)
            if stop.note is None:
                self._compare(stop.size, ours, held)
            else:
                self._check(stop.size, stop.note, ours, held)
        if len(tile.held) == 1 and tile.held[0][0] == WIDTH:
            self._climb(tile, tile.held[0][1])
        self._ours = _joined(self._ours, tile.ours)
        self._held = _joined(self._held, tile.held)
        self.tiles, self.size = self.tiles + 1, self.size + tile.entries
        self.pruned += tile.pruned
        if self.prunings and self.prunings[-1]["index"] == first - 1:
            self.prunings[-1]["next_at"] = tile.first_at
        for told in tile.told if self.log.is_access else ():
            if pruning := _pruning(told):
                self.prunings.append(pruning)
            if accepted := _accepted(told.entry, told.stored):
                self.accepted.append(accepted)

    def _climb(self, tile: Tile, top: bytes) -> None:
        """Compare what the log's levels above the leaves hold of a full tile, with root `top`, and
        of the larger subtrees that end with it, with what they must be."""
        if tile.differs is not None and tile.above:
            top = tile.above[0]  # it is the leaf that is told of
        must: list[bytes] = []
        while True:
            if len(must) == len(self._higher):
                self._higher.append([])
            row = self._higher[len(must)]
            must.append(top)
            row.append(top)
            if len(row) < WIDTH:
                break
            top = _levels(row)[-1][0]
            row.clear()
        end, many = (tile.number + 1) * WIDTH, 1
        for there, right in itertools.zip_longest(must if tile.above is None else tile.above, must):
            many *= WIDTH
            if there != right:
                what = f"loggens egen hash over {end - many}–{end - 1} er en anden"
                self._wrong.append((end - many, f"{what} (the log's own hash over them differs)"))
                return

    def _check(self, size: int, note: str, ours: Subtrees, held: Subtrees) -> None:
        """Compare the tree at a checkpoint with what was signed."""
        self.checkpoints += 1
        if size - max(self.signed, self.log.since) > MOST_UNSIGNED:
            self._lacks.append((self.signed, "et checkpoint mangler (a checkpoint is missing)"))
        is_signed = self.log.signs(note, size)
        if is_signed is False:
            what = f"checkpoint {size} er ikke underskrevet af loggen (isn't signed by the log)"
            self._wrong.append((self.signed, what))
            return
        top = _read_checkpoint(note)[2]
        if is_signed:
            self.signed, self.last = size, note
            if self.log.seen.get(size) == top:
                self._agreed.add(size)
            try:
                self.witnesses.see(note, size)
            except WrongError as error:
                self._wrong.append((self._good, f"checkpoint {size}: {error}"))
        self._held_fits = self._held_fits and _is(held, size, top)
        if self._unfit is None and not _is(ours, size, top):
            self._unfit = (self._good, size)
        self._good = size

    def _compare(self, size: int, ours: Subtrees, held: Subtrees) -> None:
        """Compare the tree with a checkpoint that was seen; one that it is too short for waits."""
        if sum(leaves for leaves, _ in ours) < size:
            return
        self.unseen.remove(size)
        if _root(ours) != self.log.seen[size]:
            if self._unfit and size in self._agreed:
                return  # which of them it is, what is signed tells better
            what = f"loggen er en anden end den, der blev set af størrelse {size} (another log)"
            first = self._differs if _is(held, size, self.log.seen[size]) else None
            self._wrong.append((self._seen if first is None else first, what))
        self._seen = size

    def judge(self, *, is_whole: bool) -> None:
        """Raise WrongError with what is wrong first; of a bundle that isn't whole, with what can't
        be for want of lines."""
        wrong = [*self._unsigned(), *self._wrong]
        if is_whole:
            wrong += [*self._lacks, *self._missing()]
        if wrong:
            index, what = min(wrong, key=lambda one: one[0])
            raise WrongError(what, index)

    def _unsigned(self) -> Iterator[tuple[int, str]]:
        """The first entry that isn't what was signed, as closely as it can be named."""
        differs = self._differs
        if self._unfit and self._held_fits and differs is not None:
            yield differs, "er ikke den, der blev underskrevet (isn't the one signed)"
        elif self._unfit:
            first, size = self._unfit
            where = differs if differs is not None and first <= differs < size else first
            what = f"én af {first}–{size - 1} er en anden end den underskrevne"
            yield where, f"{what} (isn't the one signed)"
        elif differs is not None and differs < self.signed:
            yield differs, "loggens egen hash er en anden (the log's own hash differs)"

    def _missing(self) -> Iterator[tuple[int, str]]:
        """What should be there, and what a record of deletions can't say."""
        # Only what was signed is believed of what else is gone.
        believed = [each for each in self.prunings if each["index"] < self.signed]
        prunable = max((each["deleted"] for each in believed), default=0)
        if self.pruned > prunable and self.log.is_access:
            what = "poster mangler, uden at deres sletning er noteret (deleted without a record)"
            yield prunable, what
        for each in believed:
            if each["from_before"] and each["at"] and each["at"] < each["from_before"]:
                yield (
                    each["index"],
                    "sletter, hvad der er yngre end noten (deletes what is younger)",
                )
            elif by := self.witnesses.before(each["index"], each["at"]):
                what = f"noten om en sletning er fra {each['at']}, men vidnet så den før: {by}"
                yield each["index"], f"{what} (a witness saw this record before its time)"
        if self.unseen:
            what = f"loggen er kortere end en, der blev set: {self.unseen[-1]} (shorter than seen)"
            yield self.size, what
        if self.size > self.signed:
            yield self.signed, "er aldrig underskrevet (was never signed)"
        if self.size != self.log.size:
            what = f"hovedet siger (the head says) {self.log.size} poster (entries)"
            yield min(self.size, self.log.size), what


def _what_is_at_the_end(rest: bytes, end: bytes) -> str:
    """Why what stands behind the last tile isn't the end of the bundle."""
    if rest.startswith(end):
        return "der står noget efter slutningen (something stands behind the end)"
    if rest.endswith(b"}}\r\n"):
        return _LINE_ENDS
    if rest.startswith(_END) and rest.endswith(b"}}\n"):
        is_ = rest.strip().decode(errors="replace")
        return f"her skulle stå (here should be) {end.decode().strip()}, ikke (not) {is_}"
    return "slutningen mangler; filen er ikke hel (the end is missing: the file isn't whole)"


def _is(tree: Subtrees, size: int, top: bytes) -> bool:
    return sum(leaves for leaves, _ in tree) == size and _root(tree) == top


def verify(
    path: str,
    pinned: str | None = None,
    seen: Sequence[str] = (),
    tell: Callable[[int, int], None] = lambda done, total: None,
    witnesses: Sequence[str] = (),
) -> dict[str, Any]:
    """What a right bundle holds. `seen` are checkpoints. Raises WrongError, UnreadableError,
    OSError."""
    with open(path, "rb") as file:
        try:
            line = next(_lines(file))
            head = _members(line)
            if head["format"] != FORMAT:
                raise ValueError(head)
            if line.endswith(b"\r\n"):
                raise UnreadableError(_LINE_ENDS)
            log = Log(head, pinned, seen)
        except (ValueError, KeyError, TypeError, IndexError, RecursionError, StopIteration):
            raise UnreadableError(f"ikke et bundt (not a bundle): {FORMAT}") from None
        at = file.tell()
    found = Verified(log, Witnesses(witnesses))
    for part in _parts(path, found.unseen[:], tell):
        if part.tiles and part.begin != at:
            raise UnreadableError("der mangler linjer (lines are missing)")
        at = part.end if part.tiles else at
        for tile in part.tiles:
            found.add(tile)
    end = _END + b'{"entries":%d,"checkpoints":%d}}\n' % (found.size, found.checkpoints)
    with open(path, "rb") as file:
        file.seek(at)
        rest = file.read(_LONGEST_TOLD)
    found.judge(is_whole=rest == end)
    if rest != end:
        is_end = rest.startswith(_END)
        number = _line_at(path, at) + 1 if is_end else _line_at(path, os.path.getsize(path))
        raise UnreadableError(f"linje (line) {number}: {_what_is_at_the_end(rest, end)}")
    if not found.checkpoints:
        raise UnreadableError("der er intet i loggen (the log is empty)")
    found.witnesses.judge(found.signed)
    return {
        "origin": log.origin,
        "entries": found.size,
        "pruned": found.pruned,
        "checkpoints": found.checkpoints,
        "deletions": found.prunings,
        "accepted": found.accepted,
        "checkpoint": found.last,
        "witnesses": found.witnesses.told(),
        "key": "pinned" if pinned else "unknown",
    }


# Proofs.


def verify_proof(
    text: str, pinned: str, seen: Sequence[str] = (), witnesses: Sequence[str] = ()
) -> dict[str, Any]:
    """What a proof shows: that an entry is in the log (C2SP's tlog-proof), or that the log goes on
    from a checkpoint that was seen (the request of tlog-witness). Raises WrongError,
    UnreadableError."""
    above, _, note = text.partition("\n\n")
    lines = above.split("\n")
    origin, size, top = _read_checkpoint(note)
    if origin != _read_key(pinned).name or not _is_signed(note, pinned):
        raise WrongError("ikke underskrevet med den nøgle (not signed by that key)")
    witnessed = Witnesses(witnesses)
    witnessed.see(note, size)
    told = {"origin": origin, "size": size, "checkpoint": note, "witnesses": witnessed.told()}
    try:
        if lines[0].startswith("old "):
            old, proof = _number(lines[0][4:]), [_unbase64(each) for each in lines[1:]]
            _goes_on(old, size, top, proof, pinned, seen)
            witnessed.judge(size)
            return {**told, "goes_on_from": old}
        if lines[0] != PROOF or lines[1][:6] != "extra " or lines[2][:6] != "index ":
            raise ValueError(lines[0])
        entry, index = _unbase64(lines[1][6:]), _number(lines[2][6:])
        proof = [_unbase64(each) for each in lines[3:]]
    except (ValueError, IndexError):
        raise UnreadableError("ikke et bevis (not a proof)") from None
    if _climbed(sha256(b"\x00" + entry).digest(), index, size, proof) != top:
        raise WrongError("posten er ikke i loggen (the entry isn't in the log)", index)
    witnessed.judge(size)
    return {**told, "index": index, "entry": entry.decode()}


def _number(text: str) -> int:
    """A number as notes have it. Raises ValueError."""
    if not _NUMBER.fullmatch(text):
        raise ValueError(text)
    return int(text)


def _climbed(found: bytes, index: int, size: int, proof: Sequence[bytes]) -> bytes | None:
    """The root that a leaf and its inclusion proof lead to (RFC 9162, 2.1.3.2)."""
    at, last = index, size - 1
    for each in proof:
        if last == 0:
            return None
        if at & 1 or at == last:
            found = _node(each, found)
            while at and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            found = _node(found, each)
        at, last = at >> 1, last >> 1
    return found if last == 0 and 0 <= index < size else None


def _goes_on(
    old: int, new: int, top: bytes, proof: Sequence[bytes], pinned: str, seen: Sequence[str]
) -> None:
    """Raise WrongError unless the log goes on from a checkpoint seen of that size (2.1.4.2)."""
    name = _read_key(pinned).name
    roots = {
        size: root
        for note in seen
        for of, size, root in [_read_checkpoint(note)]
        if of == name and _is_signed(note, pinned)
    }
    if old == 0:
        if proof:
            raise WrongError("et bevis fra ingenting er tomt (a proof from nothing is empty)")
        return
    if old not in roots:
        what = f"giv med --seen checkpoint {old}, underskrevet med den nøgle"
        raise UnreadableError(f"{what} (the checkpoint of that size, signed by that key)")
    path = list(proof) if old & (old - 1) else [roots[old], *proof]
    if old == new:
        path, fits = [], roots[old] == top and not proof
    elif not 0 < old < new or not path:
        fits = False
    else:
        at, last = old - 1, new - 1
        while at & 1:
            at, last = at >> 1, last >> 1
        was = now = path[0]
        for each in path[1:]:
            if last == 0:
                raise WrongError("beviset er for langt (the proof is too long)")
            if at & 1 or at == last:
                was, now = _node(each, was), _node(each, now)
                while at and not at & 1:
                    at, last = at >> 1, last >> 1
            else:
                now = _node(now, each)
            at, last = at >> 1, last >> 1
        fits = last == 0 and was == roots[old] and now == top
    if not fits:
        raise WrongError(f"loggen går ikke videre fra {old} (doesn't go on from there)", old)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n\n")[0])
    parser.add_argument("file")
    parser.add_argument("--key", help="the log's public key, got by another way")
    parser.add_argument("--seen", action="append", default=[], help="a checkpoint kept earlier")
    parser.add_argument("--witness", action="append", default=[], help="a witness's public key")
    parser.add_argument("--keep", help="write the newest checkpoint here, if all is right")
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout")
    asked = parser.parse_args(arguments)
    bar = _bar if sys.stderr.isatty() else lambda done, total: None
    verdict = judged(asked.file, asked.key, [Path(name) for name in asked.seen], bar, asked.witness)
    if asked.keep:
        verdict = keep(Path(asked.keep), [verdict])[0]
    said = json.dumps(verdict, ensure_ascii=False) if asked.json else words(verdict)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # of a terminal without our letters
    sys.stdout.write(f"{said}\n")
    return {"right": 0, "wrong": 1, "unreadable": 2}[verdict["verdict"]]


def judged(
    path: str,
    pinned: str | None = None,
    seen: Sequence[str | Path] = (),
    tell: Callable[[int, int], None] = lambda done, total: None,
    witnesses: Sequence[str] = (),
) -> dict[str, Any]:
    """The verdict on a bundle or a proof: `right`, `wrong` (with the `index` of the first entry
    that is or may be wrong) or `unreadable`, and why. `seen` are texts or files of checkpoints."""
    try:
        pinned = pinned and pinned.strip()
        notes = [note for each in seen for note in kept(each)]
        with open(path, "rb") as file:
            begins = file.read(4)
        if begins == b"\xef\xbb\xbf{":
            raise UnreadableError("filen begynder med et BOM: den er ændret undervejs (with a BOM)")
        if begins[:1] == b"{":
            return {"verdict": "right", **verify(path, pinned, notes, tell, witnesses)}
        proof = _plain(Path(path).read_text(encoding="utf-8"))
        if not proof.startswith((f"{PROOF}\n", "old ")):
            raise UnreadableError("hverken et bundt eller et bevis (neither a bundle nor a proof)")
        if pinned is None:
            raise UnreadableError("et bevis kontrolleres med --key (a proof needs --key)")
        return {
            "verdict": "right",
            "key": "pinned",
            **verify_proof(proof, pinned, notes, witnesses),
        }
    except WrongError as error:
        return {"verdict": "wrong", "index": error.index, "why": str(error)}
    except UnreadableError as error:
        return _unreadable(str(error))
    except UnicodeDecodeError:
        return _unreadable("ikke UTF-8 (not UTF-8)")
    except OSError as error:
        return _unreadable(f"kan ikke åbnes (can't be opened): {error.filename}: {error.strerror}")
    except BrokenExecutor:
        why = "et underprogram blev stoppet; er der hukommelse nok? (a process was killed)"
        return _unreadable(why)


def _unreadable(why: str) -> dict[str, Any]:
    return {"verdict": "unreadable", "index": None, "why": why}


def keep(path: Path, verdicts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Write the newest checkpoints to a file, to be given as `seen` later, if all verdicts are
    `right`. Gives the verdicts, with why it couldn't be written."""
    notes = [each["checkpoint"] for each in verdicts if each["verdict"] == "right"]
    if len(notes) < len(verdicts) or not all(notes):
        return verdicts
    fresh = path.with_name(f"{path.name}.new")
    try:
        fresh.write_text("\n".join(notes), encoding="utf-8", newline="\n")
        fresh.replace(path)
    except OSError as error:
        why = f"--keep: {path}: {error.strerror}"
        return [{**each, **_unreadable(why)} for each in verdicts]
    return verdicts


def words(verdict: dict[str, Any]) -> str:
    """A verdict in words, on lines of ours: a file can't write anything else on the terminal."""
    lines = _said(verdict).split("\n")
    return "\n".join(line if line.isprintable() else ascii(line) for line in lines)


def _said(verdict: dict[str, Any]) -> str:
    if verdict["verdict"] != "right":
        kinds = {"wrong": "FORKERT (WRONG)", "unreadable": "KAN IKKE LÆSES (UNREADABLE)"}
        index = "" if verdict["index"] is None else f"index {verdict['index']}: "
        return f"{kinds[verdict['verdict']]}: {index}{verdict['why']}"
    found = f"RIGTIGT (RIGHT): {verdict['origin']}, {_found(verdict)}{_witnessed(verdict)}"
    if caveat := _CAVEATS.get(verdict["key"]):
        found += f"\n{caveat}"
    if verdict["checkpoint"]:
        kept = "Det nyeste checkpoint; gem det (the newest checkpoint: keep it, --keep FILE)"
        found += f"\n{kept}:\n\n{verdict['checkpoint'].rstrip()}"
    return found


_CAVEATS = {
    "unknown": "Uden --key er kun vist, at bundtet passer med sig selv. "
    "(Without --key it is only shown that the bundle fits itself.)",
    "own": "Uden --key er der kontrolleret med loggens egen nøglefil her: den, der har den, kan "
    "have skrevet det hele. (Without --key it was checked by the log's own key file here: whoever "
    "holds that may have written it all.)",
}
"""By what the key was known, what the verdict doesn't show."""


def _witnessed(verdict: dict[str, Any]) -> str:
    """Who has cosigned, a line each."""
    if not verdict["witnesses"]:
        return "\nIngen vidner har medunderskrevet. (No witness has cosigned.)"
    told = ""
    for each in verdict["witnesses"]:
        told += f"\nvidne (witness) {each['name']}: checkpoint {each['size']}, {each['at']}"
        if not each["checked"]:
            told += "; ikke kontrolleret uden --witness (not checked without its key)"
    return told


def _found(verdict: dict[str, Any]) -> str:
    if "entry" in verdict:
        return f"index {verdict['index']} af (of) {verdict['size']}: {verdict['entry']}"
    if "goes_on_from" in verdict:
        return f"{verdict['size']} går videre fra (goes on from) {verdict['goes_on_from']}"
    right = f"{verdict['entries']} poster (entries), {verdict['checkpoints']} checkpoints"
    if verdict["pruned"]:
        right += f"; {verdict['pruned']} slettet (deleted){_deletions(verdict['deletions'])}"
    for each in verdict["accepted"]:
        was = each["signed"]["size"] if each["signed"] else "?"
        right += (
            f"\nindex {each['index']}: {each['log']} godtaget (accepted) med"
            f" {each['accepted']['size']} poster, sidst underskrevet (signed last) med {was}:"
            f"\n  {' '.join(each['reason'].split())}"
        )
    return right


def _deletions(told: list[dict[str, Any]]) -> str:
    """What the last record of deletions says, and what is odd about any."""
    found = ""
    for each in told:
        at, before, next_at = each["at"], each["from_before"], each["next_at"]
        is_odd = at and next_at and _seconds(at) - _seconds(next_at) > _SKEW
        if not is_odd and each is not told[-1]:
            continue
        found += (
            f"\nindex {each['index']}: i alt {each['deleted']} slettet ifølge noten"
            f" (deleted in all, by the record) af (by) {each['by']}, {at}"
        )
        if at and before:
            days = int((_seconds(at) - _seconds(before)) // 86400)
            found += f"; opbevaret mindst (kept at least) {days} dage (days) ifølge den (by it)"
        else:
            found += "; den siger ikke, hvor længe de var opbevaret (nor how long they were kept)"
        if is_odd:
            found += (
                f"\n  ADVARSEL (WARNING): det næste opslag er fra {next_at}, før noten:"
                " uret er gået baglæns (the next look is older than the record)"
            )
    return found


def _bar(done: int, total: int) -> None:
    filled = 40 * done // max(total, 1)
    end = "\n" if done >= total else ""
    sys.stderr.write(
        f"\r[{'#' * filled}{' ' * (40 - filled)}] {100 * done // max(total, 1):3}%{end}"
    )
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
