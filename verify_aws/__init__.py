"""Checks the assumptions of docs/unproven.md on a real AWS account (`make verify-aws`).

The tool makes temporary user pools and roles in one stack, runs small import jobs, deploys app.py,
and removes everything. It shares no code with the construct, its functions or the local AWS.
"""
