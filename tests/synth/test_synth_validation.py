"""The check of users at synth: by the app's pool, once for every file, without their values."""

from __future__ import annotations

import datetime
import gzip
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from aws_cdk import App, CfnParameter, Stack, Stage
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_s3 as s3
from helpers.imports import import_into, pool_of
from helpers.synthesis import errors_of, messages_of

from cdk_cognito_user_import import ExportFormat, UserSource
from cdk_cognito_user_import._lambda.user_import.contract import Property
from cdk_cognito_user_import._lambda.user_import.users_csv import (
    STANDARD_ATTRIBUTES,
    Attribute,
    Normalization,
    Pool,
    Rule,
)
from cdk_cognito_user_import.messages import sources as source_messages
from cdk_cognito_user_import.messages import validations
from cdk_cognito_user_import.pool_schema import known_pool

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from aws_cdk.aws_cognito import CfnUserPool, Mfa

CANARY = "Kanarie"
"""Is in every value of the files here, and may be in no message and no file of synth."""

ADA = f"{CANARY}1,{CANARY}1@example.com,true"
ALAN = f"{CANARY}2,{CANARY}2@example.com,true"
ALL_COLUMNS = Pool(attributes=STANDARD_ATTRIBUTES).header or ()


def csv(*rows: str, header: str = "cognito:username,email,email_verified") -> str:
    return "\n".join([header, *rows, ""])


def complete(**values: Any) -> str:
    """A CSV with every column of a pool that has the standard ones, and one user."""
    values = {"cognito_username": CANARY, "email_verified": "true", **values}
    row = [values.get(name.replace(":", "_"), "") for name in ALL_COLUMNS]
    row[ALL_COLUMNS.index("email")] = f"{CANARY}@example.com"
    return csv(",".join(row), header=",".join(ALL_COLUMNS))


@dataclass(frozen=True)
class Ended:
    """How a synth ended."""

    folder: Path
    messages: list[tuple[str, str, str]]
    """Path, level and text of each finding."""
    error: str
    """What was thrown; empty where nothing was."""
    template: dict[str, Any]

    def reported(self, id_: str, level: str) -> list[str]:
        """The messages of an import with this level."""
        return [text for path, kind, text in self.messages if (path, kind) == (id_, level)]

    def errors(self, id_: str) -> list[str]:
        """The validation errors of an import."""
        return errors_of(self.error, f"Test/{id_}")

    @property
    def verdicts(self) -> list[Path]:
        """The files in the cache."""
        return sorted((self.folder / "user-import-checks").glob("*"))


def synth(folder: Path, build: Callable[..., Any]) -> Ended:
    """Build a stack and synthesise it into a folder, whether that succeeds or not."""
    app = App(outdir=str(folder), analytics_reporting=False)
    build(Stack(app, "Test"))
    try:
        stack = app.synth().get_stack_by_name("Test")
    except RuntimeError as error:
        return Ended(folder, [], str(error), {})
    return Ended(folder, messages_of(folder), "", stack.template)


def own_pool(**properties: Any) -> Callable[..., Any]:
    """A pool of the app with these properties; it verifies email addresses."""
    verify = cognito.AutoVerifiedAttrs(email=True)
    return lambda stack, id_: cognito.UserPool(stack, id_, **{"auto_verify": verify, **properties})


def foreign_pool(stack: Stack, id_: str) -> Any:
    return cognito.UserPool.from_user_pool_id(stack, id_, "eu-central-1_AbCdEfGhI")


def seed(
    stack: Stack,
    folder: Path,
    id_: str,
    text: str,
    *,
    pool: Callable[..., Any] = pool_of,
    **reading: Any,
) -> CfnUserPool:
    """Import a file of this text, named after the construct, into a pool of its own."""
    path = folder / f"{id_}.csv"
    path.write_text(text)
    user_pool = pool(stack, f"{id_}Pool")
    import_into(stack, id_, user_pool=user_pool, source=UserSource.from_file(path, **reading))
    resource: CfnUserPool = user_pool.node.default_child
    return resource


# What synth knows of a pool


@pytest.fixture(scope="module")
def pools() -> Callable[..., Any]:
    """A stack to make pools in, each with an id of its own."""
    stack = Stack()
    return lambda **properties: cognito.UserPool(
        stack, f"Pool{len(stack.node.children)}", **properties
    )


def attributes(pool: Pool) -> dict[str, Attribute]:
    assert pool.attributes is not None
    return {each.name: each for each in pool.attributes}


def test_a_pool_without_properties_is_completely_known(pools: Callable[..., Any]) -> None:
    assert known_pool(pools()) == Pool(
        attributes=STANDARD_ATTRIBUTES,
        auto_verified=(),
        aliases=(),
        username_attributes=(),
        mfa="OFF",
        case_sensitive=True,
    )


def test_a_pool_of_another_app_is_completely_unknown() -> None:
    assert known_pool(foreign_pool(Stack(), "Pool")) == Pool()


