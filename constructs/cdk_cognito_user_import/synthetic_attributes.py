"""The values that an app gives synthetic users, apart from those that they always have."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ._lambda.user_import.users_csv import join_row
from .argument_types import check_fields
from .messages import sources
from .messages import synthetic as messages
from .records import Value, check_name, csv_text
from .synthetic.draws import Between, Weighted
from .synthetic.users import OWN

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .synthetic.draws import Draw

_ARGUMENT = "attributes"


@dataclass(frozen=True, slots=True)
class Choices:
    """Values of synthetic users, drawn by weights.

    `Choices({"gold": 1, "free": 9})` makes about one user of ten gold. Another order of the values
    gives the users other values.

    Attributes:
        weights: The weight of each value, a whole number of 1 or more. None stands for a blank.

    Raises:
        TypeError: The weights are not a mapping, or a weight is not a whole number.
        ValueError: There are no values, or a weight is less than 1.
    """

    weights: Mapping[Value | None, int]

    def __post_init__(self) -> None:
        check_fields(self)
        if not self.weights:
            raise ValueError(messages.no_choices())
        for weight in self.weights.values():
            if not isinstance(weight, int) or isinstance(weight, bool):
                raise TypeError(messages.weight_type(weight))
            if weight < 1:
                raise ValueError(messages.weight_too_small(weight))


@dataclass(frozen=True, slots=True)
class NumberRange:
    """Whole numbers of synthetic users, each as often as the others.

    Attributes:
        minimum: The smallest number.
        maximum: The largest number.

    Raises:
        TypeError: A bound is not a whole number.
        ValueError: The maximum is less than the minimum.
    """

    minimum: int
    maximum: int

    def __post_init__(self) -> None:
        check_fields(self)
        if self.maximum < self.minimum:
            raise ValueError(messages.range_reversed(self.minimum, self.maximum))


AttributeValue = Value | Choices | NumberRange | None
"""The value of an attribute for all synthetic users, or how each user's is drawn."""


def draws_of(attributes: Mapping[str, AttributeValue]) -> dict[str, Draw]:
    """Return how each attribute is drawn.

    Raises:
        TypeError: A name or value has the wrong type.
        ValueError: A name is not that of a column or is one that users have, or a value cannot be
            written.
    """
    return {_checked_name(name): _draw(name, value) for name, value in attributes.items()}


def _checked_name(name: object) -> str:
    if not isinstance(name, str):
        raise TypeError(sources.mapping_key_type(_ARGUMENT, name))
    check_name(_ARGUMENT, name)
    if name in OWN:
        raise ValueError(messages.own_attribute(name))
    return name


def _draw(name: str, value: object) -> Draw:
    match value:
        case NumberRange():
            return Between(value.minimum, value.maximum)
        case Choices():
            return Weighted(
                (_escaped(name, each), weight) for each, weight in value.weights.items()
            )
        case _:
            return Weighted([(_escaped(name, value), 1)])


def _escaped(name: str, value: object) -> str:
    if not isinstance(value, (str, int, datetime.date, type(None))):
        raise TypeError(messages.attribute_type(name, value))
    text = csv_text(_ARGUMENT, name, value)
    try:
        return join_row([text])
    except ValueError as error:
        place = f"{_ARGUMENT}: {name}"
        raise ValueError(sources.value_not_in_dialect(place, str(error))) from None
