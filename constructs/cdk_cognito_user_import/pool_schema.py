"""The schema of a user pool, as the app defines it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_cdk import Stack
from aws_cdk import aws_cognito as cognito

from ._lambda.user_import.users_csv import STANDARD_ATTRIBUTES, Attribute, Pool

if TYPE_CHECKING:
    from collections.abc import Mapping

_STANDARD = {each.name: each for each in STANDARD_ATTRIBUTES}


def known_pool(user_pool: cognito.IUserPool) -> Pool:
    """Return the schema of a pool of this app; an empty one for another pool.

    Properties that are only known at deployment, and property overrides, are left out.
    """
    resource = user_pool.node.default_child
    if not isinstance(resource, cognito.CfnUserPool):
        return Pool()
    resolve = Stack.of(resource).resolve
    username = resolve(resource.username_configuration) or {}
    return Pool(
        attributes=_attributes(resolve(resource.schema)),
        auto_verified=_names(resolve(resource.auto_verified_attributes)),
        aliases=_names(resolve(resource.alias_attributes)),
        username_attributes=_names(resolve(resource.username_attributes)),
        mfa=_mfa(resolve(resource.mfa_configuration)),
        case_sensitive=_flag(username.get("caseSensitive", True)),
    )


def _attributes(schema: Any) -> tuple[Attribute, ...] | None:
    """Read the schema: the standard attributes, some of them changed, and custom ones."""
    if schema is None:
        return STANDARD_ATTRIBUTES
    if not isinstance(schema, list):
        return None
    attributes = dict(_STANDARD)
    for each in schema:
        attribute = _attribute(each)
        if attribute is None:
            return None
        attributes[attribute.name] = attribute
    return tuple(attributes.values())


def _attribute(schema: Mapping[str, Any]) -> Attribute | None:
    """Read one attribute; None where part of it is not known yet."""
    name, kind = schema.get("name"), schema.get("attributeDataType")
    number = schema.get("numberAttributeConstraints") or {}
    string = schema.get("stringAttributeConstraints") or {}
    bounds = [number.get("minValue"), number.get("maxValue")]
    if kind != "Number":
        bounds = [string.get("minLength"), string.get("maxLength")]
    plain = (str, int, float, type(None))
    required = schema.get("required", False)
    known = all(isinstance(each, plain) for each in (kind, required, *bounds))
    if not isinstance(name, str) or not known:
        return None
    standard = _STANDARD.get(name)
    if standard is None:
        prefix = "dev:custom:" if schema.get("developerOnlyAttribute") is True else "custom:"
        name = name if name.startswith(("custom:", "dev:")) else prefix + name
        kind = kind or "String"
    else:
        kind = kind or standard.kind
        usual = [standard.minimum, standard.maximum]
        bounds = [old if new is None else new for old, new in zip(usual, bounds, strict=True)]
    low, high = bounds
    return Attribute.from_schema(
        {
            "Name": name,
            "AttributeDataType": kind,
            "Required": required is True,
            "NumberAttributeConstraints": {"MinValue": low, "MaxValue": high},
            "StringAttributeConstraints": {"MinLength": low, "MaxLength": high},
        }
    )


def _names(names: Any) -> tuple[str, ...] | None:
    if names is None:
        return ()
    if isinstance(names, list) and all(isinstance(name, str) for name in names):
        return tuple(names)
    return None


def _mfa(mfa: Any) -> Any:
    return mfa if mfa in ("ON", "OFF", "OPTIONAL") else None if isinstance(mfa, dict) else "OFF"


def _flag(flag: Any) -> bool | None:
    return flag if isinstance(flag, bool) else None
