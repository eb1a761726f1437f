"""The texts that the handler puts into an answer to CloudFormation: a module for each layer.

Each text is one constant or function. It says what is wrong, where, what is allowed and what to do.
It never holds an attribute value of a user, a password hash, a presigned URL or the response URL.

Standard library only: the starter imports this package.
"""
