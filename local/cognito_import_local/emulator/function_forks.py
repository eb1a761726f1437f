"""Functions start in processes that have the AWS SDK loaded.

MiniStack starts Python for each function, and loading boto3 and the first client is more than half
of the processor's time that a small deployment takes. Here one process loads them, and those of
the functions are forked from it, by multiprocessing's fork server. A function that brings modules
of its own which are loaded by then, or has layers, starts as MiniStack starts it. So do all where
the system is not Linux: on macOS a process that was only forked must not ask for its proxies.

The module `time` of all of them has AWS seconds (`time_scale`).

Used: `lambda_runtime.subprocess`, through which `Worker._spawn` starts
`[sys.executable, script]` with pipes for its three streams.

Setting: none; on Linux always on.
"""

from __future__ import annotations

import multiprocessing
import os
import runpy
import subprocess
import sys
import types
from multiprocessing.reduction import DupFd
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ministack.core import lambda_runtime

from ..service import time_scale

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_PRELOADED = "cognito_import_local.emulator.sdk_loaded"
_LAYERS = "_LAMBDA_LAYERS_DIRS"
_STDIN = 0


def patch() -> None:
    """Fork the processes of Python functions from now on, and give all of them AWS seconds."""
    context: Any = None
    if sys.platform == "linux":
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload([_PRELOADED])

    def start(command: Sequence[str], **options: Any) -> Any:
        if command[0] == sys.executable:
            script = command[1]
            if context is not None:
                return _Forked(context, script, options["cwd"], options["env"])
            command = _command(script)
        return subprocess.Popen(command, **options)  # noqa: S603

    # Its own copy of the module, so that no other caller's processes are affected.
    lambda_runtime.subprocess = types.SimpleNamespace(**{**vars(subprocess), "Popen": start})


def _command(script: str) -> list[str]:
    """Return the command that runs a script with a clock in AWS seconds."""
    return [sys.executable, "-P", time_scale.__file__, script]


class _Forked:
    """A process that runs a script, with as much of `subprocess.Popen` as MiniStack uses."""

    def __init__(self, context: Any, script: str, folder: str, env: Mapping[str, str]) -> None:
        ours: list[int] = []
        theirs: list[int] = []
        for number in range(3):
            ends = os.pipe()
            theirs.append(ends[number != _STDIN])
            ours.append(ends[number == _STDIN])
        path = sys.path if sys.flags.safe_path else sys.path[1:]
        self._process = context.Process(
            target=_run,
            args=(script, folder, dict(env), [str(Path(script).parent), *path], _Streams(theirs)),
            daemon=True,
        )
        try:
            self._process.start()
        except BaseException:
            for end in ours:
                os.close(end)
            raise
        finally:
            for end in theirs:
                os.close(end)
        self.stdin = os.fdopen(ours[0], "w", buffering=1)
        self.stdout = os.fdopen(ours[1])
        self.stderr = os.fdopen(ours[2])

    def poll(self) -> int | None:
        code: int | None = self._process.exitcode
        return code

    def wait(self, timeout: float | None = None) -> int | None:
        self._process.join(timeout)
        if self.poll() is None:
            raise subprocess.TimeoutExpired("function", timeout or 0)
        return self.poll()

    def terminate(self) -> None:
        self._process.terminate()

    def kill(self) -> None:
        self._process.kill()


class _Streams:
    """Three file descriptors on their way to another process."""

    def __init__(self, ends: Sequence[int]) -> None:
        self._ends = ends

    def __reduce__(self) -> Any:
        return _arrived, tuple(map(DupFd, self._ends))


def _arrived(*ends: Any) -> list[int]:
    return [end.detach() for end in ends]


def _run(
    script: str, folder: str, env: dict[str, str], path: list[str], streams: list[int]
) -> None:
    """Be the process that `subprocess.Popen` would have made."""
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    os.chdir(folder)
    brought = {each.name.partition(".")[0] for each in Path(folder).iterdir()}
    loaded = {name.partition(".")[0] for name in sys.modules}
    if brought & loaded or env.get(_LAYERS):
        os.execve(sys.executable, _command(script), env)  # noqa: S606
    os.environ.clear()
    os.environ.update(env)
    sys.path[:] = path
    sys.argv[:] = [script]
    sys.stdin, sys.stdout = os.fdopen(0), os.fdopen(1, "w")
    sys.stderr = os.fdopen(2, "w", buffering=1, errors="backslashreplace")
    runpy.run_path(script, run_name="__main__")
