"""Every task is done once, and one that fails ends no other."""

import threading

from rehearsal.laboratory.trials.sharing import share_out


def test_every_task_is_done_once_by_one_of_the_workers() -> None:
    done: list[tuple[str, int]] = []
    told: list[tuple[int, int]] = []
    broken = share_out(
        ["a", "b"],
        range(20),
        lambda worker, task: done.append((worker, task)),
        lambda *state: told.append(state),
    )
    assert broken == []
    assert sorted(task for _, task in done) == list(range(20))
    assert told == [(number, 20) for number in range(1, 21)]


def test_workers_work_side_by_side() -> None:
    both = threading.Barrier(2, timeout=10)
    assert share_out(["a", "b"], [1, 2], lambda *_: both.wait() and None, lambda *_: None) == []


def test_a_task_that_fails_is_named_and_the_others_are_done() -> None:
    done: list[int] = []

    def do(_worker: str, task: int) -> None:
        if task == 2:
            raise ValueError("no such task")
        done.append(task)

    (problem,) = share_out(["a"], [1, 2, 3], do, lambda *_: None)
    assert problem.startswith("2: ")
    assert "no such task" in problem
    assert done == [1, 3]
