"""A user with a siskin, a bird, in every attribute: only the pool may hear it."""

USER = {
    "cognito:username": "siskin-username",
    "name": "siskin-name",
    "given_name": "siskin-given",
    "family_name": "siskin-family",
    "middle_name": "siskin-middle",
    "nickname": "siskin-nick",
    "preferred_username": "siskin-preferred",
    "profile": "https://example.com/siskin-profile",
    "picture": "https://example.com/siskin-picture",
    "website": "https://example.com/siskin-website",
    "email": "siskin-email@example.com",
    "email_verified": "true",
    "gender": "siskin-gender",
    "birthdate": "11/23/1907",
    "zoneinfo": "Siskin/Zone",
    "locale": "siskin-locale",
    "phone_number": "+4955501907231",
    "phone_number_verified": "true",
    "address": "siskin-address 7",
    "updated_at": "1190719071",
    "custom:plan": "siskin-plan",
    "custom:number": "190719072",
    "cognito:mfa_enabled": "false",
}
HASH = "$2b$12$siskinsiskinsiskinsiskiuSiskinSiskinSiskinSiskinSiskinC"
ATTRIBUTES_WITH_COMMON_VALUES = {"email_verified", "phone_number_verified", "cognito:mfa_enabled"}
"""Attributes with only two values, which are words that anybody may say."""
CANARIES = [value for name, value in USER.items() if name not in ATTRIBUTES_WITH_COMMON_VALUES]
CANARIES += ["1907-11-23", "siskin", "Siskin", HASH]
