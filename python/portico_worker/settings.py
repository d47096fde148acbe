"""The `start` message of docs/control.md, checked."""

from __future__ import annotations

import os
from typing import Any, NamedTuple

from .control import Message
from .finding.choice import Choice


class Settings(NamedTuple):
    app: str
    chdir: str
    preload: str
    threads: int
    max_requests: int
    max_requests_jitter: int
    lanes: list[str]
    """Paths that are dialled, one for each edge thread."""
    board: int
    """The descriptor of the board."""
    secret: str
    development: bool
    multiprocess: bool
    interface: str = 'auto'
    """'auto', 'wsgi' or 'asgi'."""
    worker_class: str = 'sync'
    """How WSGI is run: 'sync', or 'gevent'."""
    lifespan: str = 'auto'
    """'auto', 'on' or 'off'."""
    loop: str = 'auto'
    """'auto', 'asyncio' or 'uvloop'."""
    root_path: str = ''
    """The path that a proxy has taken away from the beginning of each request's: SCRIPT_NAME, root_path. '', or it
    begins with a slash and ends without one."""
    worker_connections: int = 0
    """Streams at a time, on all lanes together; 0: as many as is usual for the kind of worker."""
    python_found: str = ''
    """Where the supervisor has found this Python, in words that follow its name."""
    graceful_s: float = 30.0
    """How long a worker that ends may take for what it has, exit handlers included."""
    server_certificate: str = ''
    """PEM, the one that clients are shown; '' without TLS."""
    log_mark: str = ''
    """What entries of our own begin with in the log pipe; '': they are plain text."""
    may_move: bool = False
    """Whether the application of a project one folder below may be chosen, and the zygote be started there."""
    found: str = ''
    """Why the zygote was started in this folder, for the choice that is made here; '' if the user has named the folder."""
    cwd: str = ''
    """The folder that the server was started in: what is said to the user is relative to it."""
    has_env_file: bool = False
    """--env-file was given."""
    name: str = 'site'
    """What the server calls the application: said to the edge, beside the secret."""
    gunicorn: dict[str, Any] | None = None
    """What `GunicornApp` of src/config/model/app.ts has: `config`, `hooks` and `settings`; None under other commands."""
    is_reload: bool = False
    """Another zygote of this application serves, or did."""
    is_trial: bool = False
    """It is only to be seen whether the application can be loaded."""
    workers: int = 1
    """How many there are to be, where it matters."""
    uwsgi: dict[str, Any] | None = None
    """What src/config/model/uwsgi-app.ts has; None: the application is not served in uWSGI's manner."""
    choice: Choice | None = None
    """What `app` stands for. No part of the message: the zygote finds it before it does anything else."""


def read_settings(message: Message) -> Settings:
    return Settings(
        app=message['app'],
        chdir=_path(message['chdir']),
        preload=message.get('preload', 'auto'),
        threads=int(message.get('threads', 1)),
        max_requests=int(message.get('maxRequests') or 0),
        max_requests_jitter=int(message.get('maxRequestsJitter') or 0),
        lanes=list(message['lanes']),
        board=message['board'],
        secret=message['secret'],
        development=bool(message.get('development')),
        multiprocess=bool(message.get('multiprocess')),
        interface=message.get('interface') or 'auto',
        worker_class=message.get('workerClass') or 'sync',
        lifespan=message.get('lifespan') or 'auto',
        loop=message.get('loop') or 'auto',
        root_path=message.get('rootPath') or '',
        worker_connections=int(message.get('workerConnections') or 0),
        python_found=message.get('pythonFound') or '',
        graceful_s=float(message.get('gracefulTimeoutMs', 30_000)) / 1000,
        server_certificate=message.get('serverCertificate') or '',
        log_mark=message.get('logMark') or '',
        may_move=bool(message.get('mayMove')),
        found=message.get('found') or '',
        cwd=_path(message.get('cwd') or ''),
        has_env_file=bool(message.get('hasEnvFile')),
        name=message['name'],
        gunicorn=message.get('gunicorn'),
        is_reload=bool(message.get('isReload')),
        is_trial=bool(message.get('isTrial')),
        workers=int(message.get('workers') or 1),
        uwsgi=message.get('uwsgi'),
    )


def _path(text: str) -> str:
    """A path of the message, whose bytes are UTF-8, as Python has it where the locale says that names of files are something else."""
    return os.fsdecode(text.encode('utf-8', 'surrogateescape'))


class Identity(NamedTuple):
    """Which worker this is: the `spawn` message."""

    worker: int
    name: str
    slot: int