def test_required_standard_attributes_are_known_and_keep_their_bounds(
    pools: Callable[..., Any],
) -> None:
    required = cognito.StandardAttribute(required=True)
    optional = cognito.StandardAttribute(required=False)
    pool = known_pool(
        pools(
            standard_attributes=cognito.StandardAttributes(
                fullname=required,
                birthdate=required,
                phone_number=required,
                last_update_time=required,
                profile_page=optional,
            )
        )
    )
    assert {name for name, each in attributes(pool).items() if each.required} == {
        "name",
        "birthdate",
        "phone_number",
        "updated_at",
    }
    assert pool.attributes is not None
    assert [(each.name, each.kind, each.maximum) for each in pool.attributes] == [
        (each.name, each.kind, each.maximum) for each in STANDARD_ATTRIBUTES
    ]


@pytest.mark.parametrize(
    ("given", "known"),
    [
        (cognito.StringAttribute, Attribute("custom:x")),
        (
            lambda: cognito.StringAttribute(min_len=2, max_len=3),
            Attribute("custom:x", minimum=2, maximum=3),
        ),
        (lambda: cognito.StringAttribute(max_len=3), Attribute("custom:x", maximum=3)),
        (cognito.NumberAttribute, Attribute("custom:x", "Number")),
        (
            lambda: cognito.NumberAttribute(min=-5, max=10),
            Attribute("custom:x", "Number", minimum=-5, maximum=10),
        ),
        (lambda: cognito.NumberAttribute(min=1), Attribute("custom:x", "Number", minimum=1)),
        (cognito.BooleanAttribute, Attribute("custom:x", "Boolean")),
        (cognito.DateTimeAttribute, Attribute("custom:x", "DateTime")),
    ],
)
def test_custom_attributes_are_known_with_kind_and_bounds(
    pools: Callable[..., Any], given: Callable[..., Any] | type[Any], known: Attribute
) -> None:
    pool = known_pool(pools(custom_attributes={"x": given()}))
    assert attributes(pool)["custom:x"] == known
    assert pool.attributes is not None
    assert len(pool.attributes) == len(STANDARD_ATTRIBUTES) + 1


@pytest.mark.parametrize(
    ("aliases", "alias_attributes", "username_attributes"),
    [
        ({"username": True}, [], []),
        ({"username": True, "email": True}, ["email"], []),
        ({"username": True, "phone": True}, ["phone_number"], []),
        ({"username": True, "email": True, "phone": True}, ["email", "phone_number"], []),
        ({"username": True, "preferred_username": True}, ["preferred_username"], []),
        (
            {"username": True, "email": True, "preferred_username": True},
            ["email", "preferred_username"],
            [],
        ),
        ({"email": True}, [], ["email"]),
        ({"phone": True}, [], ["phone_number"]),
        ({"email": True, "phone": True}, [], ["email", "phone_number"]),
    ],
)
def test_every_form_of_sign_in_aliases_is_known(
    pools: Callable[..., Any],
    aliases: dict[str, bool],
    alias_attributes: list[Any],
    username_attributes: list[Any],
) -> None:
    pool = known_pool(pools(sign_in_aliases=cognito.SignInAliases(**aliases)))
    assert pool.aliases is not None
    assert pool.username_attributes is not None
    assert sorted(pool.aliases) == alias_attributes
    assert sorted(pool.username_attributes) == username_attributes


@pytest.mark.parametrize(
    ("properties", "verified"),
    [
        ({}, []),
        ({"auto_verify": cognito.AutoVerifiedAttrs(email=True)}, ["email"]),
        ({"auto_verify": cognito.AutoVerifiedAttrs(phone=True)}, ["phone_number"]),
        (
            {"auto_verify": cognito.AutoVerifiedAttrs(email=True, phone=True)},
            ["email", "phone_number"],
        ),
        ({"sign_in_aliases": cognito.SignInAliases(email=True)}, ["email"]),
        (
            {
                "sign_in_aliases": cognito.SignInAliases(email=True),
                "auto_verify": cognito.AutoVerifiedAttrs(phone=True),
            },
            ["phone_number"],
        ),
    ],
)
def test_auto_verified_attributes_are_known_when_explicit_or_the_cdks_default(
    pools: Callable[..., Any], properties: dict[str, Any], verified: list[Any]
) -> None:
    known = known_pool(pools(**properties)).auto_verified
    assert known is not None
    assert sorted(known) == verified


@pytest.mark.parametrize(
    ("mfa", "known"),
    [
        (None, "OFF"),
        (cognito.Mfa.OFF, "OFF"),
        (cognito.Mfa.OPTIONAL, "OPTIONAL"),
        (cognito.Mfa.REQUIRED, "ON"),
    ],
)
def test_the_second_factor_is_known(pools: Callable[..., Any], mfa: Mfa | None, known: str) -> None:
    assert known_pool(pools(mfa=mfa)).mfa == known


@pytest.mark.parametrize(("given", "known"), [(None, True), (True, True), (False, False)])
def test_case_sensitivity_is_known(
    pools: Callable[..., Any], given: bool | None, known: bool
) -> None:
    assert known_pool(pools(sign_in_case_sensitive=given)).case_sensitive is known


SCHEMA = cognito.CfnUserPool.SchemaAttributeProperty


def _bounded(token: str) -> Any:
    bounds = cognito.CfnUserPool.StringAttributeConstraintsProperty(max_length=token)
    return SCHEMA(name="x", attribute_data_type="String", string_attribute_constraints=bounds)


