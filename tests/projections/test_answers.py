"""Who has which responsibility, as one number."""

from itertools import product

from projections.facts.roles import HOLDERS, RESPONSIBILITIES, answers_in, packed_answers


def test_any_answer_to_any_responsibility_is_read_back_and_the_unsaid_stays_unsaid() -> None:
    for responsibility, holder in product(RESPONSIBILITIES, HOLDERS):
        told = {responsibility: holder}
        assert answers_in(packed_answers(told)) == told
    assert answers_in(packed_answers({})) == answers_in(None) == {}


def test_a_column_has_room_for_all_of_them_with_the_last_holder() -> None:
    told = dict.fromkeys(RESPONSIBILITIES, HOLDERS[-1])
    packed = packed_answers(told)
    assert packed < 2**63  # of a bigint
    assert answers_in(packed) == told
    assert len(HOLDERS) < 2**4
