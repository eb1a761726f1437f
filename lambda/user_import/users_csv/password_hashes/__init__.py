"""Password hashes of other systems, and their conversion to the four forms that Cognito takes.

A conversion is exact or does not happen: the converted hash verifies the same passwords. Every
format and its source is in docs/password-hashes.md.

The way of a hash: an export's reader makes its fields one text (`exported`); `conversion`
recognizes a text by how it begins and asks the module of its family (`crypt_texts`, `braced_texts`,
`django_texts`, `werkzeug_texts`, `aspnet_texts`, `exported`); `cognito_forms` writes Cognito's form
and compares with the caps. Only `options` and `outcome` are loaded before a file has such a column.
"""

from .options import OnBadHash, PasswordHashes
from .outcome import ConvertedHash, CostlyHash, HashShape, MalformedHash, Outcome, UnusableHash

__all__ = [
    "ConvertedHash",
    "CostlyHash",
    "HashShape",
    "MalformedHash",
    "OnBadHash",
    "Outcome",
    "PasswordHashes",
    "UnusableHash",
]
