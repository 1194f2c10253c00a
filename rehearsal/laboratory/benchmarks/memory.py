"""Memory of a process and everything it started, sampled while it runs.

Pages that several processes share are divided among them (PSS) where the kernel counts so;
elsewhere the resident sizes (RSS) are added, which counts shared pages more than once.
"""

import threading
from types import TracebackType

import psutil

_MIB = 2**20
_GONE = (psutil.NoSuchProcess, psutil.AccessDenied)


def memory_measure() -> str:
    """`pss` or `rss`: what this machine can tell about a process."""
    return "pss" if hasattr(psutil.Process().memory_full_info(), "pss") else "rss"


class MemorySampler:
    """Samples in a thread between entering and leaving; `peak_mib` is the highest sum seen.

    A process stays counted while it lives, also when its parent ended before it.
    """

    def __init__(self, pid: int, *, interval_seconds: float) -> None:
        self.peak_mib = 0.0
        self.peak_processes = 0
        self.samples = 0
        self._interval_seconds = interval_seconds
        self._measure = memory_measure()
        self._known = {psutil.Process(pid)}
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> "MemorySampler":
        self._thread.start()
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self._stop.set()
        self._thread.join()

    def sample(self) -> float:
        """Sum the memory of the family now, in MiB."""
        self._known = _with_descendants(self._known)
        sizes = {process: _bytes(process, self._measure) for process in self._known}
        self._known = {process for process, size in sizes.items() if size is not None}
        total_mib = sum(filter(None, sizes.values())) / _MIB
        self.samples += 1
        if total_mib > self.peak_mib:
            self.peak_mib, self.peak_processes = total_mib, len(self._known)
        return total_mib

    def _run(self) -> None:
        while not self._stop.is_set():
            self.sample()
            self._stop.wait(self._interval_seconds)


def _with_descendants(known: set[psutil.Process]) -> set[psutil.Process]:
    """Add whatever the known processes started; the process table is read once."""
    children: dict[int, list[psutil.Process]] = {}
    for process in psutil.process_iter(["ppid"]):
        children.setdefault(process.info["ppid"], []).append(process)
    family, waiting = set(known), [process.pid for process in known]
    while waiting:
        born = set(children.get(waiting.pop(), ())) - family
        family |= born
        waiting += [process.pid for process in born]
    return family


def _bytes(process: psutil.Process, measure: str) -> int | None:
    """Memory of a process; None when it has ended."""
    try:
        if not process.is_running() or process.status() == psutil.STATUS_ZOMBIE:
            return None
        if measure == "rss":
            return int(process.memory_info().rss)
        return int(process.memory_full_info().pss)
    except _GONE:
        return None
