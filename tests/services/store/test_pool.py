"""Which of the pool's connections one gets."""

from contextlib import ExitStack

from services.store.datastore import open_pool


def test_the_connection_that_was_returned_last_is_given_again(database_url: str) -> None:
    with open_pool(database_url) as pool:
        pool.wait()  # else it grows by one more for whoever waits while the first is opened
        with ExitStack() as together:
            several = [together.enter_context(pool.connection()) for _ in range(3)]
        given = []
        for _ in range(6):
            with pool.connection() as connection:
                given.append(connection)
        assert pool.get_stats()["pool_size"] == len(several)
        assert {id(one) for one in given} == {id(given[0])}


def test_those_that_lay_longest_are_closed_first(database_url: str) -> None:
    with open_pool(database_url) as pool:
        pool.wait()
        with pool.connection() as first, pool.connection() as second:
            pass
        with pool.connection() as warm:
            pass
        for _ in range(2):  # between two rounds of the library's, what nobody took is too much
            pool._shrink_pool()
        assert pool.get_stats()["pool_size"] == 1
        assert [one for one in (first, second) if not one.closed] == [warm]
