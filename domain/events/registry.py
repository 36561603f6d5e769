"""All events, by name: the allow-list that history is read through."""

from domain.events import common, course, mentor, team
from domain.events.base import Registry

REGISTRY = Registry()
for _module in (course, mentor, team, common):
    REGISTRY.add(*_module.EVENTS)
