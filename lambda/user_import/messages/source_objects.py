"""The problems of a source that is a prefix: the objects below it, and changes to them."""

from __future__ import annotations


def no_objects(prefix: str) -> str:
    """Say that no object's key begins with the prefix."""
    return (
        f"There are no objects whose keys begin with {prefix}. Upload the users there, or correct "
        "the prefix of the import's source, and deploy again."
    )


def empty_objects(first: str, others: int) -> str:
    """Say that objects have no bytes.

    Args:
        first: The address of the first one.
        others: The number of the others.
    """
    more = f", and so are {others:,} more of the prefix" if others else ""
    return (
        f"{first} is empty{more}. Upload the users again, or delete what holds no users, and "
        "deploy again."
    )


def too_many_objects(prefix: str, maximum: int) -> str:
    """Say that a prefix has more objects than an import reads."""
    return (
        f"{prefix} has more than {maximum:,} objects, the most that one import reads. Join them to "
        "larger ones, or import them from several prefixes."
    )


def object_changed(address: str) -> str:
    """Say that an object has another content than when it was listed."""
    return (
        f"{address} has changed since the import listed the objects of its prefix, and nothing was "
        "imported. Deploy again when nothing writes there any more."
    )


def object_deleted(address: str) -> str:
    """Say that an object does not exist any more."""
    return (
        f"{address} was deleted after the import had listed the objects of its prefix, and nothing "
        "was imported. Deploy again when nothing writes there any more."
    )


def problems_of_objects(prefix: str) -> str:
    """Say where to look for all problems of objects."""
    return f"To list all of them, run cognito-user-import check for each object of {prefix}."
