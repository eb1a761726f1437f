"""What a function logs is in its log group, from the level on that the function sets.

AWS: the runtime adds a handler to Python's root logger, with a line format of its own
(aws/aws-lambda-python-runtime-interface-client at 46e4c6a, `awslambdaric/bootstrap.py`).

MiniStack adds none, so that Python's handler of last resort writes warnings and errors only, and
the INFO lines of a function are lost. The lines here lack the request id of AWS's. Used:
`lambda_runtime._PYTHON_WORKER_SCRIPT`, the script that the process of a function runs.

Setting: none; always on.
"""

from __future__ import annotations

from ministack.core import lambda_runtime

_SET_UP = r"""
import logging, sys, time

class _FunctionLog(logging.Handler):
    def emit(self, record):
        sys.stderr.write(self.format(record) + "\n")

logging.Formatter.converter = time.gmtime
_function_log = _FunctionLog()
_function_log.setFormatter(logging.Formatter(
    "[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(message)s", "%Y-%m-%dT%H:%M:%S"
))
logging.getLogger().addHandler(_function_log)
"""


def patch() -> None:
    """Let the processes of Python functions write all that is logged."""
    lambda_runtime._PYTHON_WORKER_SCRIPT = _SET_UP + lambda_runtime._PYTHON_WORKER_SCRIPT
