"""The functions of uWSGI's module that are not offered: each is there, and says what to take instead."""

from __future__ import annotations

from typing import Any, Callable, NoReturn

from .named import REASONS


class NotOffered(NotImplementedError):
    """A function of uWSGI's that Portico has not."""


def named_calls() -> dict[str, Callable[..., NoReturn]]:
    return {name: _refusing(name, reason) for name, reason in REASONS.items()}


def _refusing(name: str, reason: str) -> Callable[..., NoReturn]:
    def refuse(*arguments: Any, **named: Any) -> NoReturn:
        raise NotOffered(f'uwsgi.{name} is not offered by Portico: {reason}')

    refuse.__name__ = name
    return refuse
