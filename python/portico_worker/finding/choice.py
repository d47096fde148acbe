"""What a name stands for, or what was found where there was no name: what the loader imports."""

from __future__ import annotations

from typing import NamedTuple


class Project(NamedTuple):
    entries: dict[str, str]
    """By interface ('wsgi', 'asgi'): the dotted name of the application, as far as there is one."""
    settings: str | None
    """The settings that manage.py names, for a project whose wsgi.py names none."""
    wants_asgi: bool


class Choice(NamedTuple):
    app: str
    """`module:callable`, `module:factory()`, `module` or a path, as loader.py takes it; '' for a Django project. With a
    `folder`: what is to be looked for there."""
    project: Project | None = None
    folder: str = ''
    """The folder that the application has to be run in, if that is not the current one."""
    why: str | None = None
    """Why it was chosen, in half a sentence; None if it was named."""
    notes: tuple[str, ...] = ()
    env_file: str = ''
    """A file of variables that is there and was not named, as it would be named."""

    @property
    def name(self) -> str:
        """What is imported, as `mysite.wsgi.application`."""
        return self.app or next(iter(self.project.entries.values() if self.project is not None else ()), '')
