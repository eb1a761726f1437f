"""What a function logs is in its log group, from the level on that the function sets.

AWS: the runtime adds a handler to Python's root logger, with a line format of its own. With the log
format JSON the line is a JSON object that has the attributes of the record beside Python's own as
fields, and the root logger has the application's log level. What a function prints is in the log as
it is (aws/aws-lambda-python-runtime-interface-client at 082679f, `awslambdaric/bootstrap.py` and
`lambda_runtime_log_utils.py`).

MiniStack adds no handler, so that Python's handler of last resort writes warnings and errors only,
and the INFO lines of a function are lost. The lines here lack the request id of AWS's. Used:
`lambda_runtime._PYTHON_WORKER_SCRIPT`, the script that the process of a function runs, and
`execution_credentials`, whose result is a part of the environment of that process.

Setting: none; always on.
"""

from __future__ import annotations

from typing import Any

from ministack.core import lambda_runtime

_FORMAT, _LEVEL = "AWS_LAMBDA_LOG_FORMAT", "AWS_LAMBDA_LOG_LEVEL"
"""The variables that Lambda sets (Lambda Developer Guide, "Defined runtime environment variables",
and awslambdaric)."""

_SET_UP = r"""
import json as _json, logging, os as _os, sys, time

class _FunctionLog(logging.Handler):
    def emit(self, record):
        sys.stderr.write(self.format(record) + "\n")

class _JsonLine(logging.Formatter):
    own = {*vars(logging.makeLogRecord({})), "message", "asctime"}

    def format(self, record):
        line = {
            "timestamp": "%s.%03dZ" % (self.formatTime(record, "%Y-%m-%dT%H:%M:%S"), record.msecs),
            "level": record.levelname,
            "message": record.getMessage(),
            "logger": record.name,
        }
        if record.exc_info:
            line["errorType"] = record.exc_info[0].__name__
            line["errorMessage"] = str(record.exc_info[1])
        fields = {name: value for name, value in vars(record).items() if name not in self.own}
        return _json.dumps({**fields, **line}, ensure_ascii=False)

logging.Formatter.converter = time.gmtime
_function_log = _FunctionLog()
if _os.environ.get("AWS_LAMBDA_LOG_FORMAT") == "JSON":
    _function_log.setFormatter(_JsonLine())
    logging.getLogger().setLevel(_os.environ["AWS_LAMBDA_LOG_LEVEL"])
else:
    _function_log.setFormatter(logging.Formatter(
        "[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(message)s", "%Y-%m-%dT%H:%M:%S"
    ))
logging.getLogger().addHandler(_function_log)
"""


def patch() -> None:
    """Let the processes of Python functions write all that is logged."""
    lambda_runtime._PYTHON_WORKER_SCRIPT = _SET_UP + lambda_runtime._PYTHON_WORKER_SCRIPT
    credentials_of = lambda_runtime.execution_credentials

    def variables_of(config: dict[str, Any]) -> dict[str, str]:
        logging_config = config.get("LoggingConfig") or {}
        variables: dict[str, str] = credentials_of(config)
        if logging_config.get("LogFormat") == "JSON":
            level = logging_config.get("ApplicationLogLevel", "INFO")
            variables = {**variables, _FORMAT: "JSON", _LEVEL: level}
        return variables

    lambda_runtime.execution_credentials = variables_of
