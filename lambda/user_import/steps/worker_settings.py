"""The settings of the worker function, from its environment."""

from __future__ import annotations

import os
from typing import NamedTuple

from ..contract import JOBS_PER_POOL, JOBS_PER_POOL_VARIABLE


class WorkerSettings(NamedTuple):
    """The settings of the function.

    Attributes:
        memory_mib: The memory of the function, in MiB; None where Lambda does not run it.
        jobs_per_pool: The quota of import jobs that a user pool keeps.
    """

    memory_mib: int | None
    jobs_per_pool: int

    @classmethod
    def from_environment(cls) -> WorkerSettings:
        """Read the environment of the function.

        Source: Lambda Developer Guide, "Working with Lambda environment variables", for the memory.
        """
        memory = os.environ.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE")
        jobs = os.environ.get(JOBS_PER_POOL_VARIABLE)
        return cls(
            memory_mib=int(memory) if memory else None,
            jobs_per_pool=int(jobs) if jobs else JOBS_PER_POOL,
        )
