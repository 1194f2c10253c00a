"""Shares tasks out among lanes, each of which works in a thread of its own."""

import queue
import threading
import traceback
from collections.abc import Callable, Sequence
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
    waiting: queue.SimpleQueue[Task] = queue.SimpleQueue()
    for task in tasks:
        waiting.put(task)
    broken: list[str] = []
    lock = threading.Lock()
    done = 0

    def work(worker: Worker) -> None:
        nonlocal done
        while True:
            try:
                task = waiting.get_nowait()
            except queue.Empty:
                return
            problem = ""
            try:
                do(worker, task)
            except Exception:  # noqa: BLE001 # one task must not end the others; all are named
                problem = f"{task}: {traceback.format_exc()}"
            with lock:
                done += 1
                broken.extend([problem] if problem else [])
                tell(done, len(tasks))

    threads = [threading.Thread(target=work, args=(worker,)) for worker in workers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return broken
