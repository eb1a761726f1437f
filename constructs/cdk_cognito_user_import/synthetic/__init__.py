"""Makes synthetic users: made-up people for tests, the same every time.

User *i* of a seed depends on the seed and *i* alone, so that 1,000 users are the first 1,000 of
1,200. `seeded_numbers` documents how. No user belongs to a real person: the phone numbers are from
ranges that are reserved for fiction (`phone_numbers`), and the domain of the e-mail addresses is
checked against the reserved ones (`domains`).

The users are a contract: another name in a table, or another order, gives every app other users.
`tests/synth/test_synthetic_users.py` holds them by a SHA-256. This package imports the standard
library and the CSV's dialect only, no CDK, so that each version of Python can run it alone.
"""
