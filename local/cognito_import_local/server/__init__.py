"""The server: one ASGI application, the import service in front of MiniStack."""
