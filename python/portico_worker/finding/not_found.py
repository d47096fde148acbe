"""What is said where no application, or more than one, was found: what was looked for, and what to type."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from typing import NamedTuple

from portico_worker.standard import import_standard

OPTIONS_MAX = 12
"""Applications that are listed; whoever has more knows which one is meant."""
NEAR = 0.6
"""How like a name must be to be taken for a slip of the finger; difflib's own measure."""


class NotFound(Exception):
    """The name leads nowhere: said in one sentence, because a traceback through our own files helps nobody."""

    details = ''
    """Lines that are shown above the sentence."""


class NoModule(NotFound):
    """A module is missing: the Python may be the wrong one."""

    hint = ''
    """What may have been meant: a sentence that follows the name of the Python."""


class Option(NamedTuple):
    """One of several applications, and what to type for it."""

    arguments: str
    what: str


def several(options: Iterable[Option]) -> NotFound:
    """Lists what was found, each with its command."""
    listed = list(options)
    width = max(len(option.arguments) for option in listed)
    lines = [f'  portico serve {option.arguments.ljust(width)}   # {option.what}' for option in listed[:OPTIONS_MAX]]
    if len(listed) > OPTIONS_MAX:
        lines.append(f'  … and {len(listed) - OPTIONS_MAX} more')
    error = NotFound(
        f'{len(listed)} applications could be meant, and nothing tells which. Name one: {joined(listed[:OPTIONS_MAX])}'
    )
    error.details = '\n'.join(lines)
    return error


def unclear_django(manage: str, options: list[Option]) -> NotFound:
    text = f'{manage} does not set DJANGO_SETTINGS_MODULE to a text that can be read'
    if not options:
        return NotFound(f'{text}: name the application, as in "portico serve mysite.wsgi"')
    error = NotFound(f'{text}. Name one: {joined(options)}')
    error.details = several(options).details
    return error


LOOKED_FOR = """\
looked for, in this order:
  FLASK_APP, QUART_APP or LITESTAR_APP in the environment, FLASK_APP in .flaskenv, [tool.fastapi] in pyproject.toml
  manage.py of a Django project
  wsgi.py, asgi.py, app.py, main.py, application.py, api.py, server.py: here, in packages, in app, api and src
  another file with an application of a framework, such as "shop = FastAPI()"
  one folder below: manage.py of a Django project, and all of this in backend, server, web and service"""


def nothing_here(folder: str, hints: list[str]) -> NotFound:
    manage = os.path.join(folder, 'manage.py')
    if os.path.isfile(manage):
        hints = [f'{manage} does not set DJANGO_SETTINGS_MODULE', *hints]
    error = NotFound(
        f'{". ".join([f"no application was found in {folder}", *hints])}. '
        'Name it, as in "portico serve main:app" for "app = …" in main.py'
    )
    error.details = LOOKED_FOR
    return error


def joined(options: Iterable[Option]) -> str:
    return ' or '.join(f'"portico serve {option.arguments}"' for option in options)


def argument(name: str) -> str:
    """As a shell wants it."""
    quoted: str = import_standard('shlex').quote(name)
    return quoted


def nearest(word: str, words: Iterable[str]) -> str | None:
    found: list[str] = import_standard('difflib').get_close_matches(word, sorted(set(words)), 1, NEAR)
    return found[0] if found else None


def no_module(missing: str, name: str) -> NoModule:
    error = NoModule(f'there is no module {missing} in {os.getcwd()} or on the Python path')
    error.hint = _module_hint(name)
    return error


def _module_hint(name: str) -> str:
    """What may have been meant by the name of a module that is not there."""
    module, _, last = name.rpartition('.')
    here = os.getcwd()
    if module and os.path.isfile(os.path.join(here, *module.split('.')) + '.py'):
        return f'. If {last} is in {module}, the two are parted by a colon: {module}:{last}'
    first = name.partition('.')[0]
    try:
        entries = sorted(os.listdir(here))
    except OSError:
        return ''
    below = [entry for entry in entries if os.path.isfile(os.path.join(here, entry, f'{first}.py'))]
    if len(below) == 1:
        return f'. There is a file {below[0]}/{first}.py: "portico serve {argument(f"{below[0]}/{first}.py")}"'
    near = nearest(first, [entry[:-3] for entry in entries if entry.endswith('.py')] + _packages(here, entries))
    return f'. Did you mean {near}?' if near is not None else ''


def _packages(here: str, entries: list[str]) -> list[str]:
    return [entry for entry in entries if os.path.isfile(os.path.join(here, entry, '__init__.py'))]


def no_file(path: str) -> NotFound:
    folder, name = os.path.split(path)
    try:
        near = nearest(name, [entry for entry in os.listdir(folder) if entry.endswith('.py')])
    except OSError:
        return NotFound(f'there is no file {path}, because there is no folder {folder}')
    hint = f'. Did you mean {os.path.relpath(os.path.join(folder, near))}?' if near is not None else ''
    return NotFound(f'there is no file {path}{hint}')


def needs_arguments(factory: str, needed: Iterable[str]) -> NotFound:
    """`factory`: `module:factory`, as the user would write it."""
    return NotFound(
        f"""{factory} needs arguments ({', '.join(needed)}): give them, as in "portico serve '{factory}(…)'", """
        'or make the application in a file, such as wsgi.py, and name that'
    )


def refuse_own_server(path: str, line: int | None) -> None:
    """Refuses a file whose import would never end, with another server listening."""
    if line is not None:
        raise NotFound(
            f'{path} runs a server of its own when it is imported, in line {line}: '
            'remove that, or put it under "if __name__ == \'__main__\':"'
        )


def refuse_taken_name(path: str, name: str) -> None:
    """Refuses a file that Python would not import, because it has another of this name."""
    taken = _taken_name(path, name)
    if taken is not None:
        raise NotFound(f'{path} cannot be imported: Python has loaded {taken} under its name. Rename the file')


def _taken_name(path: str, name: str) -> str | None:
    module = sys.modules.get(name)
    if module is None:
        return None
    loaded = getattr(module, '__file__', None)
    if loaded is None:
        return 'a built-in module' if name in sys.builtin_module_names else None
    return loaded if os.path.realpath(loaded) != os.path.realpath(path) else None
