"""Shares tasks out among lanes, each of which works in a thread of its own."""

import queue
import traceback
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import TypeVar

Worker = TypeVar("Worker")
Task = TypeVar("Task")


def share_out(
    workers: Sequence[Worker],
    tasks: Sequence[Task],
    do: Callable[[Worker, Task], None],
    tell: Callable[[int, int], None],
) -> list[str]:
    """Do every task once; a worker takes the next one when it is free.

    Args:
        workers: each does one task at a time.
        tasks: in the order in which they are begun.
        do: one task; what it raises ends that task alone.
        tell: hears how many tasks are over, and of how many.

    Returns:
        What was raised, with the task.
    """
    free: queue.SimpleQueue[Worker] = queue.SimpleQueue()
    for worker in workers:
        free.put(worker)

    def try_task(task: Task) -> list[str]:
        worker = free.get()
        try:
            do(worker, task)
        except Exception:  # noqa: BLE001 # one task must not end the others; all are named
            return [f"{task}: {traceback.format_exc()}"]
        finally:
            free.put(worker)
        return []

    broken: list[str] = []
    with ThreadPoolExecutor(len(workers)) as pool:
        trying = [pool.submit(try_task, task) for task in tasks]
        for done, tried in enumerate(as_completed(trying), 1):
            broken += tried.result()
            tell(done, len(tasks))
    return broken
