"""Texts about the event that an import has ended."""

from __future__ import annotations

from typing import Final

EVENT: Final = "The event: "
"""Precedes the event, as JSON, in the text of an event that was not sent."""


def event_not_sent(problem: str, event: str) -> str:
    """Say that EventBridge did not take the event.

    Args:
        problem: The refusal of the last try.
        event: The event's detail as JSON, which ends the text.
    """
    return (
        f"The import has ended, and its event could not be sent: {problem} Check that no policy "
        f"of your organisation denies events:PutEvents on the default event bus. {EVENT}{event}"
    )
