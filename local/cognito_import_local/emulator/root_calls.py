"""Who signed the call that is being served: the root of an account, or another principal.

Tests look at the local AWS as root, and should see it as it is: some settings do not count for
root. MiniStack notes the access key whose signature it has checked, which it does not for root, and
calls without a signature. Used: `iam_evaluator._verified_key`, `_anonymous`; ask in the context of
the call.
"""

from __future__ import annotations

from ministack.core import iam_evaluator


def signing_key() -> str:
    """Return the access key with which the call was signed; empty for root and CloudFormation."""
    return str(iam_evaluator._verified_key.get())


def is_root_call() -> bool:
    """Return whether the account's root, or CloudFormation, makes the call."""
    return not signing_key() and not iam_evaluator._anonymous.get()
