"""Makes `vectors.json`: password hashes as other systems store them, all of one password.

Run it where the libraries are installed; the tests need none of them:

    pip install "django==5.2.*" werkzeug argon2-cffi bcrypt libpass
    apt-get install php-cli ruby-bcrypt
    python tests/unit/password_hashes/make_vectors.py > tests/unit/password_hashes/vectors.json

A vector's `made_by` is the library and its version, or the source after which it was calculated.
Salts are fixed where the library takes one: another run differs in the hashes of Werkzeug, PHP and
Ruby, and in Django's mark for no password, and otherwise only where a library has changed.
"""

from __future__ import annotations

import base64
import hashlib
import importlib
import importlib.metadata
import json
import struct
import subprocess
import sys
from typing import Any

PASSWORD = "Correct-Horse-1 ünïcode"
OTHERS = PASSWORD.encode()
# Base64 of these has + and /, and an odd number of bytes has padding.
SALT = bytes.fromhex("fbefbefbefbe00ff10203040506070ff")
TEXT_SALT = "q9Zr4Lw2Xc7Vb1Nm"
BCRYPT_SALT = "vlBpXZkc5fGqAxM3oYh1ae"


def version(package: str) -> str:
    """Return a package's name and version."""
    return f"{package} {importlib.metadata.version(package)}"


def load(name: str) -> Any:
    """Import a module that the project does not install."""
    return importlib.import_module(name)


def b64(data: bytes) -> str:
    """Return standard base64 with padding."""
    return base64.b64encode(data).decode()


def pbkdf2(iterations: int, salt: bytes = SALT, length: int = 32, digest: str = "sha256") -> bytes:
    """Return a key of PBKDF2."""
    return hashlib.pbkdf2_hmac(digest, OTHERS, salt, iterations, dklen=length)


def scrypt(n: int, r: int, p: int, salt: bytes = SALT, length: int = 32) -> bytes:
    """Return a key of scrypt."""
    return hashlib.scrypt(OTHERS, salt=salt, n=n, r=r, p=p, dklen=length, maxmem=1 << 28)


def bcrypts() -> list[dict[str, Any]]:
    """Return bcrypt of the library, with the prefixes that systems write."""
    bcrypt = load("bcrypt")

    def made(prefix: str, cost: int) -> str:
        text: str = bcrypt.hashpw(OTHERS, f"$2b${cost:02d}${BCRYPT_SALT}".encode()).decode()
        return prefix + text[3:]

    by = version("bcrypt")
    return [
        vector("Auth0", made("$2b", 10), by),
        vector("Supabase", made("$2a", 10), by),
        vector("Clerk", f"clerk:bcrypt:{made('$2a', 10)}", by),
        vector("Spring Security bcrypt", "{bcrypt}" + made("$2a", 10), by),
        vector("OpenLDAP crypt", "{CRYPT}" + made("$2b", 5), by),
        vector("Keycloak bcrypt of an extension", f"keycloak:bcrypt:10::{made('$2a', 10)}::::", by),
        vector(
            "FusionAuth bcrypt",
            f"fusionauth:bcrypt:10:{BCRYPT_SALT}:{made('$2a', 10)[29:]}",
            by,
        ),
        vector("Zitadel's example", made("$2a", 14), by, "CostlyHash"),
    ]


def programs() -> list[dict[str, Any]]:
    """Return hashes of PHP and Ruby, which choose the salt."""

    def run(*command: str) -> str:
        return subprocess.run(
            [*command, PASSWORD], check=True, capture_output=True, text=True
        ).stdout

    def php(algorithm: str, options: str) -> str:
        return run("php", "-r", f"echo password_hash($argv[1], {algorithm}, {options});", "--")

    costs = '["memory_cost" => 19456, "time_cost" => 2, "threads" => 1]'
    by_php = f"PHP {run('php', '-r', 'echo PHP_VERSION;', '--')}"
    ruby = (
        'print Gem.loaded_specs["bcrypt"].version, " ", BCrypt::Password.create(ARGV[0], cost: 12)'
    )
    by_ruby, text = run("ruby", "-r", "bcrypt", "-e", ruby, "--").split(" ")
    return [
        vector("Devise without pepper", text, f"bcrypt of Ruby {by_ruby}"),
        vector("Laravel", php("PASSWORD_BCRYPT", '["cost" => 12]'), by_php),
        vector("PHP argon2id within the caps", php("PASSWORD_ARGON2ID", costs), by_php),
        vector("PHP argon2id", php("PASSWORD_ARGON2ID", "[]"), by_php, "CostlyHash"),
    ]


