"""What a site has of gunicorn's: its configuration file, hooks and loggers."""
