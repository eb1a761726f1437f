"""The peak memory of the functions' processes in the local AWS, sampled while they live."""

from __future__ import annotations

import os
import re
import threading
from pathlib import Path
from typing import Self

_PROC = Path("/proc")
_EVERY = 0.1


class FunctionMemory:
    """Samples the processes below the server, which this process has started: Linux only.

    Attributes:
        peak_mebibytes: The most memory that one process had in RAM, with what it shares with the
            process it was forked from (boto3).
    """

    def __init__(self) -> None:
        self.peak_mebibytes = 0.0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._sample, daemon=True)

    def __enter__(self) -> Self:
        """Begin to sample."""
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        """End sampling."""
        self._ended.set()
        self._thread.join()

    def _sample(self) -> None:
        while not self._ended.wait(_EVERY):
            parents = _parents()
            for pid in parents:
                if _is_below(pid, os.getpid(), parents) and _is_forked(pid):
                    self.peak_mebibytes = max(self.peak_mebibytes, _peak(pid))


def _parents() -> dict[int, int]:
    """Return the parent of each process."""
    found = {}
    for folder in _PROC.glob("[0-9]*"):
        if (parent := re.search(r"PPid:\s+(\d+)", _status(folder))) is not None:
            found[int(folder.name)] = int(parent[1])
    return found


def _is_below(pid: int, above: int, parents: dict[int, int]) -> bool:
    while pid in parents:
        pid = parents[pid]
        if pid == above:
            return True
    return False


def _is_forked(pid: int) -> bool:
    """Return whether a process runs functions; a new copy of the server does not yet."""
    try:
        return b"multiprocessing.forkserver" in (_PROC / str(pid) / "cmdline").read_bytes()
    except OSError:
        return False


def _peak(pid: int) -> float:
    peak = re.search(r"VmHWM:\s+(\d+) kB", _status(_PROC / str(pid)))
    return int(peak[1]) / 1024 if peak else 0.0


def _status(folder: Path) -> str:
    try:
        return (folder / "status").read_text()
    except OSError:
        return ""
