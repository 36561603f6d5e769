"""The `data` of an event: its fields, its own checks, and the replacement that it may carry."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from typing import Any, NamedTuple

from pydantic import ValidationError

from domain.events.checks import Finding, checks_in, common_findings, joint_with
from services.edge.attributes import AHEAD, unknown_type
from services.edge.flaws import fields_at_fault, flaws_of
from services.edge.models import TYPES, Form, form_of, partial_model
from services.edge.patterns import instant
from services.edge.problems import Flaw
from services.edge.sentences import flaw


class Setting(NamedTuple):
    """What an event's data is read against."""

    source: str | None  # the event's own, if that could be read
    municipality: str
    now: datetime
    here: bool  # written here, not sent


def is_right(form: Form, data: dict[str, Any]) -> bool:
    """Whether nothing is wrong with the data of an event that is read against no setting."""
    try:
        sent: Any = form.validate(data)
    except ValidationError:
        return False
    return not form.event.check(sent)


def check_data(form: Form, data: dict[str, Any], setting: Setting, root: str) -> list[Flaw]:
    """What is wrong with the data that stands at `root`; nothing if all is well."""
    flaws = [] if form.amends is None else list(_amendment(form, data, setting, root))
    try:
        sent: Any = form.validate(data)
    except ValidationError as error:
        flaws += flaws_of(error, form, root)
        found = list(_of_the_rest(form, data, fields_at_fault(error)))
    else:
        found = form.event.check(sent)
        if form.joint:
            found += joint_with(sent.joint, setting.municipality)
    flaws += [_of(finding, root) for finding in found]
    return flaws


def _of(finding: Finding, root: str) -> Flaw:
    place = finding.field.replace(".", "/")
    return Flaw(f"{root}/{place}", "check", finding.danish, finding.english)


def _of_the_rest(form: Form, data: dict[str, Any], wrong: set[Any]) -> Iterator[Finding]:
    """What the common checks find in the fields whose types are right, so that one answer says all.

    The event's own checks read several fields together, and wait until all of them are right.
    """
    rest = {name: value for name, value in data.items() if name not in wrong}
    if not rest.get("note") and "note" in wrong:
        rest.pop("note_confidential", None)
    with suppress(ValidationError):
        sent = partial_model(form.event).model_validate(rest)
        yield from common_findings(checks_in(form.fields.values()), sent)


def _amendment(form: Form, data: dict[str, Any], setting: Setting, root: str) -> Iterator[Flaw]:
    named = data.get(form.amends or "")
    if not setting.here and isinstance(named, dict):
        source = named.get("source", setting.source)
        if setting.source is not None and source != setting.source:
            yield flaw(f"{root}/{form.amends}/source", "own-events")
    replacement = data.get("replacement")
    if isinstance(replacement, dict):
        yield from _replacement(form, replacement, setting, f"{root}/replacement")


def _replacement(
    form: Form, replacement: dict[str, Any], setting: Setting, root: str
) -> Iterator[Flaw]:
    """The replacement is a whole event but for what it takes from the original."""
    type_, time = replacement.get("type"), replacement.get("time")
    if isinstance(time, str):
        when = instant(time)
        if when is None:
            yield flaw(f"{root}/time", "time-form")
        elif when > setting.now + AHEAD:
            yield flaw(f"{root}/time", "time-ahead")
    if not isinstance(type_, str):
        return  # the model says so
    if (topic := TYPES.get(type_)) is None:
        yield unknown_type(f"{root}/type", type_)
        return
    new = form_of(topic)
    if new.stream != form.stream or not new.replaceable:
        yield flaw(f"{root}/type", "replacement-type", stream=form.stream)
        return
    if not (new.sendable or setting.here):
        yield flaw(f"{root}/type", "only-here", name=new.event.NAME)
    data = replacement.get("data")
    if isinstance(data, dict):
        yield from check_data(new, data, setting, f"{root}/data")