def djangos() -> list[dict[str, Any]]:
    """Return hashes of Django's hashers."""
    load("django.conf").settings.configure()
    hashers = load("django.contrib.auth.hashers")
    by = version("django")
    pbkdf2_hasher, scrypt_hasher = hashers.PBKDF2PasswordHasher(), hashers.ScryptPasswordHasher()
    of = {
        name: getattr(hashers, name)().encode(PASSWORD, salt)
        for name, salt in {
            "Argon2PasswordHasher": TEXT_SALT,
            "PBKDF2SHA1PasswordHasher": TEXT_SALT,
            "BCryptSHA256PasswordHasher": f"$2b$12${BCRYPT_SALT}".encode(),
            "BCryptPasswordHasher": f"$2b$12${BCRYPT_SALT}".encode(),
            "MD5PasswordHasher": TEXT_SALT,
        }.items()
    }
    return [
        vector("Django 4.2 pbkdf2_sha256", pbkdf2_hasher.encode(PASSWORD, TEXT_SALT, 600_000), by),
        vector(
            "Django 5.2 pbkdf2_sha256", pbkdf2_hasher.encode(PASSWORD, TEXT_SALT), by, "CostlyHash"
        ),
        vector("Django scrypt p=1", scrypt_hasher.encode(PASSWORD, TEXT_SALT, p=1), by),
        vector("Django scrypt", scrypt_hasher.encode(PASSWORD, TEXT_SALT), by, "CostlyHash"),
        vector("Django argon2", of["Argon2PasswordHasher"], by, "CostlyHash"),
        vector("Django bcrypt", of["BCryptPasswordHasher"], by),
        vector("Django bcrypt_sha256", of["BCryptSHA256PasswordHasher"], by, "UnusableHash"),
        vector("Django pbkdf2_sha1", of["PBKDF2SHA1PasswordHasher"], by, "UnusableHash"),
        vector("Django md5", of["MD5PasswordHasher"], by, "UnusableHash"),
        vector("Django without a password", hashers.make_password(None), by, "UnusableHash"),
        vector(
            "Clerk pbkdf2_sha256_django",
            "clerk:pbkdf2_sha256_django:" + pbkdf2_hasher.encode(PASSWORD, TEXT_SALT, 100_000),
            by,
        ),
    ]


def werkzeugs() -> list[dict[str, Any]]:
    """Return hashes of Werkzeug, whose salts are random letters and digits."""
    made = load("werkzeug.security").generate_password_hash
    by = version("werkzeug")
    return [
        vector("Werkzeug scrypt", made(PASSWORD), by),
        vector("Clerk scrypt_werkzeug", "clerk:scrypt_werkzeug:" + made(PASSWORD), by),
        vector("Werkzeug pbkdf2 of 600,000", made(PASSWORD, "pbkdf2:sha256:600000"), by),
        vector("Werkzeug pbkdf2", made(PASSWORD, "pbkdf2"), by, "CostlyHash"),
        vector("Werkzeug pbkdf2 SHA-512", made(PASSWORD, "pbkdf2:sha512:9"), by, "UnusableHash"),
    ]


