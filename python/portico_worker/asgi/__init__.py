"""Runs an ASGI application (asgi.readthedocs.io): one event loop, with one concurrent lane to each edge thread."""