@pytest.mark.parametrize(
    ("change", "unknown"),
    [
        (lambda pool, text, _: setattr(pool, "mfa_configuration", text), "mfa"),
        (lambda pool, _, names: setattr(pool, "alias_attributes", names), "aliases"),
        (
            lambda pool, _, names: setattr(pool, "username_attributes", names),
            "username_attributes",
        ),
        (lambda pool, _, names: setattr(pool, "auto_verified_attributes", names), "auto_verified"),
        (lambda pool, text, _: setattr(pool, "schema", [_bounded(text)]), "attributes"),
        (
            lambda pool, text, _: setattr(
                pool, "schema", [SCHEMA(name=text, attribute_data_type="String")]
            ),
            "attributes",
        ),
        (
            lambda pool, text, _: setattr(
                pool, "schema", [SCHEMA(name="x", attribute_data_type=text)]
            ),
            "attributes",
        ),
    ],
    ids=["mfa", "aliases", "username", "auto_verify", "bounds", "name", "kind"],
)
def test_a_deploy_time_value_makes_only_its_own_part_unknown(
    change: Callable[..., Any], unknown: str
) -> None:
    stack = Stack()
    pool = pool_of(stack)
    whole = known_pool(pool)
    text = CfnParameter(stack, "Text").value_as_string
    names = CfnParameter(stack, "Names", type="CommaDelimitedList").value_as_list
    change(pool.node.default_child, text, names)
    known = known_pool(pool)
    assert getattr(known, unknown) is None
    others = {"attributes", "auto_verified", "aliases", "username_attributes", "mfa"} - {unknown}
    assert all(getattr(known, name) == getattr(whole, name) for name in others)


# A synth that succeeds


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Ended:
    """An app whose users can all be imported, most of them with a warning."""
    folder = tmp_path_factory.mktemp("good")

    def build(stack: Stack) -> None:
        seed(stack, folder, "Clean", complete())
        seed(stack, folder, "Twice", csv(ADA, ALAN, ADA))
        seed(stack, folder, "Mended", csv(f'"{CANARY}",{CANARY}@example.com,yes'))
        seed(stack, folder, "Foreign", csv(ADA), pool=foreign_pool)
        seed(stack, folder, "ForeignTwice", csv(ADA, ADA), pool=foreign_pool)
        late = seed(stack, folder, "Late", csv(ADA), pool=own_pool(auto_verify=None))
        late.auto_verified_attributes = ["email"]
        deployed = seed(stack, folder, "Deployed", csv(ADA))
        deployed.mfa_configuration = CfnParameter(stack, "Mfa").value_as_string
        seed(stack, folder, "Sensitive", csv("ada,a@example.com,true", "ADA,b@example.com,true"))
        seed(
            stack,
            folder,
            "Insensitive",
            csv("ada,a@example.com,true", "ADA,b@example.com,true"),
            pool=own_pool(sign_in_case_sensitive=False),
        )
        seed(
            stack,
            folder,
            "Mapped",
            csv(f"{CANARY},{CANARY}@example.com,{CANARY}", header="Login,E-mail,Shoe size"),
            columns={"Login": "cognito:username", "E-mail": "email", "Shoe size": None},
            constants={"email_verified": True},
        )
        seed(
            stack,
            folder,
            "Okta",
            csv(f"{CANARY},{CANARY}@example.com", header="login,email"),
            export=ExportFormat.OKTA,
            defaults={"locale": "en"},
            constants={"email_verified": True},
        )

    return synth(folder / "cdk.out", build)


def test_users_that_can_be_imported_let_the_synth_succeed(good: Ended) -> None:
    assert good.error == ""


def test_a_file_that_cognito_accepts_unchanged_is_not_reported(good: Ended) -> None:
    assert [text for path, _, text in good.messages if path == "Clean"] == []


@pytest.mark.parametrize("id_", ["Twice", "ForeignTwice", "Insensitive"])
def test_users_that_cognito_will_skip_are_a_warning_with_their_line(good: Ended, id_: str) -> None:
    (warning,) = good.reported(id_, "WARNING")
    line = 4 if id_ == "Twice" else 3
    file = good.folder.with_name(f"{id_}.csv")
    assert warning.startswith(validations.rule_warned(f"{id_}.csv", "CSV022", 1, ""))
    assert f"\n    {file}:{line}: column cognito:username" in warning


@pytest.mark.parametrize("id_", ["Clean", "Mended", "Foreign", "Sensitive"])
def test_there_is_no_warning_where_no_user_is_skipped(good: Ended, id_: str) -> None:
    assert good.reported(id_, "WARNING") == []


def test_normalizations_are_reported_with_their_number(good: Ended) -> None:
    (info,) = good.reported("Mended", "INFO")
    assert info.startswith("Mended.csv: ")
    assert f"{Normalization.BOOLEAN.value}: 1" in info
    assert f"{Normalization.QUOTES.value}: 1" in info


def test_deploy_time_rules_are_reported_for_a_pool_of_another_app(good: Ended) -> None:
    (info,) = good.reported("Foreign", "INFO")
    unchecked = (
        "custom and required attributes, which attributes must be verified, aliases and sign-in "
        "names, multi-factor authentication"
    )
    assert info.startswith(validations.left_for_deployment("Foreign.csv", unchecked))


