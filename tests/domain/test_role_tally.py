"""Several readings of role clarity counted as one."""

from datetime import date
from uuid import UUID

from domain import codes
from domain.role_clarity import Balance, CommonGoal, Contacts, RoleClarity, Seen, read
from domain.role_division import Overall, Reading
from domain.role_tally import Tally, tally, together
from domain.values import Ref

DAY = date(2026, 3, 2)
ALL = dict.fromkeys(codes.responsibilities.codes, "mentor")


def clear() -> RoleClarity:
    """Both say the same of everything, stand by the goal, and met three and ten days ago."""
    seen = Seen(
        mentor=UUID(int=1),
        caseworker=UUID(int=2),
        together_since=date(2026, 1, 12),
        mentor_says=ALL,
        caseworker_says=ALL,
        goal=CommonGoal(goal=Ref("cs", "g"), mentor_stands_by=True, caseworker_stands_by=True),
        contacts=Contacts(days_since=3, by_form={"phone": 2}),
        crossings={"authority": 1},
    )
    return read(seen, DAY)


def silent() -> RoleClarity:
    """Nobody has stated anything or been in touch in the 49 days since the match."""
    seen = Seen(
        mentor=UUID(int=1),
        caseworker=UUID(int=3),
        together_since=date(2026, 1, 12),
        crossings={"authority": 2, "mentor-work": 1},
        frictions={"overlap": 1},
    )
    return read(seen, DAY)


def test_each_pair_on_a_course_counts_once_and_what_happened_is_summed() -> None:
    counted = tally([clear(), clear(), silent()])
    assert counted.states == {Overall.CLEAR: 2, Overall.UNKNOWN: 1}
    assert counted.balances == {Balance.BALANCED: 2, Balance.TOO_LOOSE: 1}
    assert counted.by_responsibility["crisis-contact"] == {Reading.UNKNOWN: 1, Reading.AGREED: 2}
    assert list(counted.by_responsibility) == list(codes.responsibilities.codes)
    assert (counted.common_goals, counted.contacted_lately, counted.days_since) == (2, 2, 3)
    assert counted.by_form == {"phone": 4}
    assert counted.crossings == {"authority": 4, "mentor-work": 1}
    assert counted.frictions == {"overlap": 1}


def test_two_tallies_together_are_the_tally_of_all() -> None:
    one, other = [clear(), silent()], [clear()]
    assert together(tally(one), tally(other)) == tally([*one, *other])
    assert together(tally([]), tally(other)) == tally(other)


def test_a_tally_of_nobody_has_no_last_contact() -> None:
    assert tally([]) == Tally()
    assert tally([silent()]).days_since is None
