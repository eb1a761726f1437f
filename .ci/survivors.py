"""Hold the mutants that no test noticed against those that .ci/survivors.toml explains.

A mutant that nothing explains is a problem, and so is an explanation of none.
"""

from __future__ import annotations

import ast
import difflib
import re
import signal
import tomllib
from collections import Counter
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

MUTANT = "__mutmut_"  # between the name of a function and the number of a mutant
SURVIVED = "survived"
NO_TESTS = "no tests"
BROKEN = "broken"  # the process ended otherwise, and it is not known why
# What became of a mutant, by the exit code of the process in which it was tried.
RESULTS = {0: SURVIVED, 1: "killed", -signal.SIGALRM: "timeout"}
_NOTICED = frozenset({"killed", "timeout"})


class Explanation(NamedTuple):
    """Why no test notices some mutants.

    Attributes:
        where: names of mutants, as a pattern with *.
        change: what is changed in them, as a regular expression for all of "before -> after", each
            of these the lines that differ, without indentation, joined by blanks.
    """

    where: str
    change: str
    why: str

    def fits(self, name: str, change: str) -> bool:
        """Return whether it explains a mutant."""
        return fnmatchcase(name, self.where) and re.fullmatch(self.change, change) is not None


def explanations(text: str) -> list[Explanation]:
    """Read explanations."""
    return [Explanation(**each) for each in tomllib.loads(text)["explained"]]


def all_changes(folder: Path) -> dict[str, str]:
    """Return what is changed in each mutant of the package in a folder."""
    found: dict[str, str] = {}
    for path in sorted(folder.glob("user_import/**/*.py")):
        module = ".".join(path.relative_to(folder).with_suffix("").parts).removesuffix(".__init__")
        found |= changes(module, path.read_text(encoding="utf-8"))
    return found


def changes(module: str, source: str) -> Iterator[tuple[str, str]]:
    """Return what is changed in each mutant, from a module in which mutmut has put them all."""
    lines = source.splitlines()
    bodies = {
        node.name: [line.strip() for line in lines[node.lineno : node.end_lineno]]
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef) and MUTANT in node.name
    }
    for name, body in bodies.items():
        of, _, number = name.rpartition(MUTANT)
        if number.isdigit():
            yield f"{module}.{name}", _difference(bodies[f"{of}{MUTANT}orig"], body)


def _difference(before: Sequence[str], after: Sequence[str]) -> str:
    lines = list(difflib.unified_diff(before, after, n=0))[2:]  # without the names of files
    told = (" ".join(line[1:] for line in lines if line.startswith(sign)) for sign in "-+")
    return " -> ".join(told)


def problems(
    results: Mapping[str, str], changed: Mapping[str, str], explained: Sequence[Explanation]
) -> Iterator[str]:
    """Say which mutants need a test or an explanation, and which explanations are out of date."""
    idle = dict.fromkeys(explained, True)
    for name, change in sorted(changed.items()):
        result = results.get(name)
        fitting = [each for each in explained if each.fits(name, change)]
        if result not in _NOTICED:
            idle.update(dict.fromkeys(fitting, False))
        if result and result not in _NOTICED and not fitting:
            yield f"{name}: {result}, and not explained: {change}"
    for each, is_idle in idle.items():
        if is_idle:
            yield f"explained, and tests notice all such mutants: {each.where}: {each.change}"


def tell(
    results: Mapping[str, str], changed: Mapping[str, str], explained: Sequence[Explanation]
) -> int:
    """Print what became of the mutants that were tried, and return 1 where there is a problem."""
    found = list(problems(results, changed, explained))
    for each in found:
        print(each)
    became = sorted(Counter(results.values()).items())
    counts = ", ".join(f"{count} {result}" for result, count in became)
    print(f"{len(results)} of {len(changed)} mutants tried: {counts}; {len(found)} problems")
    return 1 if found or not results else 0
