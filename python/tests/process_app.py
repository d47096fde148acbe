"""The site of the tests that run processes: `/name` calls the function of that name."""

import os
import subprocess
import sys
import threading
import time

IMPORTED = int(os.readlink('/proc/self'))


def application(environ, start):
    name = environ['PATH_INFO'][1:]
    if name:
        globals()[name](environ)
    start(
        '200 OK',
        [
            ('X-Pid', str(os.getpid())),
            ('X-Imported', str(IMPORTED)),
            ('X-Worker', os.environ.get('PORTICO_WORKER', '')),
        ],
    )
    return [threading.current_thread().name.encode()]


def prints(environ):
    print('printed', 'words \udcff \u20ac')
    print('no end of line', end='')
    os.write(1, b' fd1 ')
    os.write(2, b'fd2\n')
    environ['wsgi.errors'].write('to errors \udcff\n')
    subprocess.run(['echo', 'from a child'], check=True)


def dies(environ):
    os._exit(7)


def crashes(environ):
    import ctypes

    ctypes.string_at(0)


def sleeps(environ):
    time.sleep(60)


def forks(environ):
    pid = os.fork()
    if pid == 0:
        return
    os.waitpid(pid, 0)


def closes(environ):
    os.closerange(0, 512)


def at_exit(environ):
    import atexit

    atexit.register(lambda: print('the exit handler ran'))


def clears(environ):
    os.environ.clear()
    os.chdir('/')
    sys.path[:] = []


def raises(environ):
    raise ValueError('boom')


def raises_after_closing(environ):
    os.closerange(0, 3)
    for _ in range(3):
        os.open('/dev/null', os.O_RDWR)
    raise ValueError('boom')


def says_nonsense(environ):
    frame = sys._getframe()
    while not hasattr(frame.f_locals.get('self'), 'worker'):
        frame = frame.f_back
    worker = frame.f_locals['self'].worker
    for text in (b'{"kind":"ready","self":1,"worker":"x"}\n', b'[' * 100_000 + b'\n', b'nonsense\n'):
        worker.status.sendall(text)
