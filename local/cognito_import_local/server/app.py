"""The parts of the server, put together. Importing this imports MiniStack."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ministack import app as ministack_app
from ministack.core import hypercorn_compat

from ..emulator import function_processes, patches
from ..service.clock import Clock
from ..service.job_store import JobRegister
from ..service.operations import Operations
from ..service.time_scale import TimeScale
from ..service.upload import UploadUrls
from .asgi import Front
from .control import Control
from .faults import Faults
from .upload_endpoint import UploadEndpoint

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def assembled(home: Path, authority: str, on_ready: Callable[[], None]) -> Front:
    """Return the application that is served at `authority`, with its files in `home`."""
    hypercorn_compat.install()
    clock, faults = Clock(TimeScale.of_environment()), Faults()
    control = Control(clock, faults)
    register = JobRegister(clock, control.settings, home / "uploads")
    control.show_jobs(register.of_pool)
    urls = UploadUrls(authority, clock)
    operations = Operations(register, urls, clock, faults, control.settings)
    patches.install(register.is_active, control.settings, clock)
    return Front(
        emulator=ministack_app.app,
        operations=operations,
        register=register,
        uploads=UploadEndpoint(urls, register, faults, control.settings),
        control=control,
        faults=faults,
        kill_caller=function_processes.kill_caller,
        on_ready=on_ready,
    )
