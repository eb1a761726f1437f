"""Exports that people really have: the files of tests/cases, and others of the same kinds."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from user_import.users_csv import (
    ExportFormat,
    Finding,
    Limits,
    Normalization,
    Pool,
    ReadOptions,
    Rule,
    UserKind,
    ValidationReport,
    column_problems,
    decoded_text,
    header_messages,
    validate_file,
    validate_users,
)
from user_import.users_csv import messages as csv_messages
from user_import.users_csv.dialect import split_row
from user_import.users_csv.exports import LEFT_OUT, ExportError, ExportReading, messages
from user_import.users_csv.exports.registry import EXPORTS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

CASES = Path(__file__).parents[1] / "cases"
SECRET = "Kanarie"
AUTH0, OKTA, FIREBASE, KEYCLOAK, COGNITO, SUPABASE, CLERK, FUSIONAUTH = ExportFormat
EXTERNAL = frozenset({UserKind.EXTERNAL_PROVIDER})
DISABLED = frozenset({UserKind.DISABLED})
LINKS = {
    COGNITO: "identities",
    FIREBASE: "providerUserInfo",
    KEYCLOAK: "federatedIdentities",
    SUPABASE: "raw_app_meta_data",
}
GOOGLE = [{"userId": "123", "providerName": "Google"}]


class Checked(NamedTuple):
    report: ValidationReport
    found: list[Finding]
    written: list[list[str]]

    @property
    def rules(self) -> list[Rule]:
        return [each.rule for each in self.found]


def case(name: str, file: str, export: ExportFormat | None, **options: Any) -> Checked:
    folder = CASES / name
    pool = Pool.from_description(
        json.loads(decoded_text((folder / "pool.json").read_bytes()))["UserPool"]
    )
    found: list[Finding] = []
    reading = ReadOptions(export=export, **options)
    report = validate_file(folder / file, pool, options=reading, sink=found.append)
    return Checked(report, found, [])


def check(export: ExportFormat, data: bytes | str, **options: Any) -> Checked:
    """Validate a file for a pool of which only the standard attributes are known."""
    found: list[Finding] = []
    written: list[bytes] = []
    data = data.encode() if isinstance(data, str) else data
    report = validate_users(
        [data],
        Pool(),
        written.append,
        options=ReadOptions(export=export, **options),
        sink=found.append,
    )
    assert SECRET not in str(found)
    header = report.staged.header.strip().split(",") if report.staged else []
    rows = b"".join(written).decode().splitlines()
    return Checked(report, found, [header, *(split_row(row) for row in rows)])


def rows_of(checked: Checked) -> list[dict[str, str]]:
    header, *rows = checked.written
    return [{n: v for n, v in zip(header, row, strict=True) if v} for row in rows]


def cognito(*users: Mapping[str, Any]) -> str:
    return json.dumps({"Users": [user(**each) for each in users]})


def user(username: str, identities: Any = None, **more: Any) -> dict[str, Any]:
    attributes = [
        {"Name": "email", "Value": "ada@example.com"},
        {"Name": "email_verified", "Value": "true"},
        {"Name": "sub", "Value": "0f1"},
    ]
    if identities is not None:
        text = identities if isinstance(identities, str) else json.dumps(identities)
        attributes.append({"Name": "identities", "Value": text})
    return {"Username": username, "Attributes": attributes, "Enabled": True} | more


def convert(export: ExportFormat, data: str | bytes, **options: Any) -> tuple[str, ExportReading]:
    reading = ExportReading(**options)
    data = data.encode() if isinstance(data, str) else data
    return b"".join(EXPORTS[export].to_csv([data], reading)).decode(), reading


# The cases


def test_a_record_of_firebase_with_quotes_is_one_finding_that_says_to_export_json() -> None:
    checked = case("52-firebase-quotes", "users.csv", FIREBASE)
    (finding,) = checked.found
    assert finding.rule is Rule.EXPORT
    assert finding.text == messages.of_users("record 1", 0, messages.firebase_values(28))


def test_users_of_an_external_provider_are_refused() -> None:
    checked = case("71-external-verified", "users.json", COGNITO)
    (finding,) = checked.found
    assert finding.rule is Rule.EXCLUDED_USER
    assert finding.text.startswith("record 2: ")


def test_users_of_an_external_provider_are_left_out_by_choice_and_counted() -> None:
    checked = case("71-external-verified", "users.json", COGNITO, leave_out=EXTERNAL)
    assert not checked.found
    assert checked.report.users == 1
    assert checked.report.normalized[Normalization.EXTERNAL_LEFT_OUT] == 1
    assert Normalization.BLANK_LINE not in checked.report.normalized


def test_json_of_powershell_is_read() -> None:
    checked = case("72-powershell-json", "users.json", COGNITO)
    assert (checked.found, checked.report.users) == ([], 1)
    assert checked.report.normalized[Normalization.UTF_16] == 1


def test_a_pool_of_powershell_is_read() -> None:
    checked = case("73-powershell-pool", "users.csv", None)
    assert (checked.found, checked.report.users) == ([], 1)


def test_an_export_without_users_is_one_error() -> None:
    checked = case("77-empty-users", "users.json", COGNITO)
    assert [(each.rule, each.text) for each in checked.found] == [
        (Rule.NO_USERS, messages.NO_USERS)
    ]


def test_an_old_id_is_kept_where_it_is_mapped() -> None:
    checked = case("e0-keep-sub", "users.json", COGNITO, columns={"sub": "custom:old_sub"})
    assert (checked.found, checked.report.users) == ([], 1)


# Users of an external provider


@pytest.mark.parametrize(
    "external",
    [
        {"username": "google_123", "UserStatus": "EXTERNAL_PROVIDER"},
        {"username": "x", "UserStatus": "external_provider"},
        {"username": "google_123", "identities": GOOGLE, "UserStatus": "CONFIRMED"},
        {"username": "Okta-Staff_u@example.com", "identities": [
            {"userId": "9", "providerName": "Google"},
            {"userId": "u@example.com", "providerName": "Okta-Staff"},
        ]},
        {"username": "facebook_9", "identities": [{"userId": 9, "providerName": "Facebook"}]},
    ],
)  # fmt: skip
def test_the_name_of_a_provider_is_compared_in_any_case(external: Any) -> None:
    data = cognito({"username": "ada"}, external, {"username": "bob"}, external)
    checked = check(COGNITO, data)
    assert [(each.rule, each.text) for each in checked.found] == [
        (
            Rule.EXCLUDED_USER,
            messages.of_users("record 2", 1, messages.EXTERNAL_PROVIDER_USERS),
        )
    ]
    assert check(COGNITO, data, leave_out=EXTERNAL, strict=False).report.users == 2


@pytest.mark.parametrize("identities", [GOOGLE, [GOOGLE[0] | {"userId": 7}], "[x", "{}", [None]])
def test_another_user_with_entries_is_imported_with_a_warning(identities: Any) -> None:
    checked = check(COGNITO, cognito({"username": "ada", "identities": identities}))
    assert checked.rules == [Rule.PROVIDER_LINK]
    assert checked.report.staged is not None
    assert [row["cognito:username"] for row in rows_of(checked)] == ["ada"]


@pytest.mark.parametrize("identities", ["[]", "", " ", [], None])
def test_an_empty_list_of_identities_is_nothing(identities: Any) -> None:
    assert not check(COGNITO, cognito({"username": "ada", "identities": identities})).found


def test_no_other_user_changes_its_number_because_of_one_who_is_left_out() -> None:
    data = cognito(
        {"username": "google_123", "identities": GOOGLE},
        {"username": "off", "Enabled": False},
        {"username": "has space"},
    )
    checked = check(COGNITO, data, leave_out=EXTERNAL | DISABLED)
    (finding,) = checked.found
    assert finding.describe().startswith("record 3, column Username")
    assert checked.report.normalized[Normalization.DISABLED_LEFT_OUT] == 1
    assert checked.report.normalized[Normalization.EXTERNAL_LEFT_OUT] == 1


def test_users_left_out_by_choice_are_not_an_error_with_strict() -> None:
    data = cognito({"username": "off", "Enabled": False}, {"username": "ada"})
    assert not check(COGNITO, data, leave_out=DISABLED, strict=True).found


def test_disabled_and_external_users_are_reported_together() -> None:
    data = cognito(
        {"username": "google_123", "identities": GOOGLE}, {"username": "off", "Enabled": False}
    )
    assert check(COGNITO, data).rules == [Rule.EXCLUDED_USER, Rule.EXCLUDED_USER]


def test_a_disabled_external_user_is_counted_once() -> None:
    data = cognito(
        {"username": "google_1", "UserStatus": "EXTERNAL_PROVIDER", "Enabled": False},
        {"username": "ada"},
    )
    checked = check(COGNITO, data, leave_out=EXTERNAL | DISABLED)
    assert checked.report.normalized[Normalization.DISABLED_LEFT_OUT] == 1
    assert Normalization.EXTERNAL_LEFT_OUT not in checked.report.normalized


def test_an_export_of_which_all_users_are_left_out_has_none() -> None:
    data = cognito({"username": "off", "Enabled": False})
    (finding,) = check(COGNITO, data, leave_out=DISABLED).found
    assert (finding.rule, finding.text) == (Rule.NO_USERS, messages.all_left_out(1))


@pytest.mark.parametrize(
    ("export", "data"),
    [
        (AUTH0, "user_id,email,blocked\nauth0|1,a@example.com,true\n"),
        (OKTA, "login,email,status\na,a@example.com,SUSPENDED\n"),
        (FIREBASE, f"u1{',' * 25},true,\n"),
        (KEYCLOAK, '[{"username": "a", "enabled": false}]'),
        (CLERK, "id,banned\nuser_1,true\n"),
        (SUPABASE, "id,banned_until\n1,2030-01-01\n"),
    ],
)
def test_an_export_of_refused_users_only_is_one_error(export: ExportFormat, data: str) -> None:
    checked = check(export, data, constants={"email_verified": "true"})
    assert checked.rules == [Rule.EXCLUDED_USER]


@pytest.mark.parametrize(
    ("export", "data"),
    [
        (AUTH0, "user_id,email,blocked\n'auth0|1,'a@example.com,true\n'auth0|2,'b@x.org,\n"),
        (OKTA, "login;email;status\r\na;a@example.com;SUSPENDED\r\nb;b@x.org;ACTIVE\r\n"),
        (FIREBASE, f"u1{',' * 25},true,\nu2,b@x.org{',' * 24},false,\n"),
        (FIREBASE, '[{"localId": "a", "disabled": true}, {"localId": "b", "email": "b@x.org"}]'),
        (KEYCLOAK, '[{"username": "a", "enabled": false}, {"username": "b", "email": "b@x.org"}]'),
        (CLERK, "id,banned,primary_email_address\na,TRUE,\nb,,b@x.org\n"),
        (SUPABASE, '[{"id": "a", "deleted_at": "2024"}, {"id": "b", "email": "b@x.org"}]'),
    ],
)
def test_disabled_users_of_every_provider_are_left_out_by_choice(
    export: ExportFormat, data: str
) -> None:
    verified = {"email_verified": "true"}
    checked = check(export, data, leave_out=DISABLED, constants=verified)
    assert not checked.found
    assert checked.report.normalized[Normalization.DISABLED_LEFT_OUT] == 1
    assert [row["email"] for row in rows_of(checked)] == ["b@x.org"]


def test_for_more_gaps_than_are_counted_the_export_is_to_be_converted() -> None:
    users = [
        {"username": f"u{n}", "enabled": n % 2 > 0} for n in range(2 * (Limits().line_gaps + 2))
    ]
    (finding,) = check(KEYCLOAK, json.dumps(users), leave_out=DISABLED).found
    assert finding.rule is Rule.BLANK_LINES
    assert "convert" in finding.text
    checked = check(KEYCLOAK, json.dumps(users[:500]), leave_out=DISABLED)
    assert checked.report.users == 250
    assert checked.report.normalized[Normalization.DISABLED_LEFT_OUT] == 250


# Users who sign in with another provider


@pytest.mark.parametrize(
    "user_id",
    [
        "google-oauth2|10",
        "facebook|1",
        "samlp|company|a@example.com",
        "waad|x",
        "oidc|sso|1",
        "apple|1.2",
    ],
)
def test_social_users_of_auth0_are_reported_in_a_csv_and_in_json(user_id: str) -> None:
    users = [
        {"user_id": each, "email": "a@example.com", "email_verified": True}
        for each in ("auth0|1", user_id)
    ]
    ndjson = "\n".join(map(json.dumps, users))
    table = "user_id,email,email_verified\n" + "".join(
        f"'{each['user_id']},'a@example.com,true\n" for each in users
    )
    reason = messages.users_of_other_providers(
        "user_id begins with another connection than auth0, email or sms"
    )
    for data, place in (
        (ndjson, "record 2"),
        (table, "line 3"),
        (table.replace("user_id", "Id"), "line 3"),
    ):
        checked = check(AUTH0, data)
        assert checked.rules == [Rule.PROVIDER_SIGN_IN]
        assert checked.found[0].text == messages.of_users(place, 0, reason)
        assert checked.report.users == 2
        left_out = check(AUTH0, data, leave_out=EXTERNAL)
        assert not left_out.found
        assert left_out.report.users == 1


@pytest.mark.parametrize("user_id", ["auth0|1", "email|1", "sms|1", "plain", "auth0|google|1"])
def test_other_users_of_auth0_are_not_social(user_id: str) -> None:
    assert not check(AUTH0, f"user_id,email\n'{user_id},'a@example.com\n").found
    assert not check(AUTH0, json.dumps({"user_id": user_id, "name": "a"})).found


@pytest.mark.parametrize(
    ("export", "of"),
    [
        (COGNITO, {"Username": "a", "Attributes": [{"Name": "identities", "Value": "[{}]"}]}),
        (FIREBASE, {"localId": "a", "providerUserInfo": [{"providerId": "google.com"}]}),
        (KEYCLOAK, {"username": "a", "federatedIdentities": [{"identityProvider": "google"}]}),
        (SUPABASE, {"id": "a", "raw_app_meta_data": {"providers": ["email", "google"]}}),
        (SUPABASE, {"id": "a", "raw_app_meta_data": '{"providers": ["phone", "apple"]}'}),
    ],
)
def test_a_link_to_a_provider_is_lost_with_a_warning(export: ExportFormat, of: Any) -> None:
    checked = check(export, json.dumps([of]), leave_out=EXTERNAL)
    assert [(each.rule, each.text) for each in checked.found] == [
        (Rule.PROVIDER_LINK, messages.of_users("record 1", 0, messages.linked_users(LINKS[export])))
    ]
    assert checked.report.users == 1


def test_a_link_in_firebase_s_csv_is_lost_with_a_warning() -> None:
    line = ["u1", *[""] * 6, "google-id", *[""] * 20]
    (finding,) = check(FIREBASE, ",".join(line) + "\n").found
    assert finding.rule is Rule.PROVIDER_LINK
    assert finding.text.endswith(messages.linked_users(LINKS[FIREBASE]))


@pytest.mark.parametrize(
    "providers",
    [
        {"providerUserInfo": [{"providerId": "password"}, {"providerId": "phone"}, 1]},
        {"providerUserInfo": []},
        {"providerUserInfo": "x"},
    ],
)
def test_firebase_s_own_providers_are_no_links(providers: Any) -> None:
    assert not check(FIREBASE, json.dumps([{"localId": "a", **providers}])).found


@pytest.mark.parametrize(
    "of",
    [
        {"raw_app_meta_data": {"provider": "google", "providers": ["google"]}},
        {"raw_app_meta_data": '{"provider": "azure"}'},
        {"is_sso_user": True},
        {"is_sso_user": "t"},
    ],
)
def test_users_of_supabase_without_a_password_are_reported_and_may_be_left_out(of: Any) -> None:
    data = json.dumps([{"id": "1"}, {"id": "2", **of}])
    checked = check(SUPABASE, data)
    reason = messages.users_of_other_providers(
        "the providers in raw_app_meta_data are not email or phone"
    )
    assert checked.rules == [Rule.PROVIDER_SIGN_IN]
    assert checked.found[0].text == messages.of_users("record 2", 0, reason)
    assert check(SUPABASE, data, leave_out=EXTERNAL).report.users == 1


@pytest.mark.parametrize(
    "of", [{}, {"raw_app_meta_data": None}, {"raw_app_meta_data": "x"}, {"is_sso_user": False}]
)
def test_other_users_of_supabase_are_not_reported(of: Any) -> None:
    assert not check(SUPABASE, json.dumps([{"id": "1", **of}])).found


# Any field by its name


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("sub", "0f1"),
        ("UserCreateDate", "2024-01-23T02:40:26.413000+05:30"),
        ("UserStatus", "CONFIRMED"),
        ("UserLastModifiedDate", "1689030181.63"),
        ("Enabled", "true"),
        ("Username", "ada"),
    ],
)
def test_every_field_of_cognito_is_a_column_where_it_is_mapped(field: str, value: str) -> None:
    data = cognito(
        {
            "username": "ada",
            "UserCreateDate": "2024-01-23T02:40:26.413000+05:30",
            "UserLastModifiedDate": 1689030181.63,
            "UserStatus": "CONFIRMED",
        }
    )
    text, _ = convert(COGNITO, data, columns=frozenset({field}))
    (row,) = csv.DictReader(io.StringIO(text))
    assert row[field] == value
    text, _ = convert(COGNITO, data)
    assert set(text.splitlines()[0].split(",")) == {"Username", "email", "email_verified"}


@pytest.mark.parametrize(
    ("export", "of", "path", "value"),
    [
        (AUTH0, {"user_id": "a", "user_metadata": {"plan": "gold"}}, "user_metadata.plan", "gold"),
        (
            AUTH0,
            {"user_id": "a", "identities": [{"connection": "db"}]},
            "identities[0].connection",
            "db",
        ),
        (FIREBASE, {"localId": "a", "createdAt": "1508255889000"}, "createdAt", "1508255889000"),
        (KEYCLOAK, {"username": "a", "groups": ["/staff"]}, "groups", "/staff"),
        (KEYCLOAK, {"username": "a", "access": {"view": True}}, "access.view", "true"),
        (SUPABASE, {"id": "a", "raw_user_meta_data": {"n": 1}}, "raw_user_meta_data.n", "1"),
        (SUPABASE, {"id": "a", "email_confirmed_at": "2024"}, "email_confirmed_at", "2024"),
        (KEYCLOAK, {"username": "a", "groups": []}, "groups", None),
    ],
)  # fmt: skip
def test_a_field_anywhere_in_json_is_a_column_where_it_is_mapped(
    export: ExportFormat, of: Any, path: str, value: str | None
) -> None:
    text, _ = convert(export, json.dumps([of]), columns=frozenset({path}))
    (row,) = csv.DictReader(io.StringIO(text))
    assert row.get(path) == value


@pytest.mark.parametrize("path", ["user_metadata.x", "x", "identities[1].y", "user_id.x", "a[0]"])
def test_a_field_that_no_user_has_is_not_a_column(path: str) -> None:
    data = json.dumps({"user_id": "auth0|1", "identities": [{}], "user_metadata": []})
    checked = check(AUTH0, data, columns={path: "nickname"})
    assert checked.rules == [Rule.COLUMN_NOT_FOUND]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ([1, 2], messages.several_values(2, "groups")),
        ({"a": 1}, messages.not_one_value("groups")),
        ([[1]], messages.not_one_value("groups")),
    ],
)
def test_a_mapped_field_of_several_values_is_refused(value: Any, text: str) -> None:
    data = json.dumps([{"user_id": "auth0|1"}, {"user_id": "auth0|2", "groups": value}])
    with pytest.raises(ExportError) as caught:
        convert(AUTH0, data, columns=frozenset({"groups"}))
    assert str(caught.value) == messages.at("record 2, groups", text)


def test_several_values_of_an_attribute_of_keycloak_that_is_mapped_are_refused() -> None:
    data = json.dumps([{"username": "a", "attributes": {"team": ["x", SECRET]}}])
    checked = check(KEYCLOAK, data, columns={"attributes.team": "nickname"})
    assert checked.rules == [Rule.EXPORT]


SEVERAL = [
    (KEYCLOAK, {"username": "a", "attributes": {"locale": ["de", "en"]}}, "attributes.locale"),
    (SUPABASE, {"id": "a", "raw_user_meta_data": {"full_name": ["de", "en"]}},
     "raw_user_meta_data.full_name"),
]  # fmt: skip


@pytest.mark.parametrize(("export", "user", "field"), SEVERAL)
def test_a_preset_s_field_of_several_values_is_refused_unless_it_is_left_out_or_replaced(
    export: ExportFormat, user: Any, field: str
) -> None:
    data = json.dumps([user])
    own = EXPORTS[export].columns[field]
    (finding,) = check(export, data).found
    assert finding.text.endswith(messages.several_values(2, field))
    name = {"cognito:username": "a"}
    of: list[tuple[dict[str, Any], dict[str, str]]] = [
        ({"columns": {field: None}}, {}),
        ({"columns": {field: ()}}, {}),
        ({"columns": {f"{field}[0]": own}}, {own: "de"}),
        ({"columns": {f"{field}[1]": (own, "nickname")}}, {own: "en", "nickname": "en"}),
        ({"columns": {f"{field}[1]": "nickname", field: None}}, {"nickname": "en"}),
        ({"constants": {own: "fr"}}, {own: "fr"}),
    ]
    for options, expected in of:
        checked = check(export, data, **options)
        assert not checked.found
        assert rows_of(checked) == [name | expected]
    for columns in ({f"{field}[1]": "nickname"}, {field: own}, {field: "nickname"}):
        assert check(export, data, columns=columns).rules == [Rule.EXPORT]


@pytest.mark.parametrize("value", [["x", "y"], {"a": 1}, [["x"]]])
def test_a_field_that_is_left_out_may_have_several_values(value: Any) -> None:
    data = json.dumps([{"user_id": "a", "user_metadata": {"tags": value}}])
    for field in ("user_metadata.tags", "user_metadata"):
        checked = check(AUTH0, data, columns={field: None})
        assert not checked.found
        assert rows_of(checked) == [{"cognito:username": "a"}]


# Encodings


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig"])
@pytest.mark.parametrize(
    ("export", "data"),
    [
        (COGNITO, '[{"Username": "zoë"}]'),
        (KEYCLOAK, '{"users": [{"username": "zoë"}]}'),
        (FIREBASE, '[{"localId": "zoë"}]'),
        (FIREBASE, "zoë" + "," * 28 + "\n"),
        (AUTH0, '{"user_id": "zoë"}\n'),
        (AUTH0, "user_id,name,blocked\n'zoë,'Zoë,false\n"),
        (SUPABASE, "id\nzoë\n"),
        (CLERK, "id\nzoë\n"),
        (OKTA, "login,status\nzoë,ACTIVE\n"),
    ],
)
def test_every_export_is_read_in_utf_16_and_with_a_byte_order_mark(
    export: ExportFormat, data: str, encoding: str
) -> None:
    checked = check(export, data.encode(encoding))
    assert not checked.found
    assert [row["cognito:username"] for row in rows_of(checked)] == ["zoë"]
    kind = Normalization.UTF_16 if encoding == "utf-16" else Normalization.BYTE_ORDER_MARK
    assert checked.report.normalized[kind] == 1


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"\xff\xfe\x00\x00[\x00\x00\x00", csv_messages.UTF_32),
        (b"\xff\xfe[\x00\x00", csv_messages.BROKEN_UTF_16),
        (b"\xff\xfe[\x00{\x00\x00\xd8a\x00", csv_messages.BROKEN_UTF_16),
        (b'[{"Username": "\xff', csv_messages.NOT_UTF_8),
    ],
)
def test_json_of_another_encoding_is_one_error(data: bytes, text: str) -> None:
    (finding,) = check(COGNITO, data).found
    assert finding.rule is Rule.ENCODING
    assert finding.text.endswith(text)


def test_a_csv_that_breaks_off_in_utf_16_is_one_error() -> None:
    data = "login,email,status\na,a@example.com,ACTIVE\n".encode("utf-16") + b"\x00"
    (finding,) = check(OKTA, data, constants={"email_verified": "true"}).found
    assert finding.rule is Rule.ENCODING


@pytest.mark.parametrize("data", [b"\xff\xfe\x00\x00", b"\xff\xfe\x00", b"\xff"])
def test_text_in_an_unsupported_encoding_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"UTF|utf"):
        decoded_text(data)


# A user a line


@pytest.mark.parametrize("end", ["\n", "\r\n", "\n\n", " "])
@pytest.mark.parametrize(
    ("export", "key"),
    [
        (COGNITO, "Username"),
        (AUTH0, "user_id"),
        (FIREBASE, "localId"),
        (KEYCLOAK, "username"),
        (SUPABASE, "id"),
    ],
)
def test_users_of_every_json_may_come_one_a_line(export: ExportFormat, key: str, end: str) -> None:
    lines = [json.dumps({"email": None, key: name}) for name in ("ada", "bob", "cyd")]
    checked = check(export, end.join(lines) + end)
    assert [row["cognito:username"] for row in rows_of(checked)] == ["ada", "bob", "cyd"]


def test_a_key_that_only_a_later_user_has_is_a_column_for_all() -> None:
    lines = [json.dumps({"user_id": f"auth0|{n}", "name": f"U, {n}"}) for n in range(2_000)]
    late = {"user_id": "auth0|late", "name": "L", "email": "l@x.org", "email_verified": True}
    blocked = {"user_id": "auth0|b", "blocked": True}
    data = "\n".join([*lines, json.dumps(blocked), json.dumps(late), *lines[:1]])
    data = data.replace("auth0|0", "auth0|again", 1)
    checked = check(AUTH0, data, leave_out=DISABLED)
    assert not checked.found
    assert checked.report.normalized.get(Normalization.BLANK_LINE) is None
    assert checked.report.users == 2_002
    text, _ = convert(AUTH0, data, leave_out=DISABLED)
    rows = list(csv.reader(io.StringIO(text.replace(LEFT_OUT + "\n", ""))))
    assert {len(row) for row in rows} == {4}
    assert rows[1] == ["auth0|again", "U, 0", "", ""]
    assert rows[-2] == ["auth0|late", "L", "l@x.org", "true"]


def test_every_user_may_add_a_column() -> None:
    users = [{"user_id": f"{n}", f"column{n}": f"{n}"} for n in range(4)]
    text, _ = convert(AUTH0, "\n".join(map(json.dumps, users)))
    assert text.split() == [
        "user_id,column0,column1,column2,column3",
        "0,0,,,",
        "1,,1,,",
        "2,,,2,",
        "3,,,,3",
    ]


def test_a_line_that_is_not_json_is_reported_with_its_number() -> None:
    data = json.dumps(user("ada")) + f'\n{{"Username": "{SECRET}'
    (finding,) = check(COGNITO, data).found
    place = messages.in_line("record 2", 2, len('{"Username": "'))
    assert finding.text == messages.at(place, messages.json_ends("a user"))


def test_a_page_of_users_after_other_members_is_still_a_page() -> None:
    data = json.dumps({"ResponseMetadata": {"Username": "x"}, "Users": [user("ada")]})
    assert check(COGNITO, data).report.users == 1


@pytest.mark.parametrize(("total", "is_page"), [(3, True), ("3", True), (2, False), ("x", False)])
def test_a_page_of_auth0_s_users_is_refused(total: Any, is_page: bool) -> None:
    users = [{"user_id": "auth0|1"}, {"user_id": "auth0|2"}]
    checked = check(AUTH0, json.dumps({"total": total, "limit": 2, "users": users, "start": 0}))
    text = messages.page(2, f"{total}")
    assert [each.text for each in checked.found] == ([text] if is_page else [])


# A CSV of list-users


COGNITO_CSV = (
    "Username,Enabled,UserStatus,sub,email,email_verified,identities\n"
    'ada,True,CONFIRMED,1,a@example.com,true,"[]"\n'
    'google_123,True,EXTERNAL_PROVIDER,2,b@example.com,true,"[{""userId"":""123"",'
    '""providerName"":""Google""}]"\n'
    "off,False,CONFIRMED,3,c@example.com,true,\n"
)


def test_a_csv_of_list_users_is_read_as_its_json_is() -> None:
    assert check(COGNITO, COGNITO_CSV).rules == [Rule.EXCLUDED_USER] * 2
    checked = check(COGNITO, COGNITO_CSV, leave_out=EXTERNAL | DISABLED)
    assert not checked.found
    assert [row["email"] for row in rows_of(checked)] == ["a@example.com"]


def test_a_semicolon_separates_the_values_of_a_csv_of_list_users_too() -> None:
    checked = check(COGNITO, COGNITO_CSV.replace(",", ";"), leave_out=EXTERNAL | DISABLED)
    assert checked.report.users == 1 or checked.rules


def test_a_csv_of_list_users_may_keep_an_old_id_as_the_username() -> None:
    data = "sub,email,email_verified\n0f1,a@example.com,true\n"
    checked = check(COGNITO, data, columns={"sub": "cognito:username"})
    assert [row["cognito:username"] for row in rows_of(checked)] == ["0f1"]


def test_a_csv_of_list_users_with_an_old_id_only_has_no_username() -> None:
    (finding,) = check(COGNITO, "sub,email\n0f1,a@example.com\n").found
    assert finding.rule is Rule.NO_HEADER


def test_a_column_of_a_csv_of_list_users_needs_a_name() -> None:
    (finding,) = check(COGNITO, "Username,email,\nada,,x\n").found
    assert (finding.rule, finding.location.column) == (Rule.COLUMN_WITHOUT_NAME, "number 3")


@pytest.mark.parametrize(
    "data",
    [
        "USERS\tTrue\tCONFIRMED\nATTRIBUTES\tsub\t1\n",
        '"a,b\n',
        'Username,"email\nada,a@example.com\n',
        "\n",
    ],
)
def test_the_text_output_of_the_aws_cli_is_refused(data: str) -> None:
    (finding,) = check(COGNITO, data).found
    assert finding.text == messages.not_users("Users", "Username")


@pytest.mark.parametrize("broken", ["bob", "bob,b,c,d", 'bob,"x"y,true', 'bob,"x,true'])
def test_records_of_a_csv_that_cannot_be_read_are_one_finding(broken: str) -> None:
    data = f"Username,email,email_verified\nada,a@example.com,true\n\n{broken}\n"
    (finding,) = check(COGNITO, data).found
    assert finding.text == messages.of_users("record 2", 0, messages.CSV_RECORD)


def test_every_record_of_a_csv_that_cannot_be_read_is_counted() -> None:
    data = 'Username,email\nbob,"x"y\nada,a@example.com\ncyd,"x"y\n'
    (finding,) = check(COGNITO, data).found
    assert finding.text == messages.of_users("record 1", 1, messages.CSV_RECORD)


def test_a_column_that_a_csv_has_twice_is_refused() -> None:
    (finding,) = check(COGNITO, "Username,email,email\na,b,c\n").found
    assert finding.text == messages.CSV_DUPLICATE


# Firebase's CSV


def firebase(*names: str, columns: int = 29) -> str:
    return "".join(
        ",".join([f"u{n}", f"u{n}@example.com", "true", "h==", "s==", name, *[""] * (columns - 6)])
        + "\n"
        for n, name in enumerate(names, 1)
    )


@pytest.mark.parametrize("columns", [26, 27, 28, 29])
@pytest.mark.parametrize(
    "name", ['"Ada "C" Lovelace, Lady"', '"a,""', '""A", B"', '"Bob" Smith', "two\nlines"]
)
def test_broken_records_of_firebase_are_one_finding_wherever_they_are(
    name: str, columns: int
) -> None:
    for names, place in (
        ([name, "Bob"], "record 1"),
        (["Bob", name, "Cyd"], "record 2"),
        ([name, name, "Cyd"], "record 1 and "),
    ):
        (finding,) = check(FIREBASE, firebase(*names, columns=columns)).found
        assert finding.rule is Rule.EXPORT
        assert finding.text.startswith(place)
        assert "--format=json" in finding.text


def test_names_with_quotes_that_can_be_read_are_read() -> None:
    checked = check(FIREBASE, firebase('"Lovelace, Ada"', 'Ada "C" Lovelace', "O'Hara"))
    assert not checked.found
    assert checked.report.users == 3


def test_hashes_of_firebase_are_dropped() -> None:
    text, _ = convert(FIREBASE, firebase("Ada", '"Lovelace, Ada"'))
    assert "h==" not in text
    assert "s==" not in text
    assert [row["displayName"] for row in csv.DictReader(io.StringIO(text))] == [
        "Ada",
        "Lovelace, Ada",
    ]


def test_blank_lines_of_firebase_are_removed() -> None:
    checked = check(FIREBASE, "\n" + firebase("Ada", "Bob").replace("\n", "\r\n\r\n"))
    assert not checked.found
    assert checked.report.normalized[Normalization.BLANK_LINE] == 2
    assert checked.report.users == 2


def test_a_file_of_which_no_record_can_be_read_is_not_firebase_s() -> None:
    (finding,) = check(FIREBASE, '"a"b\n' * 200).found
    assert finding.text == messages.at("record 1", messages.firebase_columns(26))


# Supabase


SUPABASE_CSV = (
    "instance_id,id,aud,email,encrypted_password,email_confirmed_at,recovery_token,phone,"
    "phone_confirmed_at,raw_app_meta_data,raw_user_meta_data,banned_until\n"
    f"0,5b1,authenticated,ada@example.com,$2a$10${SECRET},2024-01-02 03:04:05+00,{SECRET},"
    '15550100,null,"{""provider"":""email"",""providers"":[""email""]}",'
    '"{""full_name"":""Lovelace, Ada"",""team"":""x""}",null\n'
    f"0,5b2,authenticated,alan@example.com,$2a$10${SECRET},,{SECRET},,,,,\n"
)


def test_a_table_of_supabase_is_read() -> None:
    checked = check(SUPABASE, SUPABASE_CSV.split("\n0,5b2", maxsplit=1)[0] + "\n")
    (row,) = csv.DictReader(io.StringIO(convert(SUPABASE, SUPABASE_CSV)[0].split("5b2")[0]))
    assert not checked.found
    assert row["email_confirmed_at"] == "true"
    assert row["phone"] == "+15550100"
    assert row["phone_confirmed_at"] == "false"
    assert row["raw_user_meta_data.full_name"] == "Lovelace, Ada"


def test_secrets_of_supabase_are_dropped_although_they_are_mapped() -> None:
    names = frozenset({"encrypted_password", "recovery_token"})
    text, _ = convert(SUPABASE, SUPABASE_CSV, columns=names)
    assert SECRET not in text
    checked = check(SUPABASE, SUPABASE_CSV, columns={"encrypted_password": "password_hash"})
    assert Rule.UNKNOWN_COLUMN in checked.rules


def test_json_of_supabase_is_the_same_users() -> None:
    users = list(csv.DictReader(io.StringIO(SUPABASE_CSV)))
    for each in users:
        each["raw_user_meta_data"] = json.loads(each["raw_user_meta_data"] or "null")
    by_json, _ = convert(SUPABASE, json.dumps(users))
    by_csv, _ = convert(SUPABASE, SUPABASE_CSV)
    assert next(csv.DictReader(io.StringIO(by_json)))["email"] == "ada@example.com"
    names = [*EXPORTS[SUPABASE].columns, "id"]
    a, b = (
        [[row.get(name, "") for name in names] for row in csv.DictReader(io.StringIO(text))]
        for text in (by_json, by_csv)
    )
    assert a == b


def test_an_unreadable_record_of_supabase_is_reported() -> None:
    (finding,) = check(SUPABASE, "id,email\n1\n2,\n").found
    assert finding.text == messages.of_users("record 1", 0, messages.CSV_RECORD)
    (finding,) = check(SUPABASE, "[1]").found
    assert finding.text == messages.at("record 1", messages.not_a_user("id"))


def test_several_values_of_a_field_of_supabase_are_reported_with_the_record() -> None:
    users = [{"id": "1"}, {"id": "2", "raw_user_meta_data": {"full_name": ["a", "b"]}}]
    (finding,) = check(SUPABASE, json.dumps(users)).found
    field = "raw_user_meta_data.full_name"
    expected = messages.at(f"record 2, {field}", messages.several_values(2, field))
    assert finding.text == expected


@pytest.mark.parametrize("data", ["email\na@example.com\n", "", "x"])
def test_a_file_that_is_not_supabase_s_is_refused(data: str) -> None:
    (finding,) = check(SUPABASE, data).found
    assert finding.text == messages.not_users("users", "id")


# Clerk


CLERK_CSV = (
    "id,first_name,last_name,username,primary_email_address,primary_phone_number,"
    "verified_email_addresses,unverified_email_addresses,verified_phone_numbers,"
    "unverified_phone_numbers,totp_secret,password_digest,password_hasher\n"
    'user_1,Ada,Lovelace,,ada@example.com,+15550100,"old@example.com,ada@example.com",,,'
    f"+15550100,{SECRET},$2a$10${SECRET},bcrypt\n"
    "user_2,Alan,Turing,alan,alan@example.com,,other@example.com,,,,,,\n"
    "user_3,,,,,,,,,,,,\n"
)


def test_a_csv_of_clerk_says_whether_the_primary_address_is_verified() -> None:
    text, _ = convert(CLERK, CLERK_CSV)
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["verified_email_addresses"] for row in rows] == ["true", "false", "false"]
    assert [row["verified_phone_numbers"] for row in rows] == ["false"] * 3
    assert SECRET not in text


def test_a_csv_of_clerk_without_primary_addresses_verifies_none() -> None:
    text, _ = convert(CLERK, "id,verified_email_addresses\n1,ada@example.com\n2,\n")
    assert text == "id,verified_email_addresses\n1,false\n2,false\n"


@pytest.mark.parametrize("separator", [",", ";", "|", " ", ", "])
def test_a_list_of_clerk_is_separated_in_any_way(separator: str) -> None:
    addresses = separator.join(["x@example.com", "ada@example.com"])
    data = f'id,primary_email_address,verified_email_addresses\n1,ada@example.com,"{addresses}"\n'
    checked = check(CLERK, data)
    assert [row["email_verified"] for row in rows_of(checked)] == ["true"]


@pytest.mark.parametrize("data", ["", "name\nx\n", '[{"id": "x"}]'])
def test_a_file_that_is_not_clerk_s_is_refused(data: str) -> None:
    (finding,) = check(CLERK, data).found
    assert finding.text == messages.no_csv("Clerk", "id")


# A converted export


@pytest.mark.parametrize(
    ("export", "users"),
    [
        (COGNITO, [user("ada"), user("bob", UserStatus="CONFIRMED")]),
        (KEYCLOAK, [
            {"username": "ada", "email": "a@x.org", "attributes": {"locale": ["en"]}},
            {"username": "bob", "attributes": {"team": ["a", "b"], "nickname": ["B, b"]}},
        ]),
        (FIREBASE, [{"localId": "ada", "displayName": "A, B"}, {"localId": "bob"}]),
        (AUTH0, [{"user_id": "auth0|1", "name": "A, B"}, {"user_id": "auth0|2"}]),
        (SUPABASE, [{"id": "ada", "raw_user_meta_data": {"full_name": "A"}}, {"id": "bob"}]),
    ],
)  # fmt: skip
def test_a_converted_export_is_imported_as_the_export_is(
    export: ExportFormat, users: Sequence[Any]
) -> None:
    data = json.dumps(users)
    text, _ = convert(export, data)
    original, again = rows_of(check(export, data)), rows_of(check(export, text))
    assert len(original) == len(users)
    assert again == original


def test_a_column_of_several_values_is_left_out_beside_users_who_are_left_out() -> None:
    users = [
        {"username": "a", "attributes": {"team": ["x"], "nickname": ['say "hi", you']}},
        {"username": "off", "enabled": False},
        {"username": "b", "attributes": {"team": ["x", "y"]}, "email": "b@x.org"},
    ]
    text, _ = convert(KEYCLOAK, json.dumps(users), leave_out=DISABLED)
    assert text.split("\n") == [
        "username,attributes.nickname,email",
        'a,"say ""hi"", you",',
        LEFT_OUT,
        "b,,b@x.org",
        "",
    ]


# Passwords, hashes and tokens

SECRETS: list[tuple[ExportFormat, str, str]] = [
    (AUTH0, '{"user_id": "a", "passwordHash": "Kanarie"}', "passwordHash"),
    (AUTH0, '{"user_id": "a", "Password": "Kanarie"}', "Password"),
    (AUTH0, '{"user_id": "a", "identities": [{"access_token": "Kanarie"}]}',
     "identities[0].access_token"),
    (AUTH0, "user_id,password_hash,name\n'a,'Kanarie,'Ada\n", "password_hash"),
    (OKTA, "login,password,firstName\na,Kanarie,Ada\n", "password"),
    (OKTA, 'login,name,refresh token\na,"Lovelace, Ada",Kanarie\n', "refresh token"),
    (OKTA, "sep=;\nToken;login;firstName\nKanarie;a;Ada\n", "Token"),
    (OKTA, "login,salt,city\na,Kanarie,Paris\\, Texas\n", "salt"),
    (FIREBASE, '[{"localId": "a", "salt": "Kanarie"}]', "salt"),
    (FIREBASE, f"a,,,Kanarie,Kanarie{',' * 23}\n", "passwordHash"),
    (KEYCLOAK, '[{"username": "a", "credentials": [{"secretData": "Kanarie"}]}]',
     "credentials[0].secretData"),
    (KEYCLOAK, '[{"username": "a", "attributes": {"password": ["Kanarie"]}}]',
     "attributes.password"),
    (COGNITO, "Username,temporary_password\na,Kanarie\n", "temporary_password"),
    (COGNITO, '{"Username": "a", "mfa-secret": "Kanarie"}', "mfa-secret"),
    (SUPABASE, "id,email_change_token_new\na,Kanarie\n", "email_change_token_new"),
    (SUPABASE, '[{"id": "a", "recovery_token_current": "Kanarie"}]', "recovery_token_current"),
    (CLERK, "id,password_digest\na,Kanarie\n", "password_digest"),
]  # fmt: skip


@pytest.mark.parametrize(("export", "data", "name"), SECRETS)
def test_a_secret_of_an_export_is_not_read_and_not_mapped(
    export: ExportFormat, data: str, name: str
) -> None:
    assert SECRET in data
    for names in (frozenset[str](), frozenset({name})):
        text, _ = convert(export, data, columns=names)
        assert SECRET not in text
        assert "a" in next(csv.reader(text.replace("\n", ",").replace(";", ",").splitlines()))
    assert not check(export, data).found
    assert not check(export, data, columns={name: None}).found
    for target in ("nickname", "password_hash", ("nickname", "profile")):
        checked = check(export, data, columns={name: target})
        assert [(each.rule, each.text) for each in checked.found] == [
            (Rule.UNKNOWN_COLUMN, column_problems.secret_in_attribute(name))
        ]


@pytest.mark.parametrize(
    "name",
    [
        "passwordChangedAt",
        "hasPassword",
        "tokens",
        "custom:password",
        "a.b",
        "passport",
        "secretary",
    ],
)
def test_a_name_that_resembles_a_secret_s_is_read(name: str) -> None:
    row = {"Username": "ada", name: "Kanary"}
    checked = check(COGNITO, json.dumps(row), columns={name: "nickname"})
    assert rows_of(checked) == [{"cognito:username": "ada", "nickname": "Kanary"}]


def test_the_other_values_of_a_csv_with_secrets_stay_as_they_are() -> None:
    data = (
        'login;Password;firstName;city\r\n"a";"x;y";"Ada ""A"" L";\r\nb;x;;c\\,d\r\n\r\n'
        'c;"x";Bob\r\n"d"\r\n'
    )
    text, _ = convert(OKTA, data)
    assert list(csv.reader(text.splitlines(), delimiter=";")) == [
        ["login", "Password", "firstName", "city"],
        ["a", "", 'Ada "A" L', ""],
        ["b", "", "", "c\\,d"],
        [],
        ["c", "", "Bob"],
        ["d"],
    ]


def test_an_escaped_comma_beside_a_secret_stays_in_its_value() -> None:
    checked = check(OKTA, f"login,firstName,password\nann,A\\, B,{SECRET}\n")
    assert not checked.found
    assert rows_of(checked) == [{"cognito:username": "ann", "given_name": "A, B"}]


def test_a_user_who_is_left_out_is_not_counted_as_a_blank_line() -> None:
    data = 'user_id;email;blocked;foo\nann;"a@x";true;"x"\nbob;"b@x";false;"x, y"\n'
    checked = check(AUTH0, data, leave_out=DISABLED)
    assert checked.report.normalized == {
        Normalization.SEPARATOR: 1,
        Normalization.DISABLED_LEFT_OUT: 1,
    }


def test_a_mark_is_not_taken_for_a_secret() -> None:
    data = "password,login,status\nx,a,SUSPENDED\ny,b,ACTIVE\n"
    text, reading = convert(OKTA, data, leave_out=DISABLED)
    assert text == f"password,login,status\n{LEFT_OUT}\n,b,ACTIVE\n"
    assert reading.notes.left_out == {UserKind.DISABLED: 1}


def test_a_line_of_a_csv_with_secrets_that_cannot_be_read_is_refused_with_its_number() -> None:
    data = f'login,password,city\na,{SECRET},x\nb,{SECRET},"x\ny"\n'
    (finding,) = check(OKTA, data).found
    assert (finding.rule, finding.text) == (
        Rule.QUOTES,
        messages.at("line 3", csv_messages.OPEN_QUOTE),
    )
    (finding,) = check(OKTA, b'login,password,city\na,x,"\xff"\n').found
    assert (finding.rule, finding.text) == (Rule.ENCODING, csv_messages.NOT_UTF_8)
    assert finding.location.line == 2


# Locations


@pytest.mark.parametrize(
    ("export", "data", "place"),
    [
        (AUTH0, '{"user_id": "a"}\n\n{"user_id":\n"b c"}\n', "record 2, column user_id"),
        (AUTH0, '[{"user_id": "a"}, {"user_id": "b c"}]', "record 2, column user_id"),
        (AUTH0, '{"users": [{"user_id": "a b"}]}', "record 1, column user_id"),
        (AUTH0, "user_id,email\na,\nb c,\n", "line 3, column user_id"),
        (AUTH0, "sep=,\nuser_id,blocked\na,\nb c,\n", "line 4, column user_id"),
        (OKTA, "login,status\n\na b,x\n", "line 3, column login"),
        (FIREBASE, f"a{',' * 27}\nb c{',' * 27}\n", "record 2, column localId"),
        (FIREBASE, '[{"localId": "a b"}]', "record 1, column localId"),
        (KEYCLOAK, "username,email\na b,\n", "record 1, column username"),
        (SUPABASE, 'id,x\na,"\n"\nb c,\n', "record 2, column id"),
        (CLERK, "id\na\nb c\n", "record 2, column id"),
    ],
)
def test_a_user_is_located_by_the_line_of_a_csv_that_is_passed_on_and_by_the_record_elsewhere(
    export: ExportFormat, data: str, place: str
) -> None:
    checked = check(export, data)
    assert [each.describe().partition(": ")[0] for each in checked.found] == [place]


def test_a_separator_that_is_not_read_is_named_with_the_line() -> None:
    (finding,) = check(COGNITO, "Username|email\nann|a@x\n").found
    problem = header_messages.separator_not_read("|")
    assert finding.text == messages.at("line 1", problem)


@pytest.mark.parametrize(
    ("encoding", "problem"),
    [(None, csv_messages.NOT_UTF_8), ("ascii", csv_messages.not_in_encoding("ascii"))],
)
def test_a_letter_of_another_encoding_is_located_by_the_record_before_it(
    encoding: str | None, problem: str
) -> None:
    data = b'[{"username": "a"},' + b" " * 10_000 + b'{"username": "\xff"}]'
    checked = check(KEYCLOAK, data, encoding=encoding)
    place = "the beginning" if encoding is None else "record 2"
    assert checked.found[0].text == messages.at(f"{place} or later", problem)


# Pages


@pytest.mark.parametrize(
    ("export", "data", "join"),
    [
        (COGNITO, f"{cognito({'username': 'a'})}\n{cognito({'username': 'b'})}", ".Users[]"),
        (KEYCLOAK, '{"users": [{"username": "a"}]}[{"username": "b"}]', ".users[]"),
        (AUTH0, '[{"user_id": "a"}] [{"user_id": "b"}]', ".[]"),
        (FIREBASE, '[{"localId": "a"}]\n{"users": [{"localId": "b"}]}', ".[]"),
        (SUPABASE, '[{"id": "a"}]\n\n[', ".[]"),
    ],
)
def test_pages_in_one_file_are_refused_with_the_command_that_joins_them(
    export: ExportFormat, data: str, join: str
) -> None:
    (finding,) = check(export, data).found
    assert finding.text == messages.json_after_json("record 1", join)


@pytest.mark.parametrize("at", range(105, 120))
def test_a_number_is_read_wherever_a_chunk_ends_in_it(at: int) -> None:
    data = b" " * 90 + b'{"realm": "x", "count": 1e+5, "users": [{"username": "a"}]}'
    assert b"1e+5" in data[105:120]
    reading = ExportReading()
    text = b"".join(EXPORTS[KEYCLOAK].to_csv([data[:at], data[at:]], reading))
    assert (text, reading.notes.errors) == (b"username\na\n", [])


@pytest.mark.parametrize("after", [",", "]", "X"])
def test_other_text_after_the_json_is_refused(after: str) -> None:
    (finding,) = check(KEYCLOAK, f'[{{"username": "a"}}]{after}').found
    assert finding.text == messages.text_after_json("record 1")


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize(
    ("export", "data"),
    [
        (COGNITO, '{"Users": [{"Username": "ada"}]}'),
        (AUTH0, '[{"user_id": "ada"}]'),
        (SUPABASE, "id,email\nada,\n"),
        (FIREBASE, f"ada{',' * 27}\n"),
        (CLERK, "id\nada\n"),
    ],
)
def test_utf_16_without_a_byte_order_mark_is_reported_and_read_where_it_is_named(
    export: ExportFormat, data: str, encoding: str
) -> None:
    (finding,) = check(export, data.encode(encoding)).found
    assert (finding.rule, finding.text) == (Rule.ENCODING, csv_messages.UTF_16_WITHOUT_MARK)
    checked = check(export, data.encode(encoding), encoding=encoding)
    assert not checked.found
    assert [row["cognito:username"] for row in rows_of(checked)] == ["ada"]


def test_a_nul_byte_inside_a_value_is_not_taken_for_utf_16() -> None:
    (finding,) = check(SUPABASE, "id,given_name\na\0,\n").found
    assert finding.rule is Rule.USERNAME_CHARACTERS
    (finding,) = check(COGNITO, "[\n\0]").found
    assert finding.rule is Rule.EXPORT


@pytest.mark.parametrize("export", [COGNITO, SUPABASE, CLERK])
@pytest.mark.parametrize("separator", ["|", "^", "~"])
def test_another_separator_of_a_provider_s_csv_is_named(export: Any, separator: str) -> None:
    (finding,) = check(export, "id,Username,email\nada,a,a@x\n".replace(",", separator)).found
    assert finding.text == messages.at("line 1", header_messages.separator_not_read(separator))


def test_single_quotes_that_auth0_s_reader_halves_are_named() -> None:
    file = "'user_id','email','email_verified'\n'a','a@example.com','true'\n"
    assert [each.text for each in check(AUTH0, file).found] == [header_messages.SINGLE_QUOTES]
