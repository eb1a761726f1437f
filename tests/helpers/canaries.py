"""A user with a canary in every attribute, which nobody but the pool is to hear."""

USER = {
    "cognito:username": "canary-username",
    "name": "canary-name",
    "given_name": "canary-given",
    "family_name": "canary-family",
    "middle_name": "canary-middle",
    "nickname": "canary-nick",
    "preferred_username": "canary-preferred",
    "profile": "https://example.com/canary-profile",
    "picture": "https://example.com/canary-picture",
    "website": "https://example.com/canary-website",
    "email": "canary-email@example.com",
    "email_verified": "true",
    "gender": "canary-gender",
    "birthdate": "11/23/1907",
    "zoneinfo": "Canary/Zone",
    "locale": "canary-locale",
    "phone_number": "+4955501907231",
    "phone_number_verified": "true",
    "address": "canary-address 7",
    "updated_at": "1190719071",
    "custom:plan": "canary-plan",
    "custom:number": "190719072",
    "cognito:mfa_enabled": "false",
}
HASH = "$2b$12$canarycanarycanarycanaruCanaryCanaryCanaryCanaryCanaryC"
ATTRIBUTES_WITH_COMMON_VALUES = {"email_verified", "phone_number_verified", "cognito:mfa_enabled"}
"""Attributes with only two values, which are words that anybody may say."""
CANARIES = [value for name, value in USER.items() if name not in ATTRIBUTES_WITH_COMMON_VALUES]
CANARIES += ["1907-11-23", "canary", "Canary", HASH]
