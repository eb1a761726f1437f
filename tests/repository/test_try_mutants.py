"""How `make mutants` tries them: with mutmut's mutants of a little package."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

CI = Path(__file__).resolve().parents[2] / ".ci"
SMALL = "user_import.small"
SETTINGS = """
[tool.mutmut]
source_paths = ["user_import"]
also_copy = ["test_small.py"]
pytest_add_cli_args = ["-p", "no:cacheprovider"]
pytest_add_cli_args_test_selection = ["test_small.py"]

[tool.pytest.ini_options]
pythonpath = ["."]
"""
MODULE = """
def longer(line, other):
    return len(line) > len(other)


def countdown(seconds):
    while seconds > 0:
        seconds -= 1
    return seconds


def crash():
    return False


def forgotten():
    return 1
"""
TESTS = """
import os
import signal
from user_import import small


def test_longer():
    assert small.longer("ab", "c")
    assert not small.longer("a", "bc")


def test_countdown():
    assert small.countdown(3) == 0


def test_crash():
    if small.crash():
        os.kill(os.getpid(), signal.SIGKILL)


def test_that_writes(tmp_path):
    (tmp_path / "file").touch()
"""
EXPLAINED = """
[[explained]]
where = "user_import.small.x_longer__*"
change = '''return len\\(line\\) > len\\(other\\) -> return len\\(line\\) >= len\\(other\\)'''
why = "No test has lines of one length."
"""
# The same with less patience: an endless mutant is noticed after two seconds.
TRY = "import try_mutants; try_mutants._PATIENCE = 2.0, 0.0; raise SystemExit(try_mutants.main())"


def run(folder, temporary, *arguments):
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(CI), "TMPDIR": str(temporary)},
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A folder in which mutmut made mutants."""
    folder = tmp_path_factory.mktemp("project")
    (folder / "user_import").mkdir()
    (folder / "user_import/__init__.py").touch()
    (folder / "user_import/small.py").write_text(MODULE)
    (folder / "pyproject.toml").write_text(SETTINGS)
    (folder / "test_small.py").write_text(TESTS)
    (folder / "explained.toml").write_text(EXPLAINED)
    temporary = tmp_path_factory.mktemp("temporary")
    mutmut = run(folder, temporary, "-m", "mutmut", "run", f"{SMALL}.x_longer__*")
    assert mutmut.returncode == 0, mutmut.stdout
    return folder


@pytest.fixture
def try_mutants(made, tmp_path):
    def try_them(*names, folder=made):
        tried = run(folder, tmp_path, "-c", TRY, "explained.toml", *names)
        assert not list(tmp_path.iterdir())  # nothing is left behind
        return tried.returncode, tried.stdout.splitlines()

    return try_them


def test_every_mutant_that_is_not_explained_is_tried(try_mutants):
    code, said = try_mutants()
    assert code == 1
    assert said[0] == "7 mutants, 4 tests"
    assert said[-3:] == [
        f"{SMALL}.x_crash__mutmut_1: broken, and not explained: return False -> return True",
        f"{SMALL}.x_forgotten__mutmut_1: no tests, and not explained: return 1 -> return 2",
        "7 of 8 mutants tried: 1 broken, 3 killed, 1 no tests, 2 timeout; 2 problems",
    ]


def test_those_that_are_asked_for_are_tried(try_mutants):
    code, said = try_mutants(f"{SMALL}.x_longer__*", "*crash*")
    assert code == 1
    assert said[-1] == "1 of 8 mutants tried: 1 broken; 1 problems"


def test_those_that_are_explained_can_be_tried(try_mutants):
    code, said = try_mutants("--explained")
    assert code == 0
    assert said[-1] == "1 of 8 mutants tried: 1 survived; 0 problems"


def test_no_mutant_is_tried_where_a_test_fails_without_any(try_mutants, made, tmp_path_factory):
    folder = shutil.copytree(made, tmp_path_factory.mktemp("failing") / "work")
    with (folder / "mutants/test_small.py").open("a") as tests:
        tests.write("\n\ndef test_of_itself():\n    assert not small.longer('ab', 'c')\n")
    code, said = try_mutants(folder=folder)
    assert code == 1
    assert "without any mutant, test_small.py::test_of_itself: killed" in "".join(said)
