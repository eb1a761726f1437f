"""Hashes that the functions cannot compute (bcrypt), or not fast (argon2id).

Made by bcrypt 5.0.0 and argon2-cffi 25.1.0.
`tests/unit/canary/make_known_hashes.py` writes this module.

The 23 bytes of bcrypt are the same for $2a$, $2b$, $2x$ and $2y$. $2b$ and $2y$ differ in the name
only; $2a$ in very long passwords, whose length old OpenBSD kept in one byte; $2x$ marks hashes of
crypt_blowfish before 1.1, which extended the sign of bytes above 127. A canary's password is short
and ASCII.

The shapes of argon2id are m=19456, t=2 (OWASP, and the default of RustCrypto's argon2,
@node-rs/argon2 and the gem argon2id), m=16384, t=2 (Spring Security 5.8), and one pass of each,
with common lengths.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

KNOWN_HASHES: Mapping[str, tuple[int, str]] = {
    "BCRYPT 04": (0, "639082065f97019b069dcbae3f81abe52c027d09b558d9"),
    "BCRYPT 05": (15, "b0ce89eeee7f890b4b02315d6bb6ca45405a5427bc9f51"),
    "BCRYPT 06": (7, "55f66cdbb295d4504e27f113cf700e64591f917997699d"),
    "BCRYPT 07": (0, "039204198f80aa6d8bf4e68198db3d1108e11cf2dd5e38"),
    "BCRYPT 08": (5, "d3bd777bb9c368ed223ebbd2b48be84d15f805445709d0"),
    "BCRYPT 09": (2, "d723a475c167d8041ef4a1ef521907056770f71a2ad6cf"),
    "BCRYPT 10": (2, "8c168d157d75ffd8f850b9009fd8069622a4a33889f473"),
    "BCRYPT 11": (10, "2ad1f2124e53bd29d3437e42da23d522d9e71d230006b6"),
    "BCRYPT 12": (25, "f0c6fd261f323ef286fc1cbe0a9b0e7c53cbd73cc048c9"),
    "ARGON2ID v=19$m=19456,t=2,p=1 16 32": (
        0,
        "186b0794e3d18f876afd4092e60f88f6e461786f33a6705005ed998e193cef12",
    ),
    "ARGON2ID v=19$m=19456,t=2,p=1 16 16": (4, "60f81bfcf839728eaefe62be48194c4b"),
    "ARGON2ID v=19$m=19456,t=2,p=1 16 64": (
        7,
        "c76c527a62bc857c8ca5873a1cba91b559528b243f8f8cb4f40b5d3b702da0ee66f62348529529d7797eb7fefacb159451a80abd035cbb75467f429359281564",
    ),
    "ARGON2ID v=19$m=19456,t=2,p=1 32 32": (
        0,
        "d812e165f7589d81be135967a35e14a1c1ff50cc042eb7f71e3a72557da19941",
    ),
    "ARGON2ID v=19$m=19456,t=1,p=1 16 32": (
        6,
        "fde9fdff97f04795dd37a01ee7e342d6a6c8a9743531a79f588a648775076574",
    ),
    "ARGON2ID v=19$m=19456,t=1,p=1 16 16": (13, "a482e8212ec7bbe82f58afd8430f7a36"),
    "ARGON2ID v=19$m=19456,t=1,p=1 16 64": (
        0,
        "3579bed4aec4f0c64e1af358a97e7e17acf3361293285cc7ed8266863a58a5fa0951d80342fd0b99af9fbccce05eccfe80b78ac99d27ffd8234254d509f9fc3a",
    ),
    "ARGON2ID v=19$m=19456,t=1,p=1 32 32": (
        9,
        "6150206714df649212a8905e199a20410f3e0cc93ef8db1bd66334552fff987e",
    ),
    "ARGON2ID v=19$m=16384,t=2,p=1 16 32": (
        2,
        "ffdf289614d13d2d0ec456e929b15ca7f05abf911d57ccaafbd546c8f51fef3d",
    ),
    "ARGON2ID v=19$m=16384,t=2,p=1 16 16": (23, "3f8341b731bf374e3ba788322e3fbd07"),
    "ARGON2ID v=19$m=16384,t=2,p=1 16 64": (
        0,
        "2ea3fa4ef4762672f86b8e263c309d529d6e9b990663027f70a3a300b120c2f0fbd52f5c37cf809d748eaab21b8282f8faf48e1e886fcad8f41e764ce7191291",
    ),
    "ARGON2ID v=19$m=16384,t=2,p=1 32 32": (
        5,
        "5f79d6fdeffe6e11b65cd2d2b6dac2d6fd69f62512e82a540078cb348ec48197",
    ),
    "ARGON2ID v=19$m=16384,t=1,p=1 16 32": (
        1,
        "53454c14dc1e67dfe077f52c0c313eda73c8537610f7836c53eb87054730fde5",
    ),
    "ARGON2ID v=19$m=16384,t=1,p=1 16 16": (15, "e8bab395c5cf62a7db1afd58fcdebee0"),
    "ARGON2ID v=19$m=16384,t=1,p=1 16 64": (
        1,
        "5f27626ec76809dfe5ebbdfdb59e1f27e698f8544e234f0cd225eb269f96606a84b76003869f62fcc4e54b2cb567ff0bfe20d02e554d5dbfd9ecef1f5b79ea29",
    ),
    "ARGON2ID v=19$m=16384,t=1,p=1 32 32": (
        11,
        "0473b1946fa4cbef250599c1d97e52aa4b5a303c6fc23df0fd4588db4ccabc03",
    ),
}
"""Of a label the number of a candidate, and the hash of it in hex."""
