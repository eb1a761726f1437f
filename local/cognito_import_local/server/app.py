"""Puts the parts of the server together. Importing this module imports MiniStack.

This is the only module that imports `emulator/`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..emulator import (
    application,
    callers,
    custom_resources,
    function_processes,
    logs,
    patches,
    pools,
    roles,
    stack_status,
)
from ..faults import Faults
from ..service.clock import Clock
from ..service.cloud import Cloud
from ..service.job_store import JobStore
from ..service.operations import Operations
from ..service.time_scale import TimeScale
from ..service.upload_urls import UploadUrls
from .asgi import LocalAwsApp
from .control import Control
from .upload_endpoint import UploadEndpoint

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

kill_functions = function_processes.kill_all


def assembled(home: Path, authority: str, on_ready: Callable[[], None]) -> LocalAwsApp:
    """Return the application that is served at `authority`, with its files in `home`."""
    emulator = application.application()
    clock, faults = Clock(TimeScale.of_environment()), Faults()
    control = Control(clock, faults, stack_status.statuses, custom_resources.recorded)
    jobs = JobStore(clock, control.settings, home / "uploads")
    control.show_jobs(jobs.of_pool)
    urls = UploadUrls(authority, clock)
    cloud = Cloud(caller_of=callers.SignedCaller.of, pools=pools, logs=logs, roles=roles)
    operations = Operations(
        cloud=cloud, jobs=jobs, urls=urls, clock=clock, faults=faults, settings=control.settings
    )
    patches.install(jobs.is_active, control.settings, clock)
    return LocalAwsApp(
        emulator=emulator,
        operations=operations,
        jobs=jobs,
        uploads=UploadEndpoint(urls, jobs, faults, control.settings),
        control=control,
        faults=faults,
        kill_caller=function_processes.kill_caller,
        on_ready=on_ready,
    )
