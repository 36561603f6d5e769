"""The closed code lists of the catalogue (section 7), each code with its Danish term.

`from domain import codes`, then `codes.match_methods`. A code is kept for ever once sent; a list
may gain codes, and loses none.
"""

# ruff: noqa: F403 -- the lists stand in the files beside this one, and are offered together here
from domain.codes.activities import *
from domain.codes.course import *
from domain.codes.follow_ups import *
from domain.codes.people import *
from domain.codes.practice import *
from domain.fields import CodeList

ALL: dict[str, CodeList] = {
    list_.name: list_ for list_ in list(globals().values()) if isinstance(list_, CodeList)
}
"""Every code list by its name in the catalogue."""
