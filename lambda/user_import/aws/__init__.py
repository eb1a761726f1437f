"""The AWS services that the handler calls: one module each, and the credentials of an import."""
