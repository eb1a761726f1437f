"""What a cold start has to load, counted in modules: no machine is slow at that."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Collection
from pathlib import Path

import boto3
import pytest

LAMBDA = Path(__file__).parents[2] / "lambda"
SITE = Path(boto3.__file__).parents[1]

WORKER_MODULES = 80
"""Beyond those of boto3: 75 on Python 3.11, and a few to spare."""

STARTER_MODULES = {
    "user_import",
    *("user_import.starter", "user_import.cloudformation", "user_import.propagation"),
    *("user_import.contract", "user_import.errors", "user_import.messages"),
    "user_import.log_context",
    *("user_import.messages.aws", "user_import.messages.starter"),
    *("user_import.import_events", "user_import.messages.events"),
    "user_import.text",
}
STANDARD_LIBRARY = {
    "unicodedata",  # on Python 3.12, and boto3 elsewhere
    *("csv", "_csv"),  # boto3 loads them too, on some versions of Python
}
Loaded = tuple[set[str], list[str]]
"""The modules that were loaded, and the classes of botocore that were instantiated."""

CODE = """
import json, sys
sys.path += sys.argv[2:]
import boto3, botocore.client, botocore.session
before, made = set(sys.modules), []

def told(kind, method):
    make = getattr(kind, method)
    def tell(*given, **named):
        made.append(kind.__name__)
        return make(*given, **named)
    setattr(kind, method, tell)

told(botocore.session.Session, "__init__")
told(boto3.session.Session, "__init__")
told(botocore.client.ClientCreator, "create_client")
if sys.argv[1] == "boto3 client":
    boto3.client("s3", region_name="eu-west-1")
else:
    __import__(sys.argv[1])
print(json.dumps([sorted({*sys.modules} - before), made]))
"""


def imported(module: str) -> Loaded:
    """The modules beyond boto3's that a module loads, and what of botocore's it makes."""
    # -S leaves site-packages out, -I whatever the environment would add.
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", CODE, module, str(LAMBDA), str(SITE)],
        capture_output=True,
        text=True,
        check=True,
    )
    modules, made = json.loads(done.stdout)
    return set(modules), made


@pytest.fixture(scope="module")
def worker() -> Loaded:
    return imported("user_import.worker")


@pytest.fixture(scope="module")
def starter() -> Loaded:
    return imported("user_import.starter")


def own(modules: Collection[str]) -> set[str]:
    return {name for name in modules if name.partition(".")[0] == "user_import"}


def test_clients_and_sessions_are_detected() -> None:
    _, made = imported("boto3 client")
    assert {"Session", "ClientCreator"} <= set(made)


def test_the_worker_loads_few_modules(worker: Loaded) -> None:
    modules, _ = worker
    assert len(modules) <= WORKER_MODULES, sorted(modules)


def test_the_worker_loads_little_of_the_standard_library_and_nothing_else(worker: Loaded) -> None:
    modules, _ = worker
    assert "user_import.users_csv.validate" in modules
    assert modules - own(modules) <= STANDARD_LIBRARY


def test_the_worker_makes_no_client_and_no_session_before_it_is_called(worker: Loaded) -> None:
    _, made = worker
    assert made == []


def test_the_starter_loads_nothing_of_the_worker(starter: Loaded) -> None:
    modules, made = starter
    assert modules == STARTER_MODULES
    assert made == []
