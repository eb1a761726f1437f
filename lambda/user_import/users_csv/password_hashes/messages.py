"""The reasons why a password hash is not imported. None of them has a part of the hash."""

from __future__ import annotations

# Malformed.

BCRYPT = (
    "a bcrypt hash is $2a$, $2b$, $2x$ or $2y$, a cost of 04 to 31, $ and 53 characters; this one "
    "is not, and may be cut off"
)
ARGON2 = (
    "an argon2 hash is $argon2id$v=<version>$m=<KiB>,t=<times>,p=<lanes>$<salt>$<hash>, both in "
    "base64; this one is not, and may be cut off"
)
SCRYPT_PHC = (
    "a scrypt hash of this form is $scrypt$ln=<log2 N>,r=<r>,p=<p>$<salt>$<hash>, both in base64; "
    "this one is not, and may be cut off"
)
SCRYPT_COGNITO = (
    "a scrypt hash of Cognito's form is N$r$p$<salt>$<hash>, both in hex, and N a power of two; "
    "this one is not, and may be cut off"
)
PBKDF2 = (
    "a PBKDF2 hash of this form is $pbkdf2-sha256$<iterations>$<salt>$<hash>, both in base64; this "
    "one is not, and may be cut off"
)
PBKDF2_LDAP = (
    "a PBKDF2 hash of OpenLDAP is {PBKDF2-SHA256}<iterations>$<salt>$<hash>, both in base64; this "
    "one is not, and may be cut off"
)
DJANGO = (
    "a hash of Django has its algorithm, $ and the parts of that algorithm; this one does not, and "
    "may be cut off"
)
WERKZEUG = (
    "a hash of Werkzeug is scrypt:<N>:<r>:<p>$<salt>$<hash in hex> or "
    "pbkdf2:sha256:<iterations>$<salt>$<hash in hex>; this one is not, and may be cut off"
)
SPRING_SCRYPT = (
    "a scrypt hash of Spring Security is $<parameters in hex>$<salt>$<hash>, both in base64; this "
    "one is not, and may be cut off"
)
SPRING_PBKDF2 = (
    "a hash {pbkdf2@SpringSecurity_v5_8} is 48 bytes in hex or base64, 16 of them the salt; this "
    "one is not, and may be cut off"
)
ASPNET = (
    "a hash of ASP.NET Core Identity is base64 of a version, three numbers, a salt and a hash; "
    "this one is not, and may be cut off"
)
KEYCLOAK = (
    "a password of Keycloak has an algorithm, iterations, a salt and a value, both in base64; this "
    "one does not"
)
FUSIONAUTH = (
    "a password of FusionAuth has an encryptionScheme, a factor, a salt and a password; this one "
    "does not"
)
CLERK = (
    "a password of Clerk has a password_hasher and a password_digest of its form; this one does not"
)

# Unusable.

UNKNOWN = (
    "the form of this hash is not known, so that it cannot be converted; known forms are listed in "
    "docs/password-hashes.md"
)
PLAIN_TEXT = "this is a password in plain text and not a hash; remove it from the file"
LOCKED = (
    "the user has no usable password (Django writes ! for that, and Unix ! or * for a locked one)"
)
BCRYPT_OLD = "this is the first version of bcrypt ($2$), which Cognito does not take"
ARGON2_OTHER = "this is argon2i or argon2d, and Cognito takes argon2id only"
SCRYPT_CRYPT = "this is $7$ of crypt(3), whose scrypt is written in another way"
PREHASHED_DJANGO = (
    "this is bcrypt_sha256 of Django, which hashes the password with SHA-256 before bcrypt; "
    "Cognito's bcrypt does not"
)
PREHASHED_PASSLIB = (
    "this is bcrypt-sha256 of passlib, which hashes the password with HMAC-SHA-256 before bcrypt; "
    "Cognito's bcrypt does not"
)
PREHASHED_WORDPRESS = (
    "this is $wp$ of WordPress 6.8 and newer, which hashes the password with HMAC-SHA-384 before "
    "bcrypt; Cognito's bcrypt does not"
)
PHPASS = "this is phpass (WordPress, phpBB), repeated MD5, which Cognito has no algorithm for"
DRUPAL = "this is $S$ of Drupal, repeated SHA-512, which Cognito has no algorithm for"
FIREBASE = (
    "this is Firebase's scrypt, which encrypts a key of the project with scrypt's result; "
    "Cognito's scrypt does not"
)
SPRING_PBKDF2_OLD = (
    "this is {pbkdf2} of Spring Security before 5.8, whose default is PBKDF2 with SHA-1, and whose "
    "text does not say what another setting was; Cognito takes PBKDF2 with SHA-256"
)
BETTER_AUTH = (
    "this is the form of Better Auth's scrypt, whose r is 16; Cognito takes r of 8 at most"
)
ASPNET_V2 = (
    "this is ASP.NET Identity's version 2, PBKDF2 with SHA-1; Cognito takes PBKDF2 with SHA-256"
)
WERKZEUG_NO_ITERATIONS = (
    "this hash of Werkzeug does not say its iterations, so that it cannot be converted"
)


def other_digest(whose: str, digest: str) -> str:
    """Return the reason for PBKDF2 with another digest than SHA-256."""
    return f"this is PBKDF2 with {digest} of {whose}; Cognito takes PBKDF2 with SHA-256"


def no_algorithm(what: str) -> str:
    """Return the reason for a hash of an algorithm that Cognito does not have.

    Args:
        what: The algorithm, and whose it is.
    """
    return f"this is {what}, which Cognito has no algorithm for"


def algorithm_left_out(algorithm: str, taken: str) -> str:
    """Return the reason for a hash of an algorithm that the import does not take."""
    return f"this becomes a hash of {algorithm}, and the import takes {taken} only"


# Parts.


def short(name: str, least: int) -> str:
    """Return the reason for a hash or salt of too few bytes."""
    return f"its {name} has less than {least} bytes, so that it is probably cut off"


NO_POWER_OF_TWO = "scrypt's N is a power of two, and that of this hash is not"
ZERO = "a cost is 1 or more, and this hash has 0"


def above_caps(algorithm: str, exceeded: str) -> str:
    """Return the reason for a hash that is too costly.

    Args:
        algorithm: The algorithm, as people write it.
        exceeded: Each parameter above its cap, with its number and the cap.
    """
    return f"this {algorithm} hash costs more than Cognito allows: {exceeded}"


def above_cap(name: str, number: int, most: int) -> str:
    """Return one parameter above its cap."""
    return f"{name} {number:,}, {most:,} at most"
