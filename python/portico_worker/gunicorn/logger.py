"""`log` of server and worker: gunicorn's logger, which writes to the log of this server. It is also what a user's own class begins with, where gunicorn
is not installed (`stand_in`)."""

from __future__ import annotations

import logging
import logging.handlers
import os
import socket
import threading
import time
import traceback
from datetime import timedelta
from typing import Any

from portico_worker import report

from .access_atoms import SafeAtoms, atoms_of
from .config import Config
from .log_configuration import configure

LEVELS = {
    'critical': logging.CRITICAL,
    'error': logging.ERROR,
    'warning': logging.WARNING,
    'info': logging.INFO,
    'debug': logging.DEBUG,
}

_FIRST = ('kern', 'user', 'mail', 'daemon', 'auth', 'syslog', 'lpr', 'news', 'uucp', 'cron', 'authpriv', 'ftp')

FACILITIES = {
    **{name: number for number, name in enumerate(_FIRST)},
    'security': 4,
    **{f'local{number}': 16 + number for number in range(8)},
}
"""RFC 3164 4.1.1."""


class ReportHandler(logging.Handler):
    """Writes records as entries of the log of this server."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            text = record.getMessage()
            if record.exc_info:
                text += '\n' + ''.join(traceback.format_exception(*record.exc_info)).rstrip('\n')
            report.log(text, _level(record.levelno))
        except Exception:
            self.handleError(record)


def _level(number: int) -> str:
    if number >= logging.ERROR:
        return 'error'
    if number >= logging.WARNING:
        return 'warning'
    return 'info' if number >= logging.INFO else 'debug'


class Logger:
    LOG_LEVELS = LEVELS
    loglevel = logging.INFO

    error_fmt = '%(asctime)s [%(process)d] [%(levelname)s] %(message)s'
    datefmt = '[%Y-%m-%d %H:%M:%S %z]'
    access_fmt = '%(message)s'
    syslog_fmt = '[%(process)d] %(message)s'

    atoms_wrapper_class = SafeAtoms

    def __init__(self, cfg: Config) -> None:
        self.error_log = logging.getLogger('gunicorn.error')
        self.error_log.propagate = False
        self.access_log = logging.getLogger('gunicorn.access')
        self.access_log.propagate = False
        self.error_handlers: list[logging.Handler] = []
        self.access_handlers: list[logging.Handler] = []
        self.logfile = None
        self.lock = threading.Lock()
        self.cfg = cfg
        self.setup(cfg)

    def setup(self, cfg: Config) -> None:
        self.cfg = cfg
        self.loglevel = LEVELS.get(str(cfg.value('loglevel', 'info')).lower(), logging.INFO)
        self.error_log.setLevel(self.loglevel)
        self.access_log.setLevel(logging.INFO)
        for log in (self.error_log, self.access_log):
            for handler in [each for each in log.handlers if getattr(each, '_gunicorn', False)]:
                log.removeHandler(handler)
        self._add_handler(self.error_log, ReportHandler())
        output = cfg.value('accesslog')
        if output is not None and cfg.has_own_logging:
            self._set_handler(self.access_log, output, logging.Formatter(self.access_fmt), 'ext://sys.stdout')
        if cfg.value('syslog'):
            self._set_syslog_handler(self.error_log, cfg, self.syslog_fmt, 'error')
            if not cfg.value('disable_redirect_access_to_syslog'):
                self._set_syslog_handler(self.access_log, cfg, self.syslog_fmt, 'access')
        configure(cfg)

    def critical(self, msg: Any, *args: Any, **kwargs: Any) -> None:
        self.error_log.critical(msg, *args, **kwargs)

    def error(self, msg: Any, *args: Any, **kwargs: Any) -> None:
        self.error_log.error(msg, *args, **kwargs)

    def warning(self, msg: Any, *args: Any, **kwargs: Any) -> None:
        self.error_log.warning(msg, *args, **kwargs)

    def info(self, msg: Any, *args: Any, **kwargs: Any) -> None:
        self.error_log.info(msg, *args, **kwargs)

    def debug(self, msg: Any, *args: Any, **kwargs: Any) -> None:
        self.error_log.debug(msg, *args, **kwargs)

    def exception(self, msg: Any, *args: Any, **kwargs: Any) -> None:
        self.error_log.exception(msg, *args, **kwargs)

    def log(self, lvl: Any, msg: Any, *args: Any, **kwargs: Any) -> None:
        level = LEVELS.get(lvl.lower(), logging.INFO) if isinstance(lvl, str) else lvl
        self.error_log.log(level, msg, *args, **kwargs)

    def atoms(self, resp: Any, req: Any, environ: dict[str, Any], request_time: timedelta) -> dict[str, Any]:
        return atoms_of(resp, req, environ, request_time, self.now())

    @property
    def access_log_enabled(self) -> bool:
        return self.cfg.has_own_logging

    def access(self, resp: Any, req: Any, environ: dict[str, Any], request_time: timedelta) -> None:
        """A line of the access log, where the user says in Python's words where that goes. The edge writes it elsewhere."""
        if not self.access_log_enabled:
            return
        atoms = self.atoms_wrapper_class(self.atoms(resp, req, environ, request_time))
        try:
            self.access_log.info(self.cfg.access_log_format, atoms)
        except Exception:
            self.error(traceback.format_exc())

    def now(self) -> str:
        return time.strftime('[%d/%b/%Y:%H:%M:%S %z]')

    def reopen_files(self) -> None:
        for handler in _file_handlers():
            handler.acquire()
            try:
                if handler.stream:
                    handler.close()
                    handler.stream = handler._open()
            finally:
                handler.release()

    def close_on_exec(self) -> None:
        for handler in _file_handlers():
            if handler.stream:
                os.set_inheritable(handler.stream.fileno(), False)

    def _add_handler(self, log: logging.Logger, handler: logging.Handler) -> None:
        handler._gunicorn = True  # type: ignore[attr-defined]
        log.addHandler(handler)

    def _set_handler(self, log: logging.Logger, output: str, fmt: logging.Formatter, stream: Any = None) -> None:
        handler: logging.Handler
        if output == '-':
            import sys

            handler = logging.StreamHandler(sys.stdout if stream == 'ext://sys.stdout' else stream)
        else:
            handler = logging.FileHandler(output)
        handler.setFormatter(fmt)
        self._add_handler(log, handler)

    def _set_syslog_handler(self, log: logging.Logger, cfg: Config, fmt: str, name: str) -> None:
        prefix = cfg.value('syslog_prefix') or cfg.proc_name.replace(':', '.')
        facility = FACILITIES.get(str(cfg.value('syslog_facility', 'user')).lower())
        if facility is None:
            raise RuntimeError('unknown facility name')
        kind, address = parse_syslog_address(cfg.value('syslog_addr', 'udp://localhost:514'))
        handler = logging.handlers.SysLogHandler(address=address, facility=facility, socktype=kind)
        handler.setFormatter(logging.Formatter(f'gunicorn.{prefix}.{name}: {fmt}'))
        self._add_handler(log, handler)


def _file_handlers() -> list[logging.FileHandler]:
    loggers = [logging.getLogger(name) for name in list(logging.root.manager.loggerDict)]
    handlers = {handler for log in (logging.root, *loggers) for handler in log.handlers}
    return [handler for handler in handlers if isinstance(handler, logging.FileHandler)]


def parse_syslog_address(text: str) -> tuple[Any, Any]:
    """The kind of socket, None where both are tried, and the address: unix://PATH, unix://PATH#dgram, udp://HOST:PORT, tcp://HOST:PORT."""
    scheme, _, rest = text.partition('://')
    if scheme == 'unix':
        path, _, kind = rest.partition('#')
        return (socket.SOCK_DGRAM if kind == 'dgram' else None), path
    if scheme not in ('udp', 'tcp'):
        raise RuntimeError('invalid syslog address')
    host, _, port = rest.rpartition(':') if ':' in rest.rpartition(']')[2] else (rest, '', '514')
    if not port.isdigit():
        raise RuntimeError(f'{port!r} is not a valid port number.')
    kind_of_socket = socket.SOCK_DGRAM if scheme == 'udp' else socket.SOCK_STREAM
    return kind_of_socket, (host.strip('[]').lower() or 'localhost', int(port))
