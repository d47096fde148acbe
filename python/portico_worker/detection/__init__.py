"""Asks a loaded application what it is: its framework, and the folders of files that need no Python."""
