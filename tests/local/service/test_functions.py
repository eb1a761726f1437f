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


def test_a_function_with_the_log_format_json_logs_objects_with_the_fields_of_its_records(
    aws: LocalAws,
) -> None:
    name = f"function-{next(numbers)}"
    code = """
    import json, logging
    log = logging.getLogger("mine")
    def handler(event, context):
        log.debug("for nobody")
        log.info("reported", extra={"phase": "Stage"})
        print(json.dumps({"_aws": {"CloudWatchMetrics": []}, "ImportedUsers": 3}), flush=True)
        print("plain", flush=True)
    """
    make_function(aws, name, code)
    aws.client("lambda").update_function_configuration(
        FunctionName=name, LoggingConfig={"LogFormat": "JSON"}
    )
    called(aws, name)

    lines = printed(aws, name)

    (reported,) = (json.loads(line) for line in lines if "reported" in line)
    assert reported.pop("timestamp").endswith("Z")
    assert reported == {
        "level": "INFO",
        "message": "reported",
        "logger": "mine",
        "phase": "Stage",
    }
    metrics = {"_aws": {"CloudWatchMetrics": []}, "ImportedUsers": 3}
    assert metrics in [json.loads(line) for line in lines if line.startswith("{")]
    assert "plain" in lines
    assert len(lines) == 3
