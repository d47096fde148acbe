"""The production server for Python web sites.

This package carries the program, which runs on Node.js: `portico serve`, or `python -m portico serve`. The part that
runs in a site's own Python is started by its path (see `python/` in this folder) and is not imported from here."""