def test_only_rules_of_deploy_time_values_are_deferred_for_a_pool_of_this_app(good: Ended) -> None:
    (info,) = (
        text for text in good.reported("Deployed", "INFO") if "left for the deployment" in text
    )
    assert ": multi-factor authentication" in info
    assert "not of this app" not in info


def test_no_rule_is_deferred_to_the_deployment_for_a_completely_known_pool(good: Ended) -> None:
    assert not any("left for" in text for text in good.reported("Twice", "INFO"))


def test_a_pool_that_verifies_after_the_import_was_made_is_accepted(good: Ended) -> None:
    assert good.reported("Late", "ERROR") == []


def test_no_value_of_a_user_is_in_a_message_or_a_cached_verdict_of_a_good_file(good: Ended) -> None:
    assert good.verdicts
    assert CANARY not in json.dumps(good.messages)
    assert not any(CANARY in path.read_text() for path in good.verdicts)


def readings(ended: Ended) -> dict[str, Any]:
    """The property of the custom resources that tells how to read, by the file's name."""
    resources = ended.template["Resources"].values()
    return {
        each["Properties"]["SourceName"]: each["Properties"].get("Reading")
        for each in resources
        if each["Type"] == "Custom::CognitoUserImport"
    }


def test_the_template_has_the_read_options_of_a_file_that_is_not_a_plain_csv(good: Ended) -> None:
    assert json.loads(readings(good)["Mapped.csv"]) == {
        "columns": {"Login": "cognito:username", "E-mail": "email", "Shoe size": None},
        "constants": {"email_verified": "true"},
    }
    assert json.loads(readings(good)["Okta.csv"]) == {
        "constants": {"email_verified": "true"},
        "defaults": {"locale": "en"},
        "export": "okta",
    }


def test_the_template_has_no_read_options_for_a_plain_csv(good: Ended) -> None:
    assert readings(good)["Clean.csv"] is None


# A synth that fails

MANY = 1234
PLAN = {"plan": cognito.StringAttribute(min_len=2, max_len=9)}
WITH_PLAN = "cognito:username,email,email_verified,custom:plan"
FULLNAME = cognito.StandardAttributes(fullname=cognito.StandardAttribute(required=True))
WRONG: dict[str, tuple[Callable[[Stack, str], Any], str, dict[str, Any], str, str]] = {
    "Required": (
        own_pool(standard_attributes=FULLNAME),
        csv(f"{ADA},", header="cognito:username,email,email_verified,name"),
        {},
        ":2: column name",
        "CSV023",
    ),
    "RequiredColumn": (
        own_pool(standard_attributes=FULLNAME),
        csv(ADA),
        {},
        ":1: column name",
        "CSV007",
    ),
    "TooLong": (
        own_pool(custom_attributes=PLAN),
        csv(f"{ADA},{CANARY}{CANARY}", header=WITH_PLAN),
        {},
        ":2: column custom:plan",
        "CSV033",
    ),
    "TooLittle": (
        own_pool(custom_attributes={"plan": cognito.NumberAttribute(min=5, max=9)}),
        csv(f"{ADA},4", header=WITH_PLAN),
        {},
        ":2: column custom:plan",
        "CSV031",
    ),
    "NoNumber": (
        own_pool(custom_attributes={"plan": cognito.NumberAttribute()}),
        csv(f"{ADA},{CANARY}", header=WITH_PLAN),
        {},
        ":2: column custom:plan",
        "CSV030",
    ),
    "NoBoolean": (
        own_pool(custom_attributes={"plan": cognito.BooleanAttribute()}),
        csv(f"{ADA},{CANARY}", header=WITH_PLAN),
        {},
        ":2: column custom:plan",
        "CSV032",
    ),
    "NoSuchCustom": (
        own_pool(),
        csv(f"{ADA},{CANARY}", header=WITH_PLAN),
        {},
        ":1: column custom:plan",
        "CSV004",
    ),
    "Unverified": (
        own_pool(),
        csv(f"{CANARY},{CANARY}@example.com,false"),
        {},
        ":2: column email_verified",
        "CSV024",
    ),
    "Alias": (
        own_pool(sign_in_aliases=cognito.SignInAliases(username=True, email=True)),
        csv(f"{CANARY}@example.com,{CANARY}@example.com,true"),
        {},
        ":2: column cognito:username",
        "CSV019",
    ),
    "EmailIsName": (
        own_pool(sign_in_aliases=cognito.SignInAliases(email=True)),
        csv(ADA),
        {},
        ":2: column cognito:username",
        "CSV020",
    ),
    "Factor": (
        own_pool(mfa=cognito.Mfa.OFF),
        csv(f"{ADA},true", header="cognito:username,email,email_verified,cognito:mfa_enabled"),
        {},
        ":2: column cognito:mfa_enabled",
        "CSV035",
    ),
    "Foreign": (
        foreign_pool,
        csv(f"{CANARY},{CANARY},true"),
        {},
        ":2: column email",
        "CSV026",
    ),
    "Mapped": (
        own_pool(),
        csv(f"{CANARY},{CANARY},true", header="Login,E-mail,email_verified"),
        {"columns": {"Login": "cognito:username", "E-mail": "email"}},
        ":2: column E-mail",
        "CSV026",
    ),
    "MappedToNothing": (
        own_pool(),
        csv(ADA),
        {"columns": {"E-mail": "email"}},
        "",
        "CSV008",
    ),
    "Okta": (
        own_pool(),
        csv(f"{CANARY},{CANARY}", header="login,email"),
        {"export": ExportFormat.OKTA, "constants": {"email_verified": True}},
        ":2: column email",
        "CSV026",
    ),
    "Keycloak": (
        own_pool(),
        json.dumps([{"username": CANARY}, {"username": f"{CANARY} {CANARY}"}]),
        {
            "export": ExportFormat.KEYCLOAK,
            "constants": {"email": "a@example.com", "email_verified": True},
        },
        "record 2, column username",
        "CSV017",
    ),
    "Auth0": (
        own_pool(),
        "\n".join(
            json.dumps({"user_id": f"auth0|{n}", "email": email, "email_verified": True})
            for n, email in enumerate(["a@example.com", CANARY])
        ),
        {"export": ExportFormat.AUTH0},
        "record 2, column email",
        "CSV026",
    ),
    "Strict": (
        foreign_pool,
        csv(f"{CANARY},{CANARY}@example.com,yes"),
        {"strict": True},
        ":2: column email_verified",
        "CSV039",
    ),
    "Constant": (
        own_pool(custom_attributes=PLAN),
        csv(ADA),
        {"constants": {"custom:plan": "ten letters or more"}},
        "",
        "CSV033",
    ),
}
"""Pool, file, how it is read, and of the only error: the end of its place (empty for a wrong
argument), and its rule."""


