"""The synthetic users of an import: their arguments, and what its user pool needs."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from aws_cdk import Annotations, Token

from ._lambda.user_import.users_csv import Limits
from .messages import synthetic as messages
from .pool_schema import known_pool
from .records import csv_text
from .synthetic import domains
from .synthetic.phone_numbers import AVAILABLE
from .synthetic.users import Settings, SyntheticUsers
from .synthetic_attributes import draws_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aws_cdk import aws_cognito as cognito
    from constructs import Construct

    from ._lambda.user_import.users_csv import Pool
    from .synthetic.users import SignInAttribute
    from .synthetic_attributes import AttributeValue

_SIGN_IN: tuple[SignInAttribute, ...] = ("email", "phone_number")
"""The attributes that can be the username; the first one that the user pool has is taken, because
there are more e-mail addresses than phone numbers."""

_ID = "cdk-cognito-user-import:synthetic-"


def settings_of(
    count: int,
    seed: str | int,
    domain: str,
    username: str | None,
    attributes: Mapping[str, AttributeValue] | None,
) -> Settings:
    """Return the settings of synthetic users, checked.

    Raises:
        TypeError: A name or value of an attribute has the wrong type.
        ValueError: An argument is not allowed, or is only known at deployment.
    """
    if not 1 <= count <= Limits().job_users:
        raise ValueError(messages.count_range(count, Limits().job_users))
    if Token.is_unresolved(domain):
        raise ValueError(messages.domain_unknown())
    if not domains.is_domain_name(domain):
        raise ValueError(messages.domain_invalid(domain, domains.LONGEST))
    if username is not None and username not in _SIGN_IN:
        raise ValueError(messages.username_invalid(username))
    return Settings(
        count,
        csv_text("synthetic", "seed", seed),
        domain.lower(),
        username,
        attributes=draws_of(attributes or {}),
    )


def users_for(settings: Settings, scope: Construct, user_pool: cognito.IUserPool) -> SyntheticUsers:
    """Return the synthetic users of an import into a user pool.

    Args:
        settings: The settings of the source.
        scope: The import, for its warnings.
        user_pool: The user pool, as the app has defined it so far; of another pool, nothing is
            known.

    Raises:
        ValueError: The user pool needs more phone numbers than there are.
    """
    pool = known_pool(user_pool)
    username = settings.username or _username(pool)
    without = settings.count - AVAILABLE
    if without > 0 and (username == "phone_number" or _needs_phone_numbers(pool)):
        raise ValueError(messages.phone_numbers_short(settings.count, AVAILABLE))
    annotations = Annotations.of(scope)
    if without > 0:
        text = messages.phone_numbers_left_out(without, settings.count, AVAILABLE)
        annotations.add_warning_v2(f"{_ID}phone-numbers", text)
    if not domains.is_reserved(settings.domain):
        text = messages.domain_not_reserved(settings.domain)
        annotations.add_warning_v2(f"{_ID}domain", text)
    return SyntheticUsers(replace(settings, username=username, required=_required(pool)))


def _username(pool: Pool) -> SignInAttribute | None:
    return next((each for each in _SIGN_IN if each in pool.username_forms), None)


def _needs_phone_numbers(pool: Pool) -> bool:
    return "phone_number" in _required(pool) or pool.auto_verified == ("phone_number",)


def _required(pool: Pool) -> tuple[str, ...]:
    return tuple(each.name for each in pool.attributes or () if each.required)
