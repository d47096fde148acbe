"""The logger of gunicorn's hooks: whose class it is, where its lines go, and what it counts."""

import os
import socket

import pytest

from fake_edge import until
from site_under_zygote import ask
from test_gunicorn_hooks import start

FORMAT = '%(h)s %(l)s %(u)s %(r)s %(m)s %(U)s %(q)s %(H)s %(s)s %(b)s %(B)s %(f)s %(a)s %(T)s %({x-hook}o)s %({host}i)s %({raw_uri}e)s %(x)s'


@pytest.fixture
def datagrams():
    listener = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    listener.bind(('127.0.0.1', 0))
    listener.settimeout(10)
    yield listener
    listener.close()


def hear(listener, count):
    return [listener.recv(4096).decode() for _ in range(count)]


def served(site, source='', **values):
    """Answers one request; returns what the application has logged by then."""
    start(site, source, values={'access_log_format': FORMAT, **values})
    site.hear('loaded')
    (lane,) = site.spawn_ready().values()
    assert ask(lane, '/page').is_whole


def file_of(site, name, lines=1):
    path = f'{site.site}/{name}'
    until(lambda: os.path.exists(path) and len(read(path).splitlines()) >= lines)
    return read(path)


def read(path):
    with open(path) as file:
        return file.read()


LINE = '127.0.0.1 - - GET /page HTTP/1.1 GET /page  HTTP/1.1 200 5 5 - - 0  localhost:8000 /page -'

OWN = """
    import logging
    from gunicorn.glogging import Logger
    class Own(Logger):
        def setup(self, cfg):
            super().setup(cfg)
            handler = logging.FileHandler('access')
            self.access_log.addHandler(handler)
            self.access_log.addFilter(lambda record: True)
        def access(self, resp, req, environ, request_time):
            environ['seen'] = 'by the class'
            super().access(resp, req, environ, request_time)
    logger_class = Own
"""


def test_a_class_of_the_users_own_writes_the_access_log(site):
    served(site, OWN, logger_class='__config__.Own')
    assert file_of(site, 'access').startswith(LINE)


def test_a_class_may_be_named(site):
    with open(f'{site.site}/own_logger.py', 'w') as file:
        file.write(__import__('textwrap').dedent(OWN))
    served(site, logger_class='own_logger.Own')
    assert file_of(site, 'access').startswith(LINE)


DICT = """
    class Formatter:
        def format(self, record): return 'formatted ' + record.getMessage()
    logconfig_dict = {
        'formatters': {'own': {'()': Formatter}},
        'handlers': {'file': {'class': 'logging.FileHandler', 'filename': 'access', 'formatter': 'own'}},
        'loggers': {'gunicorn.access': {'level': 'INFO', 'handlers': ['file'], 'propagate': False}},
        'root': {'level': 'INFO', 'handlers': ['file']},
    }
"""


def test_logconfig_dict_has_what_json_has_not(site):
    served(site, DICT, logconfig_dict={})
    assert file_of(site, 'access').startswith('formatted ' + LINE)


INI = """
[loggers]
keys=root,gunicorn.access
[handlers]
keys=file
[formatters]
keys=plain
[logger_root]
level=INFO
handlers=file
[logger_gunicorn.access]
level=INFO
handlers=file
propagate=0
qualname=gunicorn.access
[handler_file]
class=FileHandler
formatter=plain
args=('%(here)s/access',)
[formatter_plain]
format=ini %(message)s
"""


def test_logconfig_is_a_file_of_python(site):
    with open(f'{site.site}/log.ini', 'w') as file:
        file.write(INI)
    served(site, logconfig=f'{site.site}/log.ini')
    assert file_of(site, 'access').startswith('ini ' + LINE)


