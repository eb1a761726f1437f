"""mutmut can run each test again, which needs ids that stay the same."""

import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["mutmut"]
# pytest escapes an id from `ids=` again each time a process collects the test. mutmut collects a
# second time for each mutant, and counts an id that pytest does not find as a killed mutant.
COLLECT_TWICE = """
import sys
import pytest

class Collected:
    def pytest_collection_modifyitems(self, items):
        self.ids = {item.nodeid for item in items}

found = []
for _ in range(2):
    plugin = Collected()
    assert pytest.main(["--collect-only", "-qqq", *sys.argv[1:]], plugins=[plugin]) == 0
    found.append(plugin.ids)
assert len(found[0]) > 1000
print("changed:", sorted(found[0] - found[1]))
"""


def test_the_ids_of_the_tests_for_mutants_are_plain(tmp_path: Path) -> None:
    selection = SETTINGS["pytest_add_cli_args_test_selection"]
    tests = [each for each in selection if not each.startswith("-")]
    script = tmp_path / "collect.py"
    script.write_text(COLLECT_TWICE)
    command = [sys.executable, script, "-p", "no:cacheprovider", *tests]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    assert done.stdout.splitlines()[-1] == "changed: []"
