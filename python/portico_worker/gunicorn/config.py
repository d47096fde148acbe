"""`cfg` of server and worker: all settings of gunicorn's by their names, and what it derives of them."""

from __future__ import annotations

import ipaddress
import os
import re
import socket
from collections.abc import Mapping
from typing import Any

from portico_worker.settings import Settings

DEFAULT_LOGGERS = ('gunicorn.glogging.Logger', 'simple', 'egg:gunicorn#simple', '')
"""What logger_class says where nobody has chosen one."""

LOG_CONFIGURATIONS = ('logconfig', 'logconfig_dict', 'logconfig_json')

WORKER_CLASSES = {
    'sync': 'SyncWorker',
    'gthread': 'ThreadWorker',
    'gevent': 'GeventWorker',
    'asgi': 'ASGIWorker',
}


class Setting:
    """One of `cfg.settings`."""

    def __init__(self, name: str, value: Any) -> None:
        self.name = name
        self.value = value

    def get(self) -> Any:
        return self.value

    def set(self, value: Any) -> None:
        self.value = value


class Config:
    settings: dict[str, Setting]
    env_orig: dict[str, str]

    def __init__(self, settings: Mapping[str, Any], defined: Mapping[str, Any]) -> None:
        """`settings`: what holds, as JSON has it. `defined`: what the file has, whose functions, classes and other objects JSON has not."""
        values = {**settings, **{name: defined[name] for name in settings if _is_object(settings, defined, name)}}
        # The process has become them, and what the application prints is in the log whatever is said here.
        values.update(user=os.geteuid(), group=os.getegid(), capture_output=False)
        # An attribute of the name of a setting is that setting's value (`__getattr__`).
        self.__dict__['settings'] = {name: Setting(name, value) for name, value in values.items()}
        self.__dict__['env_orig'] = dict(os.environ)

    def __getattr__(self, name: str) -> Any:
        if name == 'settings' or name not in self.settings:
            raise AttributeError(f'No configuration setting for: {name}')
        return self.settings[name].value

    def __setattr__(self, name: str, value: Any) -> None:
        if name in self.settings:
            raise AttributeError('Invalid access!')
        super().__setattr__(name, value)

    def set(self, name: str, value: Any) -> None:
        """Seen by other hooks; the server goes by what it was started with."""
        if name not in self.settings:
            raise AttributeError(f'No configuration setting for: {name}')
        self.settings[name].value = value

    def value(self, name: str, default: Any = None) -> Any:
        """A setting, also where it was not given."""
        setting = self.settings.get(name)
        return default if setting is None or setting.value is None else setting.value

    @property
    def worker_class_str(self) -> str:
        name = self.settings['worker_class'].value if 'worker_class' in self.settings else 'sync'
        if not isinstance(name, str):
            return str(name.__name__)
        return 'gthread' if name in ('sync', '') and self.value('threads', 1) > 1 else name

    @property
    def worker_class(self) -> type:
        name = self.worker_class_str
        return type(WORKER_CLASSES.get(name, name.rpartition('.')[2]), (), {})

    @property
    def address(self) -> list[Any]:
        bind = self.value('bind', ())
        return [parse_address(text) for text in (bind.split(',') if isinstance(bind, str) else bind)]

    @property
    def uid(self) -> int:
        user = self.value('user', os.geteuid())
        return user if isinstance(user, int) else os.geteuid()

    @property
    def gid(self) -> int:
        group = self.value('group', os.getegid())
        return group if isinstance(group, int) else os.getegid()

    @property
    def proc_name(self) -> str:
        return str(self.value('proc_name') or self.value('default_proc_name', 'gunicorn'))

    @property
    def is_ssl(self) -> bool:
        return bool(self.value('certfile') or self.value('keyfile'))

    @property
    def env(self) -> dict[str, str]:
        return dict(entry.split('=', 1) for entry in self.value('raw_env', ()))

    @property
    def has_default_logger(self) -> bool:
        named = self.value('logger_class', '')
        return isinstance(named, str) and named in DEFAULT_LOGGERS

    @property
    def has_own_logging(self) -> bool:
        """The user says where lines of the access log go, in Python's words: the worker writes them, not the edge."""
        to_syslog = self.value('syslog') and not self.value('disable_redirect_access_to_syslog')
        is_configured = any(self.value(name) for name in LOG_CONFIGURATIONS)
        return bool(not self.has_default_logger or is_configured or to_syslog)

    @property
    def paste_global_conf(self) -> dict[str, str]:
        pairs = (re.split(r'(?<!\\)=', entry, maxsplit=1) for entry in self.value('raw_paste_global_conf', ()))
        return {key.replace('\\=', '='): value.replace('\\=', '=') for key, value in pairs}

    def forwarded_allow_networks(self) -> list[Any]:
        return _networks(self.value('forwarded_allow_ips', ()))

    def proxy_allow_networks(self) -> list[Any]:
        return _networks(self.value('proxy_allow_ips', ()))