@pytest.fixture(scope="module")
def bad(tmp_path_factory: pytest.TempPathFactory) -> Ended:
    """An app with an import for everything that can be wrong."""
    folder = tmp_path_factory.mktemp("bad")

    def build(stack: Stack) -> None:
        for id_, (pool, text, reading, _, _) in WRONG.items():
            seed(stack, folder, id_, text, pool=pool, **reading)
        seed(stack, folder, "Clean", complete())
        seed(stack, folder, "Many", csv(*[f"{CANARY} {CANARY},{CANARY},true"] * MANY))
        seed(stack, folder, "NoAutoVerify", complete(), pool=own_pool(auto_verify=None))
        seed(stack, folder, "BothWrong", csv(f"{CANARY},x,"), pool=own_pool(auto_verify=None))
        late = seed(stack, folder, "Late", csv(ADA))
        late.schema = [SCHEMA(name="name", attribute_data_type="String", required=True)]
        stopped = seed(stack, folder, "Stopped", complete())
        stopped.auto_verified_attributes = []
        records: list[dict[str, Any]] = [
            {"cognito:username": CANARY, "email": f"{CANARY}@example.com", "email_verified": True},
            {"cognito:username": f"{CANARY}2", "email": CANARY, "email_verified": True},
        ]
        import_into(
            stack,
            "Records",
            user_pool=pool_of(stack, "RecordsPool"),
            source=UserSource.from_records(records),
        )

    return synth(folder / "cdk.out", build)


@pytest.mark.parametrize("id_", WRONG)
def test_violations_of_the_pools_rules_fail_the_synth_with_place_and_rule(
    bad: Ended, id_: str
) -> None:
    _, _, _, place, rule = WRONG[id_]
    (error,) = bad.errors(id_)
    heading, *where = error.splitlines()
    assert heading.startswith(validations.rule_broken(f"{id_}.csv", rule, 1, ""))
    file = "" if place.startswith("record") else f"{bad.folder.parent}/{id_}.csv"
    assert where == ([f"{file}{place}"] if place else [])


def test_an_import_without_problems_is_not_named_in_a_synth_that_fails(bad: Ended) -> None:
    assert bad.errors("Clean") == []
    assert "Test/Clean" not in bad.error


def test_records_are_reported_by_number(bad: Ended) -> None:
    (error,) = bad.errors("Records")
    heading, place = error.splitlines()
    assert heading.startswith("from_records cannot be imported (CSV026): ")
    assert place == "record 2, column email"


def test_a_pool_that_verifies_nothing_fails_the_synth_whatever_the_file(bad: Ended) -> None:
    assert bad.errors("NoAutoVerify") == [validations.no_auto_verify()]


def test_a_pool_that_verifies_nothing_and_a_wrong_file_are_two_errors(bad: Ended) -> None:
    wrong, unverified = bad.errors("BothWrong")
    assert wrong.startswith("BothWrong.csv cannot be imported (CSV026): ")
    assert unverified == validations.no_auto_verify()


def test_a_pool_that_was_changed_after_the_import_was_made_is_checked_as_it_is_now(
    bad: Ended,
) -> None:
    (error,) = bad.errors("Late")
    assert error.endswith("Late.csv:1: column name")


def test_a_pool_that_stops_verifying_after_the_import_was_made_fails_the_synth(bad: Ended) -> None:
    assert bad.errors("Stopped") == [validations.no_auto_verify()]


def test_of_each_rule_the_first_twenty_places_are_listed_and_all_are_counted(bad: Ended) -> None:
    errors = bad.errors("Many")
    file = bad.folder.with_name("Many.csv")
    assert len(errors) == 2
    for error, rule, column in zip(
        errors, ("CSV017", "CSV026"), ("cognito:username", "email"), strict=True
    ):
        heading, *places, more = error.splitlines()
        assert heading.startswith(validations.rule_broken("Many.csv", rule, MANY, ""))
        assert places == [f"{file}:{line}: column {column}" for line in range(2, 22)]
        assert more == validations.more_places(MANY - 20)


