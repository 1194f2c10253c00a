"""Memory of a process and everything it started, sampled while it runs.

Pages that several processes share are divided among them (PSS) where the kernel counts so;
elsewhere the resident sizes (RSS) are added, which counts shared pages more than once.
"""

import psutil

_MIB = 2**20


class FamilyMemory:
    """Memory of a family of processes; `peak_mib` is the highest sum that was sampled.

    A process stays counted while it lives, also when its parent ended before it.
    """

    def __init__(self, pid: int) -> None:
        self.peak_mib = 0.0
        self.peak_processes = 0
        self.samples = 0
        self.measure = "pss" if hasattr(psutil.Process().memory_full_info(), "pss") else "rss"
        self._known = {psutil.Process(pid)}

    def sample(self) -> float:
        """Sum the memory of the family now, in MiB."""
        self._known = _with_descendants(self._known)
        sizes = {process: self._bytes(process) for process in self._known}
        self._known = {process for process, size in sizes.items() if size is not None}
        total_mib = sum(filter(None, sizes.values())) / _MIB
        self.samples += 1
        if total_mib > self.peak_mib:
            self.peak_mib, self.peak_processes = total_mib, len(self._known)
        return total_mib

    def _bytes(self, process: psutil.Process) -> int | None:
        """Memory of a process; None when it has ended."""
        try:
            if not process.is_running() or process.status() == psutil.STATUS_ZOMBIE:
                return None
            return int(getattr(process.memory_full_info(), self.measure))
        except psutil.Error:
            return None


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