def passlibs() -> list[dict[str, Any]]:
    """Return hashes of libpass, the maintained passlib."""
    of = load("passlib.hash")
    by = version("libpass")
    pbkdf2_hash = of.pbkdf2_sha256.using(salt=SALT, rounds=29_000).hash(PASSWORD)
    ldap = of.ldap_pbkdf2_sha256.using(salt=SALT, rounds=60_000).hash(PASSWORD)
    scrypt_hash = of.scrypt.using(salt=SALT, rounds=16, block_size=8, parallelism=1).hash(PASSWORD)
    sha512 = of.pbkdf2_sha512.using(salt=SALT, rounds=9).hash(PASSWORD)
    bcrypt_sha256 = of.bcrypt_sha256.using(salt=BCRYPT_SALT, rounds=5).hash(PASSWORD)
    ssha = of.ldap_salted_sha1.using(salt=SALT).hash(PASSWORD)
    sha512_crypt = of.sha512_crypt.using(salt=TEXT_SALT, rounds=5_000).hash(PASSWORD)
    return [
        vector("passlib pbkdf2_sha256", pbkdf2_hash, by),
        vector("OpenLDAP pbkdf2", ldap, by),
        vector("PHC scrypt", scrypt_hash, by),
        vector("passlib pbkdf2_sha512", sha512, by, "UnusableHash"),
        vector("passlib bcrypt_sha256", bcrypt_sha256, by, "UnusableHash"),
        vector("phpass", of.phpass.using(salt="q9Zr4Lw2").hash(PASSWORD), by, "UnusableHash"),
        vector("LDAP SSHA", ssha, by, "UnusableHash"),
        vector("sha512crypt", sha512_crypt, by, "UnusableHash"),
        vector("md5crypt", of.md5_crypt.using(salt="q9Zr4Lw2").hash(PASSWORD), by, "UnusableHash"),
    ]


def argon2s() -> list[dict[str, Any]]:
    """Return hashes of argon2-cffi, in the forms that systems write around them."""
    low = load("argon2.low_level")
    by = version("argon2-cffi")

    def made(kib: int, times: int, lanes: int = 1, kind: str = "ID") -> str:
        text: bytes = low.hash_secret(OTHERS, SALT, times, kib, lanes, 32, low.Type[kind])
        return text.decode()

    salt, key = made(7168, 2).split("$")[-2:]
    costly_salt, costly_key = made(7168, 5).split("$")[-2:]
    return [
        vector("argon2id", made(19_456, 2), by),
        vector("Clerk argon2id", "clerk:argon2id:" + made(19_456, 2), by),
        vector("Spring Security argon2 5.8", "{argon2@SpringSecurity_v5_8}" + made(16_384, 2), by),
        vector("Spring Security argon2", "{argon2}" + made(4_096, 3), by, "CostlyHash"),
        vector(
            "Keycloak argon2 of two passes", f"keycloak:argon2:2:{salt}:{key}:id:1.3:7168:1", by
        ),
        vector(
            "Keycloak argon2",
            f"keycloak:argon2:5:{costly_salt}:{costly_key}:id:1.3:7168:1",
            by,
            "CostlyHash",
        ),
        vector("Laravel argon2id", made(65_536, 4), by, "CostlyHash"),
        vector("argon2i", made(4_096, 2, kind="I"), by, "UnusableHash"),
    ]


