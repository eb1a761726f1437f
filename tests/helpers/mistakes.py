"""A file of deliberate mistakes, one for every rule that one file and one pool can break."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from aws_cdk import aws_cognito as cognito

if TYPE_CHECKING:
    from aws_cdk import Stack

USERNAME = "cognito:username"
SECRET = "Kanarie"
"""Is in every value that is wrong, and in many others: no message may have it."""

READING: dict[str, Any] = {"columns": {"Landline": "zoneinfo"}}
"""How the file is read: it names a column that the file has not."""

CUSTOM = ("custom:age", "custom:plan", "custom:vip")
REQUIRED = ("given_name", "website")


def pool_of(stack: Stack) -> cognito.UserPool:
    """A pool with something to break for every rule."""
    return cognito.UserPool(
        stack,
        "Pool",
        sign_in_aliases=cognito.SignInAliases(username=True, email=True, phone=True),
        auto_verify=cognito.AutoVerifiedAttrs(email=True, phone=True),
        mfa=cognito.Mfa.OFF,
        standard_attributes=cognito.StandardAttributes(
            given_name=cognito.StandardAttribute(required=True),
            website=cognito.StandardAttribute(required=True),
        ),
        custom_attributes={
            "age": cognito.NumberAttribute(min=18, max=130),
            "plan": cognito.StringAttribute(min_len=2, max_len=12),
            "vip": cognito.BooleanAttribute(),
        },
    )


def user(number: int = 0, **changes: str) -> dict[str, str]:
    """A user whom the pool takes but for the changes; ``__`` stands for a colon."""
    return {
        USERNAME: f"{SECRET}{number}",
        "email": f"{SECRET}{number}@example.com",
        "email_verified": "true",
        "given_name": SECRET,
        "website": "https://example.com",
        **{name.replace("__", ":"): value for name, value in changes.items()},
    }


HEADER = [
    *(USERNAME, "email", "email_verified", "phone_number", "phone_number_verified", "given_name"),
    *("name", "family_name", "middle_name", "profile", "picture", "address", "gender", "locale"),
    *("birthdate", "updated_at", *CUSTOM, "cognito:mfa_enabled", "password_hash"),
    *("nickname", "nickname", "", "emial"),
]
WRONG_HEADER: list[tuple[str, int | None, str | None]] = [
    ("CSV004", 1, "emial"),
    ("CSV005", 1, "nickname"),
    ("CSV006", 1, "number 24"),
    ("CSV007", 1, "website"),
    ("CSV008", None, None),
]
LONG_NAMES = HEADER[5:14]

MISTAKES: list[tuple[str, str | None, dict[str, str]]] = [
    ("CSV001", None, {"name": f"{SECRET}\udcff"}),
    ("CSV009", None, {"name": f"{SECRET}, {SECRET}"}),
    ("CSV010", "name", {"name": f'"{SECRET}\n{SECRET}"'}),
    ("CSV011", "name", {"name": f'"{SECRET}" {SECRET}'}),
    ("CSV012", "name", {"name": f'"{SECRET}\\"'}),
    ("CSV013", None, dict.fromkeys(LONG_NAMES, SECRET + "k" * 1800)),
    ("CSV016", USERNAME, {USERNAME: ""}),
    ("CSV017", USERNAME, {USERNAME: f"{SECRET} {SECRET}"}),
    ("CSV018", USERNAME, {USERNAME: SECRET + "k" * 122}),
    ("CSV019", USERNAME, {USERNAME: f"{SECRET}@example.com"}),
    ("CSV022", USERNAME, {USERNAME: f"{SECRET}0"}),
    ("CSV023", "given_name", {"given_name": ""}),
    ("CSV024", "email_verified or phone_number_verified", {"email_verified": "false"}),
    ("CSV025", "phone_number", {"phone_number_verified": "true"}),
    ("CSV026", "email", {"email": SECRET}),
    ("CSV027", "phone_number", {"phone_number": f"0049 {SECRET}"}),
    ("CSV028", "birthdate", {"birthdate": "13/13/1985"}),
    ("CSV029", "updated_at", {"updated_at": SECRET}),
    ("CSV030", "custom:age", {"custom:age": SECRET}),
    ("CSV031", "custom:age", {"custom:age": "17"}),
    ("CSV032", "custom:vip", {"custom:vip": SECRET}),
    ("CSV033", "custom:plan", {"custom:plan": f"{SECRET}{SECRET}"}),
    ("CSV034", "name", {"name": SECRET + "k" * 2_042}),
    ("CSV035", "cognito:mfa_enabled", {"cognito:mfa_enabled": "true"}),
    ("CSV037", "password_hash", {"password_hash": SECRET}),
    ("CSV038", "email", {"email": f"{SECRET}0@example.com"}),
]
"""Rule, column, and the values with which a user breaks it. The first user breaks none."""


def _made() -> tuple[bytes, list[tuple[str, int | None, str | None]]]:
    lines = [",".join(HEADER)]
    found = list(WRONG_HEADER)
    for number, (rule, column, changes) in enumerate([("", None, {}), *MISTAKES]):
        row = user(number, **changes)
        if rule:
            found.append((rule, 1 + sum(1 + line.count("\n") for line in lines), column))
        lines.append(",".join(row.get(name, "") for name in HEADER))
    return "\n".join([*lines, ""]).encode(errors="surrogateescape"), sorted(found, key=str)


FILE, FOUND = _made()
"""The file, and what is found in it: rule, line, column."""

ERRORS = [each for each in FOUND if each[0] != "CSV022"]
FIRST = sorted(sorted(ERRORS, key=lambda each: each[1] or 0)[:20], key=str)
"""The errors that are reported one by one."""

WARNINGS = [each for each in FOUND if each[0] == "CSV022"]


def placed(reported: str) -> list[tuple[str, int | None, str | None]]:
    """Read findings from the error of a deployment: rule, line, column."""
    pattern = r"(?:line (\d+)(?:, column (.+?))?|columns): .*?\((CSV\d{3})\)"
    found = re.findall(pattern, reported)
    return sorted(
        ((rule, int(line) if line else None, column or None) for line, column, rule in found),
        key=str,
    )


def placed_at_synth(reported: str) -> list[tuple[str, int | None, str | None]]:
    """Read findings from the errors and warnings of a synth: rule, line, column."""
    pattern = r"\((CSV\d{3})\): .*(?:\n    .*?:(\d+)(?:: column (.+))?$)?"
    found = re.findall(pattern, reported, flags=re.MULTILINE)
    return sorted(
        ((rule, int(line) if line else None, column or None) for rule, line, column in found),
        key=str,
    )
