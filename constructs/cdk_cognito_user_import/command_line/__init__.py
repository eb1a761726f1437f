"""The commands of `cognito-user-import`, one module each, and what they share."""