def test_no_value_of_a_user_is_in_an_error_or_a_cached_verdict_of_a_bad_file(bad: Ended) -> None:
    assert len(bad.verdicts) > len(WRONG)
    assert CANARY not in bad.error
    assert not any(CANARY in path.read_text() for path in bad.verdicts)


# The cache

MARK = "a verdict of the last synth"
BLANK = ("",)
"""A line that is removed, so that a verdict of this synth has a normalization, too."""


@pytest.fixture(scope="module")
def again(
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[Ended, Ended, dict[Path, dict[str, Any]]]:
    """Two synths into one folder, with every verdict of the first marked before the second.

    Beside imports of which nothing changes there is one for everything that may. The files of the
    second synth lie elsewhere, for the CDK hashes a path only once in a process.
    """
    outdir = tmp_path_factory.mktemp("again") / "cdk.out"

    def build(stack: Stack, *, changed: bool = False) -> None:
        folder = tmp_path_factory.mktemp("users")
        seed(stack, folder, "Same", csv(ADA))
        seed(stack, folder, "SameForeign", csv(ADA), pool=foreign_pool)
        twice = json.dumps([{"username": "ada", "email": "a@x.org", "emailVerified": True}] * 2)
        seed(stack, folder, "SameExport", twice, export=ExportFormat.KEYCLOAK)
        seed(stack, folder, "File", csv(ADA, ALAN if changed else ADA, *BLANK))
        pool = own_pool(mfa=cognito.Mfa.OPTIONAL if changed else cognito.Mfa.OFF)
        seed(stack, folder, "Pool", csv(ADA, ALAN, ALAN, *BLANK), pool=pool)
        constants = {"locale": "de" if changed else "en"}
        seed(stack, folder, "Reading", csv(ADA, ALAN, ADA, *BLANK), constants=constants)
        seed(stack, folder, "Broken", csv(ALAN, ALAN, ALAN))

    first = synth(outdir, build)
    kept = {path: json.loads(path.read_text()) for path in first.verdicts}
    for path, verdict in kept.items():
        path.write_text(json.dumps({**verdict, "normalized": MARK}))
        # The only file with two users too many.
        if [rule["count"] for rule in verdict["broken"]] == [2]:
            path.write_text("{")
    second = synth(outdir, lambda stack: build(stack, changed=True))
    return first, second, kept


@pytest.mark.parametrize("id_", ["Same", "SameForeign", "SameExport"])
def test_a_file_that_has_not_changed_is_not_read_again(
    again: tuple[Ended, Ended, dict[Path, dict[str, Any]]], id_: str
) -> None:
    _, second, _ = again
    assert any(MARK in text for text in second.reported(id_, "INFO"))


def test_a_verdict_of_the_last_synth_has_the_same_places(
    again: tuple[Ended, Ended, dict[Path, dict[str, Any]]],
) -> None:
    first, second, _ = again
    (warning,) = second.reported("SameExport", "WARNING")
    assert warning.splitlines()[1].strip().startswith("record 2, column username")
    assert first.reported("SameExport", "WARNING") == [warning]


@pytest.mark.parametrize("id_", ["File", "Pool", "Reading"])
def test_another_file_pool_or_reading_is_checked_again(
    again: tuple[Ended, Ended, dict[Path, dict[str, Any]]], id_: str
) -> None:
    _, second, _ = again
    assert second.reported(id_, "INFO") != []
    assert not any(MARK in text for text in second.reported(id_, "INFO"))


def test_the_new_verdict_of_a_changed_file_is_that_of_the_new_file(
    again: tuple[Ended, Ended, dict[Path, dict[str, Any]]],
) -> None:
    first, second, _ = again
    assert len(first.reported("File", "WARNING")) == 1
    assert second.reported("File", "WARNING") == []


def test_a_cached_verdict_that_cannot_be_read_is_made_again(
    again: tuple[Ended, Ended, dict[Path, dict[str, Any]]],
) -> None:
    _, second, _ = again
    (warning,) = second.reported("Broken", "WARNING")
    assert "Broken.csv:3: " in warning
    assert "Broken.csv:4: " in warning


def test_every_file_pool_and_reading_has_a_verdict_of_its_own(
    again: tuple[Ended, Ended, dict[Path, dict[str, Any]]],
) -> None:
    _, second, kept = again
    assert len(kept) == 7
    assert len(second.verdicts) == 10


def test_a_verdict_is_kept_as_rules_with_places(
    again: tuple[Ended, Ended, dict[Path, dict[str, Any]]],
) -> None:
    _, _, kept = again
    assert all(
        set(verdict) == {"broken", "normalized", "unchecked", "users"} for verdict in kept.values()
    )
    broken = [rule for verdict in kept.values() for rule in verdict["broken"]]
    assert {rule["id"] for rule in broken} == {"CSV022"}
    places = [place for rule in broken for place in rule["places"]]
    assert {tuple(location) for location, _ in places} == {
        (3, "cognito:username", "line", None),
        (4, "cognito:username", "line", None),
        (3, "username", "record", None),
    }


def test_no_value_of_a_user_is_in_the_name_or_text_of_a_cached_verdict(
    again: tuple[Ended, Ended, dict[Path, dict[str, Any]]],
) -> None:
    _, _, kept = again
    assert CANARY not in json.dumps({str(path): verdict for path, verdict in kept.items()})


# How a source says that it is to be read


@pytest.fixture(scope="module", params=["from_file", "from_bucket"])
def reading_of(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Callable[..., Any]:
    """The property ``Reading`` of a source made with these arguments; None where it has none."""
    path = tmp_path_factory.mktemp("source") / "users.csv"
    path.write_text(csv(ADA))
    stack = Stack()
    bucket = s3.Bucket(stack, "Bucket")

    def reading_of(**arguments: Any) -> Any:
        if request.param == "from_file":
            source = UserSource.from_file(path, **arguments)
        else:
            source = UserSource.from_bucket(bucket, "users.csv", **arguments)
        scope = Stack()
        bound = source.bind(scope, pool_of(scope))
        reading = bound.properties.get(Property.READING)
        return None if reading is None else json.loads(reading)

    return reading_of


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"export": None, "columns": None, "defaults": None, "constants": None, "strict": False},
        {"columns": {}, "defaults": {}, "constants": {}},
    ],
)
def test_a_plain_csv_has_no_property_reading(
    reading_of: Callable[..., Any], arguments: dict[str, Any]
) -> None:
    assert reading_of(**arguments) is None


