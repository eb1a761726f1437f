"""The import service: Cognito's six import operations and the run of a job.

Written from AWS's documentation and from recordings of real calls; shares no code with the library.
"""
