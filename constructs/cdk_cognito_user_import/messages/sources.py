"""Messages about the arguments of `UserSource`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .kinds import kind_of

if TYPE_CHECKING:
    from collections.abc import Sequence

KEY = "The key of the source object"
PREFIX = "The prefix of the source objects"
_PATH = "The path of the file with the users"


# The kind of source


def source_without_kind() -> str:
    """`UserSource` itself is called."""
    return (
        "UserSource cannot be called; give UserSource.from_file(…), UserSource.from_bucket(…), "
        "UserSource.from_records(…) or UserSource.synthetic(…)."
    )


# Files


def path_empty() -> str:
    """The path is empty."""
    return f"{_PATH} is empty; give the path of a file."


def path_unknown() -> str:
    """The path is a token."""
    return (
        f"{_PATH} is only known at deployment, and the file is read at synth; use "
        "UserSource.from_bucket for an object that exists only at deployment."
    )


def path_is_folder(path: str) -> str:
    """The path is a folder."""
    return f"{path} is a folder; give the path of the file with the users."


def path_is_address(given: str) -> str:
    """The path is the address of an object, or of a page."""
    return (
        f"{given} is an address, and from_file reads a file of this machine; for an object in S3, "
        "use UserSource.from_bucket(bucket, key)."
    )


def path_with_tilde(path: str) -> str:
    """The path begins with the home folder as a shell writes it."""
    return (
        f"The file {path} does not exist. Only a shell replaces ~ by the home folder; give "
        "Path(…).expanduser()."
    )


def file_missing(path: str, working_directory: str) -> str:
    """The file does not exist."""
    return (
        f"The file {path} does not exist. A path is relative to the working directory, which is "
        f"{working_directory}."
    )


def not_a_file(path: str) -> str:
    """The path is something else than a file."""
    return (
        f"{path} is not a file: it is a device, a pipe, or a link to no file; give the path of "
        "the file with the users."
    )


def file_unreadable(path: str, reason: str) -> str:
    """The operating system refuses to open the file."""
    return f"{path} cannot be read: {reason}."


# Read options


def unknown_export(known: Sequence[str]) -> str:
    """The export format does not exist."""
    return f"The export format is unknown; give one of {', '.join(known)}."


def unknown_user_kind(given: object, known: Sequence[str]) -> str:
    """A kind of users does not exist."""
    return f"leave_out has {kind_of(given)} that is not a kind of users; give {', '.join(known)}."


def leave_out_without_export() -> str:
    """Users of a plain CSV are to be left out."""
    return (
        "leave_out is for exports of other providers, which say what kind a user is; name the "
        "format (export=…), or remove the users from the CSV."
    )


def mapping_key_type(argument: str, given: object) -> str:
    """A key of `columns`, `defaults` or `constants` is not text."""
    return f"{argument} has {kind_of(given)} as the name of a column; give text."


def column_type(name: str, given: object) -> str:
    """A value of `columns` is not a column."""
    return (
        f"columns[{name!r}] is {kind_of(given)}; give the user pool's column, a tuple of several, "
        "or None to leave the column out."
    )


def default_and_constant(columns: Sequence[str]) -> str:
    """A column has a default and a constant."""
    return (
        f"{', '.join(columns)}: in defaults and in constants. A constant applies to all users, so "
        "the default has no effect; remove one of them."
    )


# Values of records, defaults and constants


def value_type(place: str, name: str, given: object) -> str:
    """A value cannot be written into a CSV."""
    return (
        f"{place}: {name} is {kind_of(given)}; give text, a whole number, True, False, a date or "
        "None."
    )


def blank_of_pandas(place: str, name: str) -> str:
    """A value is a blank of pandas."""
    return (
        f"{place}: {name} is NaN or NaT, as pandas writes a blank; give None (in pandas: "
        "df.astype(object).where(df.notna(), None))."
    )


def value_unknown(place: str, name: str) -> str:
    """A value is a token."""
    return (
        f"{place}: {name} is only known at deployment, and is validated and written at synth; give "
        "a value that is known at synth."
    )


def value_not_utf8(place: str, name: str) -> str:
    """A value has a lone surrogate."""
    return f"{place}: {name} has half of a surrogate pair, which UTF-8 cannot encode; remove it."


def value_not_in_dialect(place: str, reason: str) -> str:
    """A value cannot be expressed in Cognito's CSV dialect."""
    return f"{place}: {reason}."


# Records


def data_frame(given: object) -> str:
    """The records are a table of a library."""
    return (
        f"records is {kind_of(given)}; give its rows as a list of mappings: df.to_dict("
        '"records") in pandas, df.to_dicts() in Polars.'
    )


def iterator_without_records() -> str:
    """The records are an iterator, such as a generator, that has none left."""
    return (
        "There are no records: records is an iterator, such as a generator, that has none, or none "
        "left. It can be read once only; give a list, list(…)."
    )


def no_records() -> str:
    """There are no records."""
    return "The list of records is empty; give at least one record."


def records_without_attributes() -> str:
    """No record has an attribute."""
    return "The records have no attributes; give every user a cognito:username at least."


def record_type(place: str, given: object) -> str:
    """A record is not a mapping."""
    return f"{place} is {kind_of(given)}; give a mapping of attribute names to values."


def record_key_type(place: str, given: object) -> str:
    """The name of an attribute is not text."""
    return f"{place} has {kind_of(given)} as the name of an attribute; give text."


def record_key_invalid(place: str) -> str:
    """The name of an attribute cannot be a column of a CSV."""
    return (
        f"{place} has an attribute whose name is empty, or contains a comma, a semicolon, a quote, "
        "a backslash, a tab or a line break; give names of the user pool's columns."
    )


# Objects in a bucket


def no_key() -> str:
    """Neither a key nor a prefix is given."""
    return (
        "from_bucket needs the key of an object, or the prefix of several (prefix=…); give one of "
        "the two."
    )


def key_and_prefix() -> str:
    """A key and a prefix are given."""
    return "from_bucket has a key and a prefix; give one of the two."


def version_of_prefix() -> str:
    """A version is given with a prefix."""
    return (
        "from_bucket has a prefix and a version, and a version is that of one object; leave it "
        "out, or give the key of the object."
    )


def key_empty(what: str) -> str:
    """The key or prefix is empty."""
    return f"{what} is empty; give that of the objects with the users."


def key_too_long(what: str, most_bytes: int) -> str:
    """The key or prefix is longer than S3 allows."""
    return f"{what} is longer than the {most_bytes:,} bytes that Amazon S3 allows."


def key_with_wildcard(what: str) -> str:
    """The key or prefix has a wildcard of IAM policies."""
    return (
        f"{what} contains * or ?, which match many objects in an IAM policy; give the key of one "
        "object, or the prefix of several without a wildcard (prefix=…)."
    )


def key_is_address(what: str) -> str:
    """The key or prefix is a URI, a URL or an ARN of an object."""
    return (
        f"{what} is an address with a bucket's name in it (s3://, https:// or an ARN); give only "
        "the part after the bucket's name, such as exports/users.csv."
    )


def key_with_slash(what: str, key: str) -> str:
    """Warning: the key or prefix begins with a slash, which most keys do not."""
    return (
        f"{what} begins with a slash, and such an object is another than the one without it; "
        f"unless the object was uploaded with the slash, give {key!r}."
    )


def version_empty() -> str:
    """The version of the object is empty."""
    return (
        "The version of the source object is empty; give a version id, or leave it out for the "
        "latest version."
    )