def calculated() -> list[dict[str, Any]]:
    """Return hashes that were calculated after the source of a system in another language."""
    spring = "Spring Security, %sPasswordEncoder.java"
    keycloak = "Keycloak, Pbkdf2PasswordHashProvider.java"
    fusionauth = 'FusionAuth Docs, "Password hashes"'
    aspnet = "ASP.NET Core, PasswordHasher.cs"
    better_auth = "Better Auth, packages/better-auth/src/crypto/password.ts"

    def aspnet_v3(digest: int, iterations: int, name: str) -> str:
        header = struct.pack(">BIII", 1, digest, iterations, len(SALT))
        return b64(header + SALT + pbkdf2(iterations, digest=name))

    hex_salt = SALT.hex()
    return [
        vector(
            "Spring Security scrypt",
            "{scrypt}$e0801$" + b64(4 * SALT) + "$" + b64(scrypt(16_384, 8, 1, 4 * SALT)),
            spring % "SCrypt",
        ),
        vector(
            "Spring Security scrypt 5.8",
            "{scrypt@SpringSecurity_v5_8}$100801$" + b64(SALT) + "$" + b64(scrypt(65_536, 8, 1)),
            spring % "SCrypt",
        ),
        vector(
            "Spring Security scrypt alone",
            "$e0801$" + b64(SALT) + "$" + b64(scrypt(16_384, 8, 1)),
            spring % "SCrypt",
        ),
        vector(
            "Spring Security pbkdf2 5.8",
            "{pbkdf2@SpringSecurity_v5_8}" + (SALT + pbkdf2(310_000)).hex(),
            spring % "Pbkdf2",
        ),
        vector(
            "Spring Security pbkdf2 5.8 in base64",
            "{pbkdf2@SpringSecurity_v5_8}" + b64(SALT + pbkdf2(310_000)),
            spring % "Pbkdf2",
        ),
        vector(
            "Spring Security pbkdf2",
            "{pbkdf2}" + (SALT[:8] + pbkdf2(185_000, SALT[:8], digest="sha1")).hex(),
            spring % "Pbkdf2",
            "UnusableHash",
        ),
        vector(
            "Keycloak 24 pbkdf2-sha256",
            f"keycloak:pbkdf2-sha256:600000:{b64(SALT)}:{b64(pbkdf2(600_000))}::::",
            keycloak,
        ),
        vector(
            "Keycloak 23 pbkdf2-sha256",
            f"keycloak:pbkdf2-sha256:27500:{b64(SALT)}:{b64(pbkdf2(27_500, length=64))}::::",
            keycloak,
        ),
        vector(
            "Keycloak pbkdf2-sha512",
            f"keycloak:pbkdf2-sha512:9:{b64(SALT)}:{b64(pbkdf2(9, digest='sha512'))}::::",
            keycloak,
            "UnusableHash",
        ),
        vector(
            "Keycloak pbkdf2",
            f"keycloak:pbkdf2:9:{b64(SALT)}:{b64(pbkdf2(9, digest='sha1'))}::::",
            keycloak,
            "UnusableHash",
        ),
        vector(
            "FusionAuth salted-pbkdf2-hmac-sha256",
            f"fusionauth:salted-pbkdf2-hmac-sha256:24000:{b64(SALT)}:{b64(pbkdf2(24_000))}",
            fusionauth,
        ),
        vector(
            "FusionAuth salted-pbkdf2-hmac-sha256-512",
            "fusionauth:salted-pbkdf2-hmac-sha256-512:170000:"
            f"{b64(SALT)}:{b64(pbkdf2(170_000, length=64))}",
            fusionauth,
        ),
        vector(
            "FusionAuth salted-pbkdf2-hmac-sha512-512",
            f"fusionauth:salted-pbkdf2-hmac-sha512-512:9:{b64(SALT)}:"
            + b64(pbkdf2(9, length=64, digest="sha512")),
            fusionauth,
            "UnusableHash",
        ),
        vector("ASP.NET Core Identity v3", aspnet_v3(1, 10_000, "sha256"), aspnet),
        vector(
            "ASP.NET Core Identity v3 of .NET 7", aspnet_v3(2, 9, "sha512"), aspnet, "UnusableHash"
        ),
        vector(
            "ASP.NET Identity v2",
            b64(b"\0" + SALT + pbkdf2(1_000, digest="sha1")),
            aspnet,
            "UnusableHash",
        ),
        vector(
            "Clerk pbkdf2_sha256",
            f"clerk:pbkdf2_sha256:pbkdf2_sha256$100000${b64(SALT)}${b64(pbkdf2(100_000))}",
            "Clerk, Backend API, CreateUser",
        ),
        vector(
            "PHC pbkdf2-sha256",
            f"$pbkdf2-sha256$i=60000,l=32${b64(SALT).rstrip('=')}${b64(pbkdf2(60_000)).rstrip('=')}",
            "PHC string format",
        ),
        vector(
            "Better Auth",
            f"{hex_salt}:{scrypt(16_384, 16, 1, hex_salt.encode(), 64).hex()}",
            better_auth,
            "CostlyHash",
        ),
        vector(
            "Cognito's scrypt",
            f"16384$8$1${hex_salt}${scrypt(16_384, 8, 1, length=64).hex()}",
            "Amazon Cognito Developer Guide",
        ),
    ]


def vector(
    system: str, stored: str, made_by: str, outcome: str = "ConvertedHash"
) -> dict[str, str]:
    """Return one vector."""
    return {"system": system, "made_by": made_by, "stored": stored, "outcome": outcome}


def main() -> None:
    """Write the vectors as JSON."""
    vectors = (
        bcrypts() + programs() + djangos() + werkzeugs() + passlibs() + argon2s() + calculated()
    )
    json.dump({"password": PASSWORD, "vectors": vectors}, sys.stdout, indent=1, ensure_ascii=True)
    print()


if __name__ == "__main__":
    main()
