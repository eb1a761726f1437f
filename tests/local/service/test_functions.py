"""The processes of functions in the local AWS."""

from __future__ import annotations

import io
import itertools
import json
import sys
import zipfile
from typing import TYPE_CHECKING, Any

from helpers.functions import called, make_function, printed
from helpers.import_world import TRUST, make_role

if TYPE_CHECKING:
    from cognito_import_local import LocalAws

INDEX = """
import os, sys
LOADED = "boto3" in sys.modules
sys.stderr.write("started\\n")
def handler(event, context):
    print("handled")
    import dateutil
    return {
        "loaded": LOADED,
        "dateutil": os.path.relpath(dateutil.__file__),
        "pid": os.getpid(),
        "folder": os.getcwd() == os.environ["LAMBDA_TASK_ROOT"],
        "importable": [each for each in ("conftest", "tests") if can_import(each)],
        "greeting": os.environ["GREETING"],
        "read": files_read_for_a_client() if LOADED else None,
    }
def can_import(name):
    import importlib.util
    return importlib.util.find_spec(name) is not None
def files_read_for_a_client():
    import boto3
    from botocore.loaders import JSONFileLoader
    read, load_file = [], JSONFileLoader.load_file
    JSONFileLoader.load_file = lambda self, path: read.append(path) or load_file(self, path)
    boto3.client("cognito-idp")
    return len(read)
"""
numbers = itertools.count(1)


def invoke(aws: LocalAws, **files: str) -> dict[str, Any]:
    """Make a function of these files and call it."""
    name, body = f"function-{next(numbers)}", io.BytesIO()
    with zipfile.ZipFile(body, "w") as code:
        for path, text in {"index": INDEX, **files}.items():
            code.writestr(f"{path}.py", text)
    functions = aws.client("lambda")
    functions.create_function(
        FunctionName=name,
        Runtime="python3.13",
        Handler="index.handler",
        Role=make_role(aws, name, [], TRUST),
        Code={"ZipFile": body.getvalue()},
        Environment={"Variables": {"GREETING": "hello"}},
    )
    answer = functions.invoke(FunctionName=name)
    payload: dict[str, Any] = json.loads(answer["Payload"].read())
    assert "FunctionError" not in answer, payload
    return payload


def test_a_function_runs_in_its_own_process(aws: LocalAws) -> None:
    one, other = invoke(aws), invoke(aws)
    assert one["pid"] != other["pid"]
    assert one["folder"]
    assert one["importable"] == []
    assert one["greeting"] == "hello"


def test_a_function_starts_with_the_sdk_loaded(aws: LocalAws) -> None:
    reported = invoke(aws)
    assert reported["loaded"] is (sys.platform == "linux")
    assert reported["read"] == (0 if reported["loaded"] else None)


def test_a_function_that_brings_a_module_of_the_sdk_gets_its_own(aws: LocalAws) -> None:
    reported = invoke(aws, dateutil="")
    assert (reported["dateutil"], reported["loaded"]) == ("dateutil.py", False)
    assert reported["greeting"] == "hello"


def test_the_log_of_a_function_has_its_messages_of_level_info_and_above(aws: LocalAws) -> None:
    name = f"function-{next(numbers)}"
    code = """
    import logging
    log = logging.getLogger("mine")
    log.setLevel(logging.INFO)
    def handler(event, context):
        log.debug("for nobody")
        log.info("reported")
        logging.getLogger("others").info("not asked for")
        log.warning("warned")
    """
    make_function(aws, name, code)
    called(aws, name)
    lines = [line.split("\t") for line in printed(aws, name)]
    assert [(line[0], line[-1]) for line in lines] == [
        ("[INFO]", "reported"),
        ("[WARNING]", "warned"),
    ]


def test_the_log_of_a_function_in_json_has_the_attributes_of_each_record_as_fields(
    aws: LocalAws,
) -> None:
    name = f"function-{next(numbers)}"
    code = """
    import logging
    def handler(event, context):
        logging.getLogger("mine").debug("for nobody")
        logging.getLogger("mine").info("reported", extra={"job": "import-1"})
    """
    make_function(aws, name, code)
    log_in_json(aws, name)
    called(aws, name)
    (line,) = map(json.loads, printed(aws, name))
    expected = {"level": "INFO", "message": "reported", "logger": "mine", "job": "import-1"}
    assert line.items() >= expected.items()
    assert set(line) == {*expected, "timestamp"}


def test_a_printed_line_is_a_log_event_as_it_is(aws: LocalAws) -> None:
    name = f"function-{next(numbers)}"
    make_function(aws, name, "def handler(event, context):\n    print('{\"_aws\": {}}')\n")
    log_in_json(aws, name)
    called(aws, name)
    assert printed(aws, name) == ['{"_aws": {}}']


def log_in_json(aws: LocalAws, name: str) -> None:
    aws.client("lambda").update_function_configuration(
        FunctionName=name, LoggingConfig={"LogFormat": "JSON"}
    )
