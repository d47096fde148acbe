"""The `start` message of docs/control.md, checked."""

from __future__ import annotations

from typing import NamedTuple

from .control import Message


class Settings(NamedTuple):
    app: str
    chdir: str
    python_path: list[str]
    preload: str
    threads: int
    max_requests: int
    max_requests_jitter: int
    lanes: list[str]
    board: str
    secret: str
    run_dir: str
    development: bool
    multiprocess: bool


def read_settings(message: Message) -> Settings:
    return Settings(
        app=message['app'],
        chdir=message['chdir'],
        python_path=list(message.get('pythonPath') or ()),
        preload=message.get('preload', 'auto'),
        threads=int(message.get('threads', 1)),
        max_requests=int(message.get('maxRequests') or 0),
        max_requests_jitter=int(message.get('maxRequestsJitter') or 0),
        lanes=list(message['lanes']),
        board=message['board'],
        secret=message['secret'],
        run_dir=message['runDir'],
        development=bool(message.get('development')),
        multiprocess=bool(message.get('multiprocess')),
    )


class Identity(NamedTuple):
    """Which worker this is: the `spawn` message."""

    worker: int
    name: str
    slot: int
