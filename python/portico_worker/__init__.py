"""What Portico runs in the application's own Python: a zygote that forks, workers that call the application.

It knows no HTTP, no configuration files and no policy; docs/lanes.md and docs/control.md are all it is told.
"""
