"""WSGI applications on the greenlets of gevent: many requests at a time in one thread (docs/lanes.md, "Concurrent lanes")."""
