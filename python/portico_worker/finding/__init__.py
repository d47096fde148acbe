"""Finds the application that is meant, by reading sources: none is run."""
