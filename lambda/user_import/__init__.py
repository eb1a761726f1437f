"""What runs in AWS: the custom resource, the import workflow's worker, and Cognito's CSV dialect.

Nothing here needs more than the Lambda runtime has: the standard library and boto3.
"""
