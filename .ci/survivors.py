"""Hold the mutants that no test noticed against those that .ci/survivors.toml explains.

It reads the output of `mutmut results --all true`, and fails where no test noticed a mutant that
nothing explains, and where an explanation is of none. Mutants that were not tried are counted and
no more.
"""

from __future__ import annotations

import ast
import difflib
import re
import sys
import tomllib
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

_RESULT = re.compile(r"^\s*(user_import\.\S+__mutmut_\d+): (.+?)\s*$")
_NOTICED = frozenset({"killed", "timeout", "suspicious", "caught by type check"})
_NOT_TRIED = "not checked"
_MUTANT = "__mutmut_"


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


def statuses(lines: Iterable[str]) -> dict[str, str]:
    """Return what became of each mutant."""
    return {match[1]: match[2] for line in lines if (match := _RESULT.match(line))}


def explanations(text: str) -> list[Explanation]:
    """Read explanations."""
    return [Explanation(**each) for each in tomllib.loads(text)["explained"]]


def changes(module: str, source: str) -> Iterator[tuple[str, str]]:
    """Return what is changed in each mutant, from a module in which mutmut has put them all."""
    lines = source.splitlines()
    bodies = {
        node.name: [line.strip() for line in lines[node.lineno : node.end_lineno]]
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef) and _MUTANT in node.name
    }
    for name, body in bodies.items():
        of, _, number = name.rpartition(_MUTANT)
        if number.isdigit():
            yield f"{module}.{name}", _difference(bodies[f"{of}{_MUTANT}orig"], body)


def _difference(before: Sequence[str], after: Sequence[str]) -> str:
    lines = list(difflib.unified_diff(before, after, n=0))[2:]  # without the names of files
    told = (" ".join(line[1:] for line in lines if line.startswith(sign)) for sign in "-+")
    return " -> ".join(told)


def problems(
    results: Mapping[str, str], changed: Mapping[str, str], explained: Sequence[Explanation]
) -> Iterator[str]:
    """Say which mutants need a test or an explanation, and which explanations are out of date."""
    idle = dict.fromkeys(explained, True)
    for name, status in sorted(results.items()):
        change = changed.get(name, "")
        fitting = [each for each in explained if each.fits(name, change)]
        if status not in _NOTICED:
            idle.update(dict.fromkeys(fitting, False))
        if status not in (*_NOTICED, _NOT_TRIED) and not fitting:
            yield f"{name}: {status}, and not explained: {change}"
    for each, is_idle in idle.items():
        if is_idle:
            yield f"explained, and tests notice all such mutants: {each.where}: {each.change}"


def main() -> None:
    """Read results from the standard input, and mutants from the folder where mutmut ran."""
    results = statuses(sys.stdin)
    here = Path("mutants")
    changed: dict[str, str] = {}
    for path in here.glob("user_import/**/*.py"):
        module = ".".join(path.relative_to(here).with_suffix("").parts).removesuffix(".__init__")
        changed |= changes(module, path.read_text(encoding="utf-8"))
    explained = explanations(Path(sys.argv[1]).read_text(encoding="utf-8"))
    found = list(problems(results, changed, explained))
    for each in found:
        print(each)
    tried = [name for name, status in results.items() if status != _NOT_TRIED]
    unnoticed = sum(results[name] not in _NOTICED for name in tried)
    print(f"{len(tried)} of {len(results)} mutants tried, {unnoticed} not noticed")
    if found or not tried:
        sys.exit(f"{len(found)} problems")


if __name__ == "__main__":
    main()
