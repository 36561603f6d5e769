"""Adopting a rule pack (*vedtag et regelsæt*): who may, and which pack for which days."""

from datetime import datetime

from domain.adoptions import digest_of, holds_already
from domain.decisions.general import a_period_covers_a_day
from domain.decisions.refusing import Decision, Refusal, is_named
from domain.events.team import RulesAdopted
from domain.rule_pack_form import RulePackError
from domain.rule_packs import default_pack, default_text, parse_pack
from domain.team import TeamState

MAY_ADOPT = tuple(function for function in RulesAdopted.HERE if function != "system")


def a_leader_or_coordinator_adopts(
    state: TeamState, asked: RulesAdopted, now: datetime
) -> Refusal | None:
    """The rules are the team's, so whoever leads or coordinates it answers for them. [P]"""
    if is_named(asked, MAY_ADOPT):
        return None
    return Refusal(
        "Et regelsæt vedtages kun af en navngiven leder eller koordinator.",
        "Only a named leader or coordinator adopts a rule pack.",
        f"en person med id og en af funktionerne {', '.join(MAY_ADOPT)}",
        f"a person with an id and one of the functions {', '.join(MAY_ADOPT)}",
    )


def an_adopted_pack_can_be_read(
    state: TeamState, asked: RulesAdopted, now: datetime
) -> Refusal | None:
    """What can't be read asks for nothing, and would be left out without anybody knowing. [P]"""
    try:
        parse_pack(asked.text)
    except RulePackError as error:
        flaws = error.flaws
    else:
        return None
    danish = "; ".join(f"linje {f.line or '–'}, {f.place}: {f.danish}" for f in flaws)
    return Refusal(
        f"Regelsættet har fejl: {danish}",
        f"The rule pack has flaws: {RulePackError(flaws)}",
        "et regelsæt uden fejl; roedtraad rules check FIL viser dem",
        "a pack without flaws; roedtraad rules check FILE shows them",
    )


def a_pack_is_adopted_by_its_own_name(
    state: TeamState, asked: RulesAdopted, now: datetime
) -> Refusal | None:
    """The name and edition that follow-ups bear are those in the text. [P]"""
    pack = parse_pack(asked.text)
    if (pack.pack, pack.edition) == (asked.pack, asked.edition):
        return None
    return Refusal(
        "Regelsættets navn eller udgave er ikke det, der står i teksten.",
        "The pack's name or edition is not the one in its text.",
        f"regelsæt {pack.pack}, udgave {pack.edition}",
        f"pack {pack.pack} and edition {pack.edition}",
    )


def an_adoption_lies_within_the_packs_dates(
    state: TeamState, asked: RulesAdopted, now: datetime
) -> Refusal | None:
    """A pack made for a time, as a law is, holds at no other. [P]"""
    own, days = parse_pack(asked.text).period, asked.period
    ends_in_time = own.to is None or (days.to is not None and days.to <= own.to)
    if own.from_ <= days.from_ and ends_in_time:
        return None
    return Refusal(
        "Perioden går ud over regelsættets egne datoer.",
        "The period goes beyond the pack's own dates.",
        f"en periode fra {own.from_:%d.%m.%Y}" + (f" til {own.to:%d.%m.%Y}" if own.to else ""),
        f"a period from {own.from_}" + (f" to {own.to}" if own.to else ""),
    )


def the_default_pack_is_the_programs(
    state: TeamState, asked: RulesAdopted, now: datetime
) -> Refusal | None:
    """The name of the default pack means one text only, whichever municipality reads it. [P]"""
    default = default_pack().pack
    if asked.pack != default or asked.sha256 == digest_of(default_text()):
        return None
    return Refusal(
        f"Navnet {default} er programmets eget regelsæt.",
        f"The name {default} is that of the program's own pack.",
        "et andet navn til regelsættet",
        "another name for the pack",
    )


def an_edition_has_one_text(state: TeamState, asked: RulesAdopted, now: datetime) -> Refusal | None:
    """Follow-ups name their pack and edition; what these say may never change afterwards. [P]"""
    named = (asked.pack, asked.edition)
    if all(a.sha256 == asked.sha256 for a in state.adoptions if (a.pack, a.edition) == named):
        return None
    return Refusal(
        f"Udgave {asked.edition} af {asked.pack} er vedtaget med en anden tekst.",
        f"Edition {asked.edition} of {asked.pack} was adopted with another text.",
        "en ny udgave",
        "a new edition",
    )


def a_pack_that_holds_is_not_adopted_again(
    state: TeamState, asked: RulesAdopted, now: datetime
) -> Refusal | None:
    """Adopted again it would say nothing; where another lies on it, it comes to lie on top. [P]"""
    if holds_already(state.adoptions, asked.sha256, asked.period) is None:
        return None
    return Refusal(
        "Regelsættet gælder allerede for den periode.",
        "The pack holds for that period already.",
        "en anden periode eller en ny udgave",
        "another period, or a new edition",
    )


ADOPT_RULES = Decision[TeamState, RulesAdopted](
    "rules-adopted",
    (
        a_leader_or_coordinator_adopts,
        an_adopted_pack_can_be_read,
        a_pack_is_adopted_by_its_own_name,
        a_period_covers_a_day,
        an_adoption_lies_within_the_packs_dates,
        the_default_pack_is_the_programs,
        an_edition_has_one_text,
        a_pack_that_holds_is_not_adopted_again,
    ),
)
