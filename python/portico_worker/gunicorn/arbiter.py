"""`server` of the hooks: what gunicorn's arbiter is to them. It stands for the zygote, the parent of the workers."""

from __future__ import annotations

import os
import signal
import sys
import time
from typing import Any, Callable, ClassVar

from .config import Config, Listener


class Arbiter:
    SIG_NAMES: ClassVar[dict[int, str]] = {number: number.name[3:].lower() for number in signal.Signals}

    def __init__(self, cfg: Config, log: Any, app: Any, tell_workers: Callable[[Any, int, int | None], Any]) -> None:
        self.cfg = cfg
        self.log = log
        self.app = app
        self._tell_workers = tell_workers
        self._num_workers: int | None = None
        self.WORKERS: dict[int, Any] = {}
        """Workers by their process."""
        self.LISTENERS = [Listener(address, cfg.is_ssl) for address in cfg.address]
        self.START_CTX = {'args': [sys.executable, *sys.argv], 'cwd': os.getcwd(), 0: sys.executable}
        self.pid = os.getpid()
        self.pidfile = None
        self.systemd = False
        self.worker_age = 0
        self.worker_class = cfg.worker_class
        self.reexec_pid = 0
        self.master_pid = 0
        self.master_name = 'Master'
        self.address = cfg.address
        self.timeout = cfg.value('timeout', 30)
        self.proc_name = cfg.proc_name
        self._stats = {'start_time': time.time(), 'workers_spawned': 0, 'workers_killed': 0, 'reloads': 0}

    @property
    def num_workers(self) -> int:
        return self._num_workers or 0

    @num_workers.setter
    def num_workers(self, count: int) -> None:
        """What is told here is what the supervisor has decided; a hook that sets it changes nothing but what others see."""
        before, self._num_workers = self._num_workers, count
        self._tell_workers(self, count, before)
