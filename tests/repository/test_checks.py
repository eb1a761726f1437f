"""Git hooks and `make check` run the same checks."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_the_git_hooks_are_the_parts_of_make_check() -> None:
    (parts,) = re.findall(r"^check:([a-z ]+)", (ROOT / "Makefile").read_text(), re.MULTILINE)
    hooks = (ROOT / ".pre-commit-config.yaml").read_text()
    assert re.findall(r"entry: make (\w+)", hooks) == parts.split()
