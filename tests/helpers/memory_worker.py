"""Runs Stage and the upload with a real S3 client, and prints the peak memory of the process.

``python memory_worker.py PORT``
"""

from __future__ import annotations

import json
import re
import resource
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import boto3

from helpers.events import create
from helpers.fake_world import FakeAws
from user_import import worker
from user_import.aws.s3 import Staging
from user_import.steps.state import State

if TYPE_CHECKING:
    from helpers.fake_web import Web


@dataclass
class RemoteWeb:
    port: int

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"


def peak_kib() -> int:
    """The most memory this process ever had.

    On Linux getrusage also counts the process that this one was forked from.
    """
    status = Path("/proc/self/status")
    if status.exists():
        peak = re.search(r"VmHWM:\s+(\d+) kB", status.read_text())
        assert peak is not None
        return int(peak[1])
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def main() -> None:
    web = RemoteWeb(int(sys.argv[1]))
    s3 = boto3.client("s3", endpoint_url=web.url(""))
    # Their models are in memory in Lambda too.
    clients = [boto3.client(name) for name in ("sts", "cognito-idp", "logs", "cloudformation")]
    with FakeAws(cast("Web", web)) as world:
        world.staging = Staging(s3)
        users = stage_and_upload(world)
    assert clients
    print(json.dumps({"peak_kib": peak_kib(), "users": users}))


def stage_and_upload(world: Any) -> Any:
    """Run two steps, and return how many users each job has."""
    event = {"request": create(), "started_at": "2026-11-22T21:00:00Z"}
    state = worker.run({**event, "step": "stage"}, world)
    assert not state["done"], state["progress"]["failure"]
    world.clock.time = state["plan"]["started_at"]
    after = worker.run({**event, "step": "advance", "state": json.loads(json.dumps(state))}, world)
    assert all(job.get("id") for job in after["progress"]["jobs"]), after
    return [job.rows.users for job in State.from_json(state).progress.jobs]


if __name__ == "__main__":
    main()
