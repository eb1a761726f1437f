"""Secrets of a stack: what `Ref` gives, and the text that is generated.

AWS (CloudFormation Template Reference, "AWS::SecretsManager::Secret"): `Ref` "returns the ARN of
the secret", and a secret with `GenerateSecretString` has a random password, of 32 characters where
`PasswordLength` is left out, with each type of characters unless `RequireEachIncludedType` is
false. MiniStack returns the secret's name, which is its physical id there, generates nothing for an
empty object, which the CDK writes, and knows no types. Used: `provisioners._RESOURCE_HANDLERS`,
`_sm`, `_sm_secret_string`.

Setting: none; always on.
"""

from __future__ import annotations

import json
import string
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

_TYPE = "AWS::SecretsManager::Secret"
_GENERATED = "GenerateSecretString"
_LENGTH = {"PasswordLength": 32}
_TYPES = {
    "ExcludeLowercase": string.ascii_lowercase,
    "ExcludeUppercase": string.ascii_uppercase,
    "ExcludeNumbers": string.digits,
    "ExcludePunctuation": string.punctuation,
}


def patch_cloudformation(provisioners: Any) -> None:
    """Let CloudFormation know a secret by its ARN, and generate its text."""
    handlers = provisioners._RESOURCE_HANDLERS[_TYPE]
    create, update, delete = (handlers[each] for each in ("create", "update", "delete"))

    def name_of(arn: str) -> str:
        secrets = provisioners._sm._secrets
        return next((name for name, each in secrets.items() if each["ARN"] == arn), arn)

    def with_arn(made: tuple[str, dict[str, Any]]) -> tuple[str, dict[str, Any]]:
        _, attributes = made
        return attributes["Arn"], attributes

    def create_patched(logical_id: str, properties: Any, *arguments: Any, **named: Any) -> Any:
        if isinstance(wanted := properties.get(_GENERATED), dict):
            text = _generated(provisioners._sm_secret_string, wanted)
            rest = {name: value for name, value in properties.items() if name != _GENERATED}
            properties = {**rest, "SecretString": text}
        return with_arn(create(logical_id, properties, *arguments, **named))

    def update_patched(physical_id: str, *arguments: Any, **named: Any) -> Any:
        return with_arn(update(name_of(physical_id), *arguments, **named))

    def delete_patched(physical_id: str, *arguments: Any, **named: Any) -> Any:
        return delete(name_of(physical_id), *arguments, **named)

    handlers.update(create=create_patched, update=update_patched, delete=delete_patched)


def _generated(make: Callable[[dict[str, Any]], str], wanted: dict[str, Any]) -> str:
    """Return a text whose password has the types of characters that are wanted, and no others.

    Args:
        make: Makes the text of a secret from a resource's properties.
        wanted: The property `GenerateSecretString`.
    """
    left_out = "".join(characters for name, characters in _TYPES.items() if wanted.get(name))
    left_out += wanted.get("ExcludeCharacters", "")
    given = {_GENERATED: {**_LENGTH, **wanted, "ExcludeCharacters": left_out}}
    types = [set(characters) - set(left_out) for characters in _TYPES.values()]
    required = [each for each in types if each and wanted.get("RequireEachIncludedType", True)]
    while True:
        text = password = make(given)
        if wanted.get("SecretStringTemplate"):
            password = json.loads(text)[wanted["GenerateStringKey"]]
        if all(not each.isdisjoint(password) for each in required):
            return text
