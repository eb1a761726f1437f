"""What a function logs is in its log group, from the level on that the function sets.

AWS: the runtime adds a handler to Python's root logger, with a line format of its own
(aws/aws-lambda-python-runtime-interface-client at 46e4c6a, `awslambdaric/bootstrap.py`). With the
log format JSON (Lambda Developer Guide, "Log and monitor Python Lambda functions") the root logger
has the application log level, each record is a JSON object with the record's other attributes as
fields (`lambda_runtime_log_utils.py` there), and what is printed is plain text.

MiniStack adds no handler, so that Python's handler of last resort writes warnings and errors only,
and the INFO lines of a function are lost. The lines here lack the request id of AWS's. Used:
`lambda_runtime._PYTHON_WORKER_SCRIPT`, the script that the process of a function runs;
`lambda_runtime.execution_credentials`, whose variables the process gets.

Setting: none; always on.
"""

from __future__ import annotations

from typing import Any

from ministack.core import lambda_runtime

_FORMAT, _LEVEL = "AWS_LAMBDA_LOG_FORMAT", "AWS_LAMBDA_LOG_LEVEL"
_SET_UP = r"""
import json, logging, os, sys, time

class _FunctionLog(logging.Handler):
    def emit(self, record):
        sys.stderr.write(self.format(record) + "\n")

class _JsonLines(logging.Formatter):
    known = {*vars(logging.makeLogRecord({})), "message", "asctime"}
    def format(self, record):
        line = {
            "timestamp": self.formatTime(record, "%Y-%m-%dT%H:%M:%S") + f".{int(record.msecs):03}Z",
            "level": record.levelname,
            "message": record.getMessage(),
            "logger": record.name,
        }
        if record.exc_info:
            line["errorType"] = record.exc_info[0].__name__
            line["errorMessage"] = str(record.exc_info[1])
            line["stackTrace"] = self.formatException(record.exc_info).splitlines()
        extra = {name: each for name, each in vars(record).items() if name not in self.known}
        return json.dumps({**line, **extra}, default=str)

logging.Formatter.converter = time.gmtime
_function_log = _FunctionLog()
if os.environ.get("AWS_LAMBDA_LOG_FORMAT") == "JSON":
    _function_log.setFormatter(_JsonLines())
    logging.getLogger().setLevel(os.environ.get("AWS_LAMBDA_LOG_LEVEL") or "INFO")
else:
    _function_log.setFormatter(logging.Formatter(
        "[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(message)s", "%Y-%m-%dT%H:%M:%S"
    ))
logging.getLogger().addHandler(_function_log)
"""


def patch() -> None:
    """Let the processes of Python functions write all that is logged."""
    variables_of = lambda_runtime.execution_credentials

    def variables_with_format(config: Any) -> Any:
        logs = config.get("LoggingConfig") or {}
        return {
            **variables_of(config),
            _FORMAT: logs.get("LogFormat") or "Text",
            _LEVEL: (logs.get("ApplicationLogLevel") or "INFO").upper(),
        }

    lambda_runtime.execution_credentials = variables_with_format
    lambda_runtime._PYTHON_WORKER_SCRIPT = _SET_UP + lambda_runtime._PYTHON_WORKER_SCRIPT
