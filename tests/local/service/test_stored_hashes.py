"""Users of other systems sign in at the local AWS with their converted hashes."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError
from helpers.apps import App
from helpers.import_world import code_of, user

from user_import.users_csv.password_hashes import ConvertedHash
from user_import.users_csv.password_hashes.conversion import convert

if TYPE_CHECKING:
    from helpers.import_world import World

CONTENT = json.loads((Path(__file__).parents[2] / "unit/password_hashes/vectors.json").read_text())
PASSWORD = CONTENT["password"]


def test_a_user_of_every_convertible_system_signs_in_with_the_own_password_alone(
    world: World,
) -> None:
    by_algorithm: dict[str, dict[str, str]] = defaultdict(dict)
    for number, each in enumerate(CONTENT["vectors"]):
        got = convert(each["stored"])
        if isinstance(got, ConvertedHash):
            by_algorithm[got.algorithm][f"user{number}"] = got.text
    for algorithm, hashes in by_algorithm.items():
        people = [
            user(name, password_hash=text.replace(",", "\\,")) for name, text in hashes.items()
        ]
        job = world.run(world.csv(*people), PasswordHashingAlgorithm=algorithm)
        assert job["ImportedUsers"] == len(hashes)
    assert len(by_algorithm) == 4
    app = App(world)
    for name in [name for hashes in by_algorithm.values() for name in hashes]:
        with pytest.raises(ClientError) as error:
            app.signs_in("USER_PASSWORD_AUTH", name, f"{PASSWORD}!")
        assert code_of(error) == "NotAuthorizedException"
        assert app.signs_in("USER_PASSWORD_AUTH", name, PASSWORD)["AccessToken"]
