"""The server: MiniStack and the import service in one process, on the loopback interface.

Several of them can run side by side: each has a port and folders of its own.
"""

from __future__ import annotations

import asyncio
import logging
import os
import shutil
import signal
import socket
import sys
import tempfile
import threading
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from hypercorn.asyncio import serve
from hypercorn.config import Config

from ..client.environment import LOOPBACK, without_proxy
from ..service.time_scale import TimeScale
from ..settings import PROFILE_VARIABLE

if TYPE_CHECKING:
    from collections.abc import Callable

    from .asgi import LocalAwsApp

HOST = LOOPBACK[0]
_REMOVE_ATTEMPTS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerOptions:
    """How to run a server."""

    port: int = 0
    state_dir: Path | None = None
    account: str = "000000000000"
    region: str = "us-east-1"
    log_level: str = "WARNING"
    profile: str = "documented"
    time_scale: float = 1.0
    exit_with_stdin: bool = False


def run(options: ServerOptions, on_ready: Callable[[str], None]) -> NoReturn:
    """Serve until Ctrl-C or SIGTERM; `on_ready` is given the endpoint URL.

    The process ends here.

    Raises:
        OSError: When the port cannot be had.
    """
    # Until the loop has its own handlers: a signal during the start ends it like Ctrl-C.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    listener = _bound(options.port)
    endpoint = f"http://{HOST}:{listener.getsockname()[1]}"
    home = _home(options.state_dir)
    ending = ExitStack()

    def finish(code: int) -> NoReturn:
        ending.close()
        if options.state_dir is None:
            _remove(home)
        sys.stdout.flush()
        sys.stderr.flush()
        # Not sys.exit, nor the end of the loop: both wait for MiniStack's threads, and one
        # that waits for the answer of a custom resource would keep the process for an hour.
        os._exit(code)

    try:
        _set_environment(options, home, endpoint.rpartition(":")[2])
        # Here and not above: MiniStack reads its environment when it is imported.
        from . import app  # noqa: PLC0415

        ending.callback(app.kill_functions)
        application = app.assembled(
            home, endpoint.removeprefix("http://"), lambda: on_ready(endpoint)
        )
        asyncio.run(_serve(application, listener, options, finish))
    except KeyboardInterrupt:
        finish(0)
    except Exception:
        logging.getLogger("cognito_import_local").exception("the local AWS ends")
    finish(1)


def _bound(port: int) -> socket.socket:
    """Return a listening socket: bound first, so that port 0 is known to MiniStack too."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((HOST, port))
    listener.listen(128)
    return listener


def _home(state_dir: Path | None) -> Path:
    """Return the folder of this instance, a temporary one unless the user named one."""
    if state_dir is None:
        return Path(tempfile.mkdtemp(prefix="cognito-import-local-"))
    state_dir.mkdir(parents=True, exist_ok=True)
    return state_dir.resolve()


def _remove(home: Path) -> None:
    """Remove the folder, also when a thread of MiniStack still writes into it."""
    for _ in range(_REMOVE_ATTEMPTS):
        shutil.rmtree(home, ignore_errors=True)
        if not home.exists():
            return


def _set_environment(options: ServerOptions, home: Path, port: str) -> None:
    """Configure MiniStack, and keep the user's own AWS settings away from its Lambdas."""
    for name in [name for name in os.environ if name.startswith(("AWS_", "LOCALSTACK_"))]:
        del os.environ[name]
    folders = {name: home / name for name in ("state", "s3", "tmp", "uploads")}
    for folder in folders.values():
        folder.mkdir(exist_ok=True)
    time_scale = TimeScale(options.time_scale, time.time())
    os.environ |= {
        "AUTH": "true",
        "GATEWAY_PORT": port,
        "MINISTACK_HOST": HOST,
        "MINISTACK_ACCOUNT_ID": options.account,
        "MINISTACK_REGION": options.region,
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "STATE_DIR": str(folders["state"]),
        "S3_DATA_DIR": str(folders["s3"]),
        "TMPDIR": str(folders["tmp"]),
        "LOG_LEVEL": options.log_level,
        "SFN_WAIT_SCALE": repr(time_scale.scale),
        PROFILE_VARIABLE: options.profile,
        **without_proxy(),
        **time_scale.as_environment(),
    }
    tempfile.tempdir = str(folders["tmp"])


async def _serve(
    application: LocalAwsApp,
    listener: socket.socket,
    options: ServerOptions,
    finish: Callable[[int], NoReturn],
) -> None:
    config = Config()
    config.bind = [f"fd://{listener.detach()}"]
    config.loglevel = options.log_level
    config.accesslog = None
    config.keep_alive_timeout = 75
    config.graceful_timeout = 0.5
    logging.getLogger("hypercorn.error").setLevel(options.log_level)

    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    if options.exit_with_stdin:
        threading.Thread(target=_watch_stdin, args=(loop, stop), daemon=True).start()
    await serve(application, config, shutdown_trigger=stop.wait)  # type: ignore[arg-type]
    finish(0)


def _watch_stdin(loop: asyncio.AbstractEventLoop, stop: asyncio.Event) -> None:
    """End the server when the process that holds its standard input is gone."""
    while sys.stdin.buffer.read(1):
        pass
    loop.call_soon_threadsafe(stop.set)
