"""The list of job ids as an attribute of the custom resource, cut where the answer has no room.

Standard library only: `cloudformation` imports this module.
"""

from __future__ import annotations


def cut_job_ids(job_ids: str, characters: int) -> str:
    """Return the first ids of a list, and how many more there are.

    Args:
        job_ids: The ids, separated by commas.
        characters: The most characters of the result.
    """
    if len(job_ids) <= characters:
        return job_ids
    ids = job_ids.split(",")
    # The number of ids that are left out has the most digits where all of them are.
    room = characters - len(_more(len(ids)))
    kept, length = 0, 0
    while kept < len(ids) and length + len(ids[kept]) <= room:
        length += len(ids[kept]) + 1
        kept += 1
    more = _more(len(ids) - kept)
    return ",".join(ids[:kept]) + more if kept else more.removeprefix(",")


def _more(count: int) -> str:
    return f",and {count} more"
