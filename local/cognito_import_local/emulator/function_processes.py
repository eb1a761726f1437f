"""The processes in which MiniStack runs functions, and how one of them dies.

Used: `lambda_runtime._workers`, a list of execution environments a function, and
`execution_credentials`, whose access key identifies the function that makes a call; and
`sts._sessions`, for a call with a role that the function has assumed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ministack.core import lambda_runtime, router
from ministack.services import sts

if TYPE_CHECKING:
    from collections.abc import Mapping


def kill_all() -> None:
    """Kill all processes of functions."""
    lambda_runtime.reset()


def kill_caller(headers: Mapping[str, str]) -> bool:
    """Kill the function that signed a call, and return whether a function did.

    Lambda then knows no more than that the process exited; what it had done is done.
    """
    access_key = _own_key(router.extract_access_key_id(dict(headers), {}))
    with lambda_runtime._lock:
        busy = [
            worker
            for workers in lambda_runtime._workers.values()
            for worker in workers
            if worker.in_use and _access_key(worker) == access_key
        ]
    for worker in busy:
        # Not Worker.kill: it waits for the invocation, which has the worker's lock.
        process = worker._proc
        if process is not None:
            process.kill()
    return bool(busy)


def _own_key(access_key: str) -> str:
    """Return the key with which a function assumed the role whose key this is, or the key."""
    while (session := sts._sessions.get(access_key)) and session.get("SourceAccessKeyId"):
        access_key = session["SourceAccessKeyId"]
    return access_key


def _access_key(worker: Any) -> str:
    credentials: dict[str, str] = lambda_runtime.execution_credentials(worker.config)
    return credentials["AWS_ACCESS_KEY_ID"]