@pytest.mark.parametrize(
    ("arguments", "reading"),
    [
        ({"strict": True}, {"strict": True}),
        *(({"export": each}, {"export": str(each)}) for each in ExportFormat),
        (
            {"columns": {"E-mail": "email", "Shoe size": None}},
            {"columns": {"E-mail": "email", "Shoe size": None}},
        ),
        ({"defaults": {"locale": "en"}}, {"defaults": {"locale": "en"}}),
        (
            {"export": ExportFormat.AUTH0, "constants": {"locale": "en"}, "strict": True},
            {"export": "auth0", "constants": {"locale": "en"}, "strict": True},
        ),
    ],
)
def test_the_property_reading_has_only_options_that_are_not_defaults(
    reading_of: Callable[..., Any], arguments: dict[str, Any], reading: dict[str, Any]
) -> None:
    assert reading_of(**arguments) == reading


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (True, "true"),
        (False, "false"),
        (datetime.date(1912, 6, 23), "06/23/1912"),
        (datetime.date(850, 1, 2), "01/02/0850"),
        (1471453471, "1471453471"),
        ("Lovelace, Ada", "Lovelace, Ada"),
        ("", ""),
    ],
)
@pytest.mark.parametrize("argument", ["defaults", "constants"])
def test_values_are_written_in_cognitos_format(
    reading_of: Callable[..., Any], argument: str, value: Any, written: str
) -> None:
    assert reading_of(**{argument: {"custom:x": value}}) == {argument: {"custom:x": written}}


@pytest.mark.parametrize("argument", ["defaults", "constants"])
def test_a_username_for_all_users_is_refused_at_once(
    reading_of: Callable[..., Any], argument: str
) -> None:
    with pytest.raises(ValueError, match="cognito:username cannot be the same for all users"):
        reading_of(**{argument: {"cognito:username": "ada"}})


def test_the_read_options_of_records_mark_them_as_records() -> None:
    source = UserSource.from_records([{"cognito:username": "ada"}])
    stack = Stack()
    reading = source.bind(stack, pool_of(stack)).properties[Property.READING]
    assert reading is not None
    assert json.loads(reading) == {"unit": "record"}


# A validation under the CDK CLI


def under_cli(folder: Path, patch: pytest.MonkeyPatch, build: Callable[..., Any]) -> Ended:
    patch.setenv("CDK_OUTDIR", str(folder))
    return synth(folder, build)


def test_under_the_cli_each_broken_rule_is_an_annotation_beside_the_warnings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def build(stack: Stack) -> None:
        text = csv(f"{CANARY} x,{CANARY}@example.com,true", f"{CANARY},{CANARY},true", ADA, ADA)
        seed(stack, tmp_path, "Wrong", text)

    ended = under_cli(tmp_path / "cdk.out", monkeypatch, build)
    assert ended.error == ""
    username, email = ended.reported("Wrong", "ERROR")
    assert username.endswith("(Annotation::cdk-cognito-user-import:CSV017)")
    assert email.endswith("(Annotation::cdk-cognito-user-import:CSV026)")
    assert "Wrong.csv:3: column email" in email
    (warning,) = ended.reported("Wrong", "WARNING")
    assert "Wrong.csv:5: column cognito:username" in warning


