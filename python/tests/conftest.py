import os
import threading

import pytest

from portico_worker import report
from site_under_zygote import Site


class Log:
    """What the worker reports, as the log would hold it."""

    def __init__(self):
        self._read, write = os.pipe()
        os.set_blocking(self._read, False)
        self.descriptor = write
        self.lock = threading.Lock()
        self.text = ''

    def take(self):
        with self.lock:
            try:
                while True:
                    self.text += os.read(self._read, 1 << 20).decode()
            except BlockingIOError:
                return self.text

    def close(self):
        os.close(self._read)
        os.close(self.descriptor)


@pytest.fixture
def log():
    log, before = Log(), report.descriptor()
    report.write_to(log.descriptor)
    yield log
    report.write_to(before)
    log.close()


@pytest.fixture
def site(tmp_path):
    site = Site(tmp_path)
    yield site
    site.close()
