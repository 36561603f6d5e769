"""Keyed hashes and ids of events are what the standard library would make them."""

import hmac
from uuid import RFC_4122, UUID

from hypothesis import given
from hypothesis import strategies as st

from services.store.keys import KeyedHash
from services.store.mapper import fresh_ids


@given(st.binary(max_size=64), st.binary(max_size=200))
def test_a_keyed_hash_is_hmac_with_sha_256(key: bytes, message: bytes) -> None:
    keyed = KeyedHash(key)
    for _ in range(2):  # what was hashed before leaves nothing behind
        assert keyed(message) == hmac.digest(key, message, "sha256")


def test_ids_of_events_are_random_uuids_written_as_such() -> None:
    ids = fresh_ids(500)
    read = [UUID(text) for text in ids]
    assert [str(each) for each in read] == ids
    assert {(each.version, each.variant) for each in read} == {(4, RFC_4122)}
    assert len(set(read)) == 500
    # Of the 122 bits that are drawn each is now one, now the other.
    drawn = [each.int for each in read]
    always = drawn[0]
    ever = 0
    for number in drawn:
        always, ever = always & number, ever | number
    assert (always ^ ever).bit_count() == 122
