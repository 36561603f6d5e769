"""The attributes of a CloudEvent (section 1 of the event catalogue)."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from services.edge.models import PREFIX, TYPES
from services.edge.nearest import nearest
from services.edge.patterns import ID, SEQUENCE, instant, is_source, looks_like_cpr
from services.edge.problems import Flaw
from services.edge.sentences import flaw

AHEAD = timedelta(minutes=5)
OURS = "urn:roedtraad:"
_ID = re.compile(ID)
_SEQUENCE = re.compile(SEQUENCE)
_JSON_TYPE = "application/json"
_TYPE = re.compile(r"dk\.roedtraad\.([a-z.-]+)\.v[0-9]+")
_JSON = re.compile(r'application/json(\s*;\s*charset="?utf-8"?)?', re.IGNORECASE)


class Sound(NamedTuple):
    """The attributes of an event, none of which is wrong, and its data as sent."""

    topic: str
    source: str
    id: str
    subject: str
    subject_source: str | None
    time: datetime
    sequence: int | None
    correlation: str | None
    data: dict[str, Any]


def sound(event: Mapping[str, Any], municipality: str, latest: datetime) -> Sound | None:
    """The attributes of an event as most are; None where `Attributes` must look, and say.

    `latest` is the last time at which it may have happened.
    """
    try:
        type_, source, id_ = event["type"], event["source"], event["id"]
        subject, written, data = event["subject"], event["time"], event["data"]
        own, version = event["municipality"], event["specversion"]
    except KeyError:
        return None
    if own != municipality or version != "1.0" or type(data) is not dict:
        return None
    if not (type(type_) is type(source) is type(id_) is type(subject) is type(written) is str):
        return None
    topic, time = TYPES.get(type_), instant(written)
    if topic is None or time is None or time > latest:
        return None
    if not (_is_sound_source(source) and _is_sound_id(id_) and _is_sound_id(subject)):
        return None
    rest = _sound_rest(event)
    return rest and Sound(topic, source, id_, subject, rest[0], time, rest[1], rest[2], data)


def _sound_rest(event: Mapping[str, Any]) -> tuple[str | None, int | None, str | None] | None:
    """What may be left out: the subject's source, the sequence, the correlation."""
    source = sequence = correlation = None
    if "data_base64" in event or event.get("datacontenttype", _JSON_TYPE) != _JSON_TYPE:
        return None
    if "subjectsource" in event:
        source = event["subjectsource"]
        if type(source) is not str or not _is_sound_source(source):
            return None
    if "sequence" in event:
        written = event["sequence"]
        if type(written) is not str or _SEQUENCE.fullmatch(written) is None:
            return None
        sequence = int(written)
    if "correlationid" in event:
        correlation = event["correlationid"]
        if type(correlation) is not str or not _is_sound_id(correlation):
            return None
    return source, sequence, correlation


def _is_sound_id(text: str) -> bool:
    # Most are shorter than a CPR number.
    return _ID.fullmatch(text) is not None and (len(text) < 10 or not looks_like_cpr(text))


@lru_cache(1024)
def _is_sound_source(text: str) -> bool:
    return is_source(text) and not looks_like_cpr(text)


class Attributes:
    """Reads the attributes of one event; each reader gives the value, or None and a flaw."""

    def __init__(self, event: Mapping[str, Any], flaws: list[Flaw]) -> None:
        self._event = event
        self._flaws = flaws

    def refuse(self, attribute: str, code: str, /, **values: Any) -> None:
        """Remember a flaw of the attribute."""
        self._flaws.append(_refusal(attribute, code, **values))

    def _text(self, name: str) -> str | None:
        value = self._event.get(name)
        if type(value) is str:
            return value
        if value is not None:
            self.refuse(name, "not-text")
        else:
            self.refuse(name, "null" if name in self._event else "missing")
        return None

    def id(self, name: str) -> str | None:
        """An id that tells nothing."""
        value = self._text(name)
        if value is None:
            return None
        if _ID.fullmatch(value) is None:
            self.refuse(name, "bad-id")
        elif looks_like_cpr(value):
            self.refuse(name, "cpr-like")
        else:
            return value
        return None

    def source(self, name: str) -> str | None:
        """An absolute URI."""
        value = self._text(name)
        if value is None:
            return None
        if not is_source(value):
            self.refuse(name, "bad-source")
        elif looks_like_cpr(value):
            self.refuse(name, "cpr-like")
        else:
            return value
        return None

    def optional_id(self, name: str) -> str | None:
        """An id, if there is one."""
        return self.id(name) if name in self._event else None

    def optional_source(self, name: str) -> str | None:
        """A source, if there is one."""
        return self.source(name) if name in self._event else None

    def data(self) -> dict[str, Any] | None:
        """The object that says what happened. That its bytes can't be read was said before."""
        if "data_base64" in self._event and "data" not in self._event:
            return None
        value = self._event.get("data")
        if isinstance(value, dict):
            return value
        self.refuse("data", "not-object" if "data" in self._event else "missing")
        return None

    def topic(self) -> str | None:
        """The name and version of an event of the catalogue."""
        value = self._text("type")
        if value is None:
            return None
        topic = TYPES.get(value)
        if topic is None:
            self._flaws.append(unknown_type("/type", value))
        return topic

    def time(self, now: datetime) -> datetime | None:
        """When it happened, in UTC."""
        value = self._text("time")
        if value is None:
            return None
        time = instant(value)
        if time is None:
            self.refuse("time", "time-form")
        elif time > now + AHEAD:
            self.refuse("time", "time-ahead")
        return time

    def sequence(self) -> int | None:
        """Its place among events of one time, if given."""
        if "sequence" not in self._event:
            return None
        value = self._text("sequence")
        if value is None:
            return None
        if _SEQUENCE.fullmatch(value) is None:
            self.refuse("sequence", "sequence")
            return None
        return int(value)

    def fixed(self, municipality: str) -> None:
        """The attributes that can hold one thing only."""
        event = self._event
        if event.get("specversion") != "1.0":
            self.refuse("specversion", "specversion")
        if event.get("municipality") != municipality:
            self.refuse("municipality", "municipality", own=municipality)
        if "datacontenttype" in event:
            kind = event["datacontenttype"]
            if kind != "application/json" and not is_json(kind):
                self.refuse("datacontenttype", "content-type")


@lru_cache(1024)
def _refusal(attribute: str, code: str, /, **values: Any) -> Flaw:
    """Held once, though ten thousand events of a batch may have it."""
    return flaw(f"/{attribute}", code, **values)


def is_json(content_type: Any) -> bool:
    """Whether a content type says JSON in UTF-8."""
    return isinstance(content_type, str) and _JSON.fullmatch(content_type) is not None


def unknown_type(pointer: str, value: str) -> Flaw:
    """A type that isn't in the catalogue, with the known ones that come nearest."""
    match = _TYPE.fullmatch(value)
    if match and (versions := [t for t in TYPES if t.startswith(f"{PREFIX}{match[1]}.v")]):
        return flaw(pointer, "unknown-version", name=match[1], known=", ".join(versions))
    return flaw(pointer, "unknown-event", known=", ".join(nearest(value)))