def config_of(settings: Settings, defined: Mapping[str, Any]) -> Config:
    assert settings.gunicorn is not None
    return Config(settings.gunicorn['settings'], defined)


def _is_object(settings: Mapping[str, Any], defined: Mapping[str, Any], name: str) -> bool:
    """Whether the file has what JSON can only describe. What the command line says instead is text."""
    if name not in defined:
        return False
    if name == 'logconfig_dict':
        return True
    return (
        callable(defined[name]) and not isinstance(defined[name], str) and not _is_other_text(settings, defined, name)
    )


def _is_other_text(settings: Mapping[str, Any], defined: Mapping[str, Any], name: str) -> bool:
    said, own = settings[name], defined[name]
    names = (f'{own.__module__}.{own.__qualname__}', own.__qualname__) if isinstance(own, type) else ()
    return isinstance(said, str) and said not in ('', *DEFAULT_LOGGERS, *names, repr(own), str(own))


def _networks(texts: Any) -> list[Any]:
    listed = texts.split(',') if isinstance(texts, str) else texts
    return [ipaddress.ip_network(text) for text in listed if text != '*']


def parse_address(text: str) -> Any:
    """As gunicorn has addresses: (host, port), the path of a Unix socket, or the number of a descriptor."""
    for word in ('unix:', 'uwsgi:unix:'):
        if text.startswith(word):
            path = text[len(word) :]
            return '/' + path.lstrip('/') if path.startswith('//') else path
    if text.startswith('fd://'):
        return int(text[5:])
    plain = re.sub(r'^\w+://', '', text).lower()
    bracketed = re.fullmatch(r'\[([^\]]+)\](?::(\d+))?', plain)
    host, port = bracketed.groups() if bracketed else _host_and_port(plain)
    return host or '0.0.0.0', int(port or 8000)


def _host_and_port(text: str) -> tuple[str, str]:
    host, colon, port = text.rpartition(':')
    return (host, port) if colon else (text, '')


class Listener:
    """One of `server.LISTENERS`: the addresses. The sockets are the edge's, which alone accepts on them."""

    def __init__(self, address: Any, is_ssl: bool) -> None:
        self.cfg_addr = address
        self.is_ssl = is_ssl

    @property
    def family(self) -> int:
        if isinstance(self.cfg_addr, str):
            return socket.AF_UNIX
        return socket.AF_INET6 if isinstance(self.cfg_addr, tuple) and ':' in self.cfg_addr[0] else socket.AF_INET

    def getsockname(self) -> Any:
        return self.cfg_addr

    def __str__(self) -> str:
        if isinstance(self.cfg_addr, str):
            return f'unix:{self.cfg_addr}'
        if isinstance(self.cfg_addr, int):
            return f'fd://{self.cfg_addr}'
        host, port = self.cfg_addr
        return f'{"https" if self.is_ssl else "http"}://{f"[{host}]" if ":" in host else host}:{port}'
