"""Hold the mutants that no test noticed against those that docs/mutants.md explains.

It reads the output of `mutmut results --all true`, and fails where no test noticed a mutant that
nothing explains, and where one is explained that a test notices now. Mutants that were not tried
are counted and no more.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_RESULT = re.compile(r"^\s*(user_import\.\S+__mutmut_\d+): (.+?)\s*$")
_EXPLAINED = re.compile(r"^\| `(user_import\.\S+__mutmut_\d+)` \| \S", re.MULTILINE)
_NOTICED = frozenset({"killed", "timeout", "suspicious", "caught by type check"})


def statuses(lines: Iterable[str]) -> dict[str, str]:
    """Return what became of each mutant."""
    return {match[1]: match[2] for line in lines if (match := _RESULT.match(line))}


def problems(results: dict[str, str], explained: set[str]) -> Iterator[str]:
    """Say which mutants need a test or an explanation, and which explanations are out of date."""
    for name, status in sorted(results.items()):
        if status == "not checked":
            continue
        if status not in _NOTICED and name not in explained:
            yield f"{name}: {status}, and not explained"
        if status in _NOTICED and name in explained:
            yield f"{name}: {status}, and explained as if it were not"
    for name in sorted(explained - results.keys()):
        yield f"{name}: explained, and no mutant of that name"


def main() -> None:
    """Read results from the standard input, and explanations from the file given."""
    results = statuses(sys.stdin)
    explained = set(_EXPLAINED.findall(Path(sys.argv[1]).read_text(encoding="utf-8")))
    found = list(problems(results, explained))
    for each in found:
        print(each)
    tried = [name for name, status in results.items() if status != "not checked"]
    print(f"{len(tried)} of {len(results)} mutants tried, {len(explained)} explained")
    if found or not tried:
        sys.exit(f"{len(found)} problems")


if __name__ == "__main__":
    main()
