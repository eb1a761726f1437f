"""Try mutants: run the tests that cover each, until one notices it.

Run it where mutmut made the mutants. mutmut would try them itself, and have pytest collect the
tests for each one, which takes longer than the tests. Here pytest collects them once, and every
mutant is tried in a process forked from that one.

It ends with the mutants that no test noticed and that nothing explains.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import json
import os
import resource
import shutil
import signal
import sys
import tempfile
import time
import tomllib
from collections import Counter, defaultdict
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest
import survivors
from _pytest.runner import runtestprotocol
from mutmut.mutation.trampoline import set_mutant_under_test

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_NO_MUTANT = "none"
# A mutant that makes a test take longer than this many seconds, and times as long, is noticed.
_PATIENCE = 10.0, 20.0
_SLOW = 10.0  # how many seconds a test may take of which nothing is known yet
_OVERHEAD = 0.005  # of pytest, in seconds a test
_MEMORY = 3 << 30
_TELL_EVERY = 60.0


class Trial(NamedTuple):
    """A process in which tests run with one mutant.

    Attributes:
        folder: what the tests write to. The file `test` names the one that runs; `seconds` tells
            how long each took where none failed.
    """

    mutant: str
    folder: Path


class Trials:
    """A plugin of pytest that tries mutants with the tests it collected.

    Attributes:
        results: what became of each mutant.
    """

    def __init__(self, mutants: Sequence[str], covering: Mapping[str, Sequence[str]]) -> None:
        """Take mutants, and the tests that cover each function."""
        self.results: dict[str, str] = {}
        self._mutants = mutants
        self._covering = covering
        self._items: dict[str, pytest.Item] = {}
        self._seconds: dict[str, float] = {}
        self._noticed: Counter[str] = Counter()
        self._noticed_in: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._running: dict[int, Trial] = {}

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Try all mutants, instead of running the tests."""
        if session.testsfailed:
            raise session.Interrupted("not all tests could be collected")
        self._items = {item.nodeid: item for item in session.items}
        gc.freeze()  # or each process copies what the collector looks at
        with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
            tempfile.tempdir = folder
            try:
                self._try_none()
                self._try_all()
            finally:
                for pid in self._running:
                    os.killpg(pid, signal.SIGKILL)
        return True

    def _try_none(self) -> None:
        """See that no test fails of itself, and how long each takes."""
        print(f"{len(self._mutants)} mutants, {len(self._items)} tests", flush=True)
        self._start(_NO_MUTANT, list(self._items))
        self._wait()
        if (result := self.results.pop(_NO_MUTANT)) != survivors.SURVIVED:
            pytest.exit(f"without any mutant, {''.join(self._noticed)}: {result}", returncode=1)

    def _try_all(self) -> None:
        began = told = time.monotonic()
        for mutant in self._mutants:
            function = _function(mutant)
            tests = [test for test in self._covering.get(function, ()) if test in self._items]
            if not tests:
                self.results[mutant] = survivors.NO_TESTS
                continue
            if len(self._running) >= (os.cpu_count() or 1):
                self._wait()
            self._start(mutant, sorted(tests, key=lambda test: self._rank(test, function)))
            if time.monotonic() - told > _TELL_EVERY:
                told = time.monotonic()
                print(f"{len(self.results)} tried in {told - began:.0f} s", flush=True)
        while self._running:
            self._wait()

    def _rank(self, test: str, function: str) -> tuple[float, float, float]:
        """Put first what noticed most in its time, in this function or anywhere."""
        seconds = self._seconds[test] + _OVERHEAD
        here, anywhere = self._noticed_in[function][test], self._noticed[test]
        return -here / seconds, -anywhere / seconds, seconds

    def _start(self, mutant: str, tests: Sequence[str]) -> None:
        folder = Path(tempfile.mkdtemp())
        pid = os.fork()
        if pid:
            self._running[pid] = Trial(mutant, folder)
            with contextlib.suppress(OSError):  # it does so itself, and may have ended
                os.setpgid(pid, pid)
            return
        failed = True
        try:
            os.setpgid(0, 0)
            set_mutant_under_test(mutant)
            failed = self._fails(tests, folder)
        finally:
            os._exit(failed)

    def _fails(self, tests: Sequence[str], folder: Path) -> bool:
        """Run tests until one fails, in a process that ends thereafter."""
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
        nowhere = os.open(os.devnull, os.O_WRONLY)
        for stream in (1, 2):
            os.dup2(nowhere, stream)
        tempfile.tempdir = os.environ["PYTEST_DEBUG_TEMPROOT"] = str(folder)
        at_least, times = _PATIENCE
        seconds = {}
        for test, following in zip(tests, [*tests[1:], None], strict=True):
            (folder / "test").write_text(test, encoding="utf-8")
            signal.setitimer(signal.ITIMER_REAL, at_least + times * self._seconds.get(test, _SLOW))
            nextitem = self._items[following] if following else None
            reports = runtestprotocol(self._items[test], log=False, nextitem=nextitem)
            if any(report.failed for report in reports):
                return True
            seconds[test] = sum(report.duration for report in reports)
        (folder / "seconds").write_text(json.dumps(seconds), encoding="utf-8")
        return False

    def _wait(self) -> None:
        """Wait for one process to end."""
        pid, status = os.wait()
        mutant, folder = self._running.pop(pid)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)  # what its tests left running
        result = survivors.RESULTS.get(os.waitstatus_to_exitcode(status), survivors.BROKEN)
        self.results[mutant] = result
        if result != survivors.SURVIVED:
            test = (folder / "test").read_text(encoding="utf-8")
            self._noticed[test] += 1
            self._noticed_in[_function(mutant)][test] += 1
        elif mutant == _NO_MUTANT:
            self._seconds = json.loads((folder / "seconds").read_text(encoding="utf-8"))
        shutil.rmtree(folder)


def _function(mutant: str) -> str:
    return mutant.rpartition(survivors.MUTANT)[0]


def main() -> int:
    """Try mutants, and say which ones need a test or an explanation."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("explanations", type=Path, help="such as .ci/survivors.toml")
    parser.add_argument("names", nargs="*", default=["*"], help="mutants; * stands for anything")
    parser.add_argument("--explained", action="store_true", help="try the explained ones instead")
    asked = parser.parse_args()
    explained = survivors.explanations(asked.explanations.read_text(encoding="utf-8"))
    settings = tomllib.loads(Path("pyproject.toml").read_text(encoding="utf-8"))["tool"]["mutmut"]
    os.chdir("mutants")
    changed = survivors.all_changes(Path())
    names = [
        name
        for name, change in changed.items()
        if any(fnmatchcase(name, each) for each in asked.names)
        and any(each.fits(name, change) for each in explained) is asked.explained
    ]
    found = json.loads(Path("mutmut-stats.json").read_text(encoding="utf-8"))
    trials = Trials(names, found["tests_by_mangled_function_name"])
    # To be seen to fail, a test needs neither a rewritten assert nor its output or traceback.
    options = ["--quiet", "--capture=no", "--assert=plain", "--tb=no", "-otimeout=0"]
    options += [*settings["pytest_add_cli_args"], *settings["pytest_add_cli_args_test_selection"]]
    return pytest.main(options, plugins=[trials]) or survivors.tell(
        trials.results, changed, explained
    )


if __name__ == "__main__":
    sys.exit(main())
