"""Runs a WSGI application (PEP 3333): threads, each with a lane of its own to each edge thread."""
