"""Which process gets which jobs: each job goes to one, nobody who can work is left without, and who dies is missed."""

from hypothesis import given
from hypothesis import strategies as st

from orchestrator.engine.dealing import Deal, Jobs, Share, processes_for


def names(count: int) -> tuple[str, ...]:
    return tuple(f"j{number}" for number in range(count))


def test_a_process_is_begun_for_eight_jobs_at_a_time_and_no_more_than_there_are_cores() -> None:
    asked = [(200, 1, 8), (200, 8, 8), (200, 15, 8), (200, 16, 8), (10, 64, 8), (200, 64, 2), (200, 64, 1), (0, 64, 4)]
    assert [processes_for(*each) for each in asked] == [1, 1, 1, 2, 1, 2, 1, 1]


@given(st.integers(1, 9), st.integers(1, 200))
def test_the_processes_have_all_threads_and_about_as_many_each(processes: int, threads: int) -> None:
    share = Share(threads, processes)
    each = [share.of(number) for number in range(processes)]
    assert sum(each) == threads
    assert max(each) - min(each) <= 1


def test_few_jobs_are_dealt_out_before_anybody_asks_the_same_number_to_each() -> None:
    deal = Deal(names(5), Share(16, 2))
    assert deal.begin() == [(0, Jobs(("j0", "j2", "j4"), is_all=True)), (1, Jobs(("j1", "j3"), is_all=True))]
    assert deal.asked(0) == ()


def test_of_many_jobs_who_asks_gets_one_and_the_last_are_dealt_to_who_has_fewest() -> None:
    deal = Deal(names(10), Share(2, 2))
    assert deal.begin() == ()
    assert [deal.asked(0), deal.asked(0)] == [((0, Jobs(("j0",))),), ((0, Jobs(("j1",))),)]
    deal.ended(0, "j0")
    assert deal.asked(0) == ((0, Jobs(("j2",))),)
    assert deal.asked(0) == (
        (0, Jobs(("j3",))),
        (0, Jobs(("j7", "j9"), is_all=True)),
        (1, Jobs(("j4", "j5", "j6", "j8"), is_all=True)),
    )


def test_the_jobs_of_a_process_that_died_are_told_and_with_the_last_one_those_that_nobody_has() -> None:
    deal = Deal(names(10), Share(2, 2))
    deal.asked(0)
    deal.asked(1)
    assert deal.lost(0) == ("j0",)
    assert deal.lost(1) == ("j1", *(f"j{number}" for number in range(2, 10)))


@given(st.integers(0, 60), st.integers(1, 4), st.integers(1, 6), st.data())
def test_each_job_is_dealt_once_and_each_living_process_hears_that_there_are_no_more(
    jobs: int, processes: int, threads: int, data: st.DataObject
) -> None:
    deal = Deal(names(jobs), Share(threads, processes))
    dealt: list[tuple[int, Jobs]] = [*deal.begin()]
    alive = list(range(processes))
    missed: list[str] = []
    while alive and not any(given.is_all for _, given in dealt):
        who = data.draw(st.sampled_from(alive))
        if len(alive) > 1 and data.draw(st.booleans()):
            alive.remove(who)
            missed += deal.lost(who)
        else:
            dealt += deal.asked(who)
    names_dealt = [name for _, given in dealt for name in given.names]
    assert sorted(names_dealt) == sorted(names(jobs))
    assert sorted(who for who, given in dealt if given.is_all) == alive
    assert set(missed) <= set(names_dealt)