def test_logconfig_json_is_a_file(site):
    with open(f'{site.site}/log.json', 'w') as file:
        file.write("""{"handlers": {"file": {"class": "logging.FileHandler", "filename": "access"}},
            "loggers": {"gunicorn.access": {"level": "INFO", "handlers": ["file"]}}, "root": {"handlers": ["file"]}}""")
    served(site, logconfig_json='log.json')
    assert file_of(site, 'access').startswith(LINE)


def test_a_log_configuration_that_is_not_there_is_why_the_application_cannot_be_loaded(site):
    start(site, values={'logconfig': '/nowhere'})
    assert 'Error: log config' in site.hear('load-failed')['error']


def test_files_of_the_access_log_are_opened_again(site):
    served(site, accesslog='access', logger_class='portico_worker.gunicorn.logger.Logger')
    assert file_of(site, 'access').startswith(LINE)
    os.rename(f'{site.site}/access', f'{site.site}/moved')
    site.say('reopen-logs')
    until(lambda: os.path.exists(f'{site.site}/access'))


def test_syslog_has_lines_as_gunicorn_writes_them(site, datagrams):
    address = f'udp://127.0.0.1:{datagrams.getsockname()[1]}'
    source = "def post_fork(server, worker): worker.log.warning('forked')"
    served(site, source, syslog=True, syslog_addr=address, syslog_facility='local3', syslog_prefix='shop')
    said_first, line = hear(datagrams, 2)
    assert said_first == f'<156>gunicorn.shop.error: [{site.pids[1]}] forked\0'
    assert line.startswith(f'<158>gunicorn.shop.access: [{site.pids[1]}] {LINE}')


def test_syslog_may_be_a_unix_socket(site):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(f'{site.site}/log')
        listener.settimeout(10)
        served(site, syslog=True, syslog_addr=f'unix://{site.site}/log#dgram', syslog_facility='user')
        assert listener.recv(4096).startswith(b'<14>gunicorn.gunicorn.access: ')


def test_syslog_may_be_a_stream(site):
    with socket.create_server(('127.0.0.1', 0)) as listener:
        listener.settimeout(10)
        served(
            site, syslog=True, syslog_addr=f'tcp://127.0.0.1:{listener.getsockname()[1]}', default_proc_name='other:app'
        )
        connections = [listener.accept()[0] for _ in range(2)]
        texts = []
        for connection in connections:
            connection.settimeout(1)
            try:
                texts.append(connection.recv(4096))
            except socket.timeout:
                pass
            connection.close()
        assert any(text.startswith(b'<14>gunicorn.other.app.access: ') for text in texts)


def test_statsd_counts_requests_and_workers(site, datagrams):
    source = """
        EXTRA = {'metric': 'own', 'value': 3, 'mtype': 'gauge'}
        def post_fork(server, worker):
            worker.log.error('bad')
            worker.log.info('', extra=EXTRA)
    """
    host = f'127.0.0.1:{datagrams.getsockname()[1]}'
    served(site, source, statsd_host=host, statsd_prefix='shop', dogstatsd_tags='a:b')
    found = hear(datagrams, 6)
    (duration,) = (text for text in found if '.request.duration' in text)
    assert duration.startswith('shop.gunicorn.request.duration:')
    assert duration.endswith('|ms|#a:b')
    found.remove(duration)
    assert sorted(found) == [
        'shop.gunicorn.log.error:1|c|@1.0|#a:b',
        'shop.gunicorn.request.status.200:1|c|@1.0|#a:b',
        'shop.gunicorn.requests:1|c|@1.0|#a:b',
        'shop.gunicorn.workers:1|g|#a:b',
        'shop.own:3|g|#a:b',
    ]


def test_the_loggers_of_gunicorn_write_to_the_log_without_any_file(site):
    start(site, 'x = 1', logMark='0123456789abcdef')
    site.hear('loaded')
    with open(f'{site.site}/other.py', 'a') as file:
        file.write("\nimport logging\nlogging.getLogger('gunicorn.error').warning('by name')\n")
    site.spawn_ready()
    assert 'by name' in site.log(until='by name')