def test_under_the_cli_a_stack_in_a_stage_fails_the_synth(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def build(stack: Stack) -> None:
        seed(Stack(Stage(stack, "Prod"), "Inner"), tmp_path, "Wrong", csv(f"{CANARY},x,true"))

    error = under_cli(tmp_path / "cdk.out", monkeypatch, build).error
    assert [text.partition(":")[0] for text in errors_of(error, "Test/Prod/Inner/Wrong")] == [
        "Wrong.csv cannot be imported (CSV026)"
    ]


def test_a_synth_that_fails_without_the_cli_has_the_warnings_of_all_imports(
    tmp_path: Path,
) -> None:
    def build(stack: Stack) -> None:
        seed(stack, tmp_path, "First", csv(ADA, ADA))
        seed(stack, tmp_path, "Wrong", csv(f"{CANARY},x,true"))
        seed(stack, tmp_path, "AlsoWrong", csv(f"{CANARY},x,true"))
        seed(stack, tmp_path, "Last", csv(ADA, ADA, ADA))

    ended = synth(tmp_path / "cdk.out", build)
    error, *warnings = ended.errors("Wrong")
    assert error.startswith("Wrong.csv cannot be imported (CSV026): ")
    assert [each.partition(" (CSV022")[0] for each in warnings] == [
        validations.lost_warning("Test/First", "First.csv"),
        validations.lost_warning("Test/Last", "Last.csv"),
    ]
    assert len(ended.errors("AlsoWrong")) == 1


def test_a_stage_that_fails_has_the_errors_and_warnings_of_the_whole_app(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The CDK validates neither the app nor another stage after the first stage that fails."""

    def build(stack: Stack) -> None:
        seed(stack, tmp_path, "Late", csv(f"{CANARY},x,true", ADA, ADA))
        seed(Stack(Stage(stack, "Prod"), "Inner"), tmp_path, "Wrong", csv(f"{CANARY},x,true"))
        seed(Stack(Stage(stack, "Test"), "Inner"), tmp_path, "Last", csv(f"{CANARY} x,x,true"))

    error = under_cli(tmp_path / "cdk.out", monkeypatch, build).error
    heads = [text.partition(" (CSV")[0] for text in errors_of(error, "Test/Prod/Inner/Wrong")]
    assert heads == [
        "Wrong.csv cannot be imported",
        validations.lost_error("Test/Late", "Late.csv cannot be imported"),
        validations.lost_error("Test/Test/Inner/Last", "Last.csv cannot be imported"),
        validations.lost_error("Test/Test/Inner/Last", "Last.csv cannot be imported"),
        validations.lost_warning("Test/Late", "Late.csv"),
    ]


def test_findings_of_one_rule_with_different_texts_have_each_text_at_its_place(
    tmp_path: Path,
) -> None:
    def build(stack: Stack) -> None:
        header = "cognito:username,email,email_verified,emaill,nickname_"
        seed(stack, tmp_path, "Wrong", csv(f"{ADA},,", header=header))

    (error,) = synth(tmp_path / "cdk.out", build).errors("Wrong")
    heading, first, second = error.splitlines()
    requirement = validations.breaks_rule(Rule.UNKNOWN_COLUMN.requirement)
    assert heading == validations.rule_broken("Wrong.csv", "CSV004", 2, requirement)
    assert "Wrong.csv:1: column emaill: " in first
    assert "Wrong.csv:1: column nickname_: " in second


def test_the_place_of_a_file_below_the_working_directory_is_relative(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    ended = synth(
        tmp_path / "cdk.out", lambda stack: seed(stack, tmp_path, "Wrong", csv("ada,x,true"))
    )
    (error,) = ended.errors("Wrong")
    assert error.endswith("\nWrong.csv:2: column email")


def test_a_key_that_begins_with_a_slash_is_a_warning(tmp_path: Path) -> None:
    def build(stack: Stack) -> None:
        source = UserSource.from_bucket(s3.Bucket(stack, "Bucket"), "/exports/users.csv")
        import_into(stack, "Slash", source=source)

    (warning,) = synth(tmp_path / "cdk.out", build).reported("Slash", "WARNING")
    text = source_messages.key_with_slash(source_messages.KEY, "exports/users.csv")
    assert warning.startswith(text)


def test_a_file_that_gzip_has_compressed_is_checked_as_its_content(tmp_path: Path) -> None:
    file = tmp_path / "users.csv.gz"
    file.write_bytes(gzip.compress(csv("ada,x,true").encode()))

    def build(stack: Stack) -> None:
        import_into(stack, "Wrong", source=UserSource.from_file(file))

    (error,) = synth(tmp_path / "cdk.out", build).errors("Wrong")
    assert error.endswith("users.csv.gz:2: column email")


def test_a_gzip_file_that_is_cut_off_fails_the_synth(tmp_path: Path) -> None:
    file = tmp_path / "users.csv.gz"
    file.write_bytes(gzip.compress(csv("ada,ada@example.com,true").encode())[:-1])

    def build(stack: Stack) -> None:
        import_into(stack, "Wrong", source=UserSource.from_file(file))

    (error,) = synth(tmp_path / "cdk.out", build).errors("Wrong")
    assert "the gzip file is cut off before its end" in error


def test_a_pool_id_and_a_key_that_only_the_deployment_knows_are_passed(tmp_path: Path) -> None:
    def build(stack: Stack) -> None:
        text = CfnParameter(stack, "Text").value_as_string
        import_into(
            stack,
            "Tokens",
            user_pool=cognito.UserPool.from_user_pool_id(stack, "Pool", text),
            source=UserSource.from_bucket(s3.Bucket(stack, "Bucket"), text),
        )

    ended = synth(tmp_path / "cdk.out", build)
    assert (ended.error, ended.reported("Tokens", "WARNING")) == ("", [])
