// Configuration files as people have them: those of tutorials, images and projects. Each is read without a fault, and says what its author meant.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { makeFolder, PORTICO, START_MS } from './server.ts';

interface Case {
  readonly text: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Lines of --print-config. */
  readonly says: readonly string[];
}

const CORES = availableParallelism();

const CASES: Readonly<Record<string, Case>> = {
  'workers by cores': {
    text: `
import multiprocessing

bind = "0.0.0.0:8000"
workers = multiprocessing.cpu_count() * 2 + 1
worker_class = "gthread"
threads = 4
max_requests = 1000
max_requests_jitter = 50
preload_app = True
timeout = 120
`,
    says: [`workers = ${CORES * 2 + 1}`, 'threads = 4', 'preload_app = True', "bind = ['0.0.0.0:8000']"],
  },
  'an image that reads all from the environment': {
    text: `
import json, multiprocessing, os

use_max_workers = int(os.getenv("MAX_WORKERS", "0")) or None
web_concurrency_str = os.getenv("WEB_CONCURRENCY", None)
use_loglevel = os.getenv("LOG_LEVEL", "info")
use_bind = os.getenv("BIND") or f'{os.getenv("HOST", "0.0.0.0")}:{os.getenv("PORT", "80")}'
web_concurrency = int(web_concurrency_str) if web_concurrency_str else max(multiprocessing.cpu_count(), 2)
if use_max_workers:
    web_concurrency = min(web_concurrency, use_max_workers)
accesslog_var = os.getenv("ACCESS_LOG", "-")

loglevel = use_loglevel
workers = web_concurrency
bind = use_bind
worker_tmp_dir = "/dev/shm"
accesslog = accesslog_var or None
graceful_timeout = int(os.getenv("GRACEFUL_TIMEOUT", "120"))
keepalive = int(os.getenv("KEEP_ALIVE", "5"))
print(json.dumps({"workers": workers, "bind": bind}))
`,
    env: { WEB_CONCURRENCY: '4', MAX_WORKERS: '3', LOG_LEVEL: 'warning' },
    says: ['workers = 3', 'loglevel = warning', "bind = ['0.0.0.0:80']", 'accesslog = -', 'keepalive = 5'],
  },
  'every GUNICORN_ variable': {
    text: `
import os

for k, v in os.environ.items():
    if k.startswith("GUNICORN_"):
        key = k.split("_", 1)[1].lower()
        locals()[key] = v
`,
    env: { GUNICORN_WORKERS: '5', GUNICORN_TIMEOUT: '60', GUNICORN_PRELOAD_APP: 'true' },
    says: ['workers = 5', 'timeout = 60', 'preload_app = True'],
  },
  'behind a router of a platform': {
    text: `
from os import environ

bind = "0.0.0.0:" + environ.get("PORT", "8000")
forwarded_allow_ips = "*"
secure_scheme_headers = {"X-FORWARDED-PROTO": "https"}
access_log_format = '%(h)s %(l)s %(u)s %(t)s "%(r)s" %(s)s %(b)s %(D)s %({x-request-id}i)s'
`,
    env: { PORT: '5000' },
    says: [
      "bind = ['0.0.0.0:5000']",
      "forwarded_allow_ips = ['*']",
      "secure_scheme_headers = {'X-FORWARDED-PROTO': 'https'}",
    ],
  },
  'logs in JSON': {
    text: `
logconfig_dict = {
    "version": 1,
    "formatters": {"json": {"format": '{"t": "%(asctime)s"}'}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json", "stream": "ext://sys.stdout"}},
    "loggers": {"gunicorn.error": {"level": "INFO", "handlers": ["console"], "propagate": False}},
}
`,
    says: [],
  },
  'metrics of several processes': {
    text: `
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent
bind = ["0.0.0.0:8000", "unix:/tmp/shop.sock"]
pythonpath = str(BASE_DIR)

def child_exit(server, worker):
    from prometheus_client import multiprocess
    multiprocess.mark_process_dead(worker.pid)
`,
    says: ["bind = ['0.0.0.0:8000', 'unix:/tmp/shop.sock']", 'child_exit = <child_exit()>'],
  },
  'a logger of its own': {
    text: `
import gunicorn
from gunicorn import glogging, util
from gunicorn.glogging import Logger

gunicorn.SERVER_SOFTWARE = "shop"

class CustomLogger(glogging.Logger):
    def setup(self, cfg):
        super().setup(cfg)

logger_class = CustomLogger
capture_output = True
`,
    says: ['capture_output = True'],
  },
  'a virtual environment and its names': {
    text: `
command = '/home/shop/venv/bin/gunicorn'
workers = 3
user = None
raw_env = ['DJANGO_SETTINGS_MODULE=shop.settings', 'STAGE=live']
umask = 0o007
keyfile = None
`,
    says: ['workers = 3', "raw_env = ['DJANGO_SETTINGS_MODULE=shop.settings', 'STAGE=live']", 'umask = 7'],
  },
  'workers of uvicorn': {
    text: `
import os
worker_class = "uvicorn.workers.UvicornWorker"
workers: int = int(os.environ.get("WORKERS", "2"))
keepalive = 65
`,
    says: ['worker_class = uvicorn.workers.UvicornWorker', 'workers = 2', 'keepalive = 65'],
  },
  'greenlets and their drivers': {
    text: `
try:
    from psycogreen.gevent import patch_psycopg
except ImportError:
    patch_psycopg = lambda: None

worker_class = "gevent"
worker_connections = 1000

def post_fork(server, worker):
    patch_psycopg()
    worker.log.info("green")
`,
    says: ['worker_class = gevent', 'worker_connections = 1000', 'post_fork = <post_fork()>'],
  },
};

for (const [name, { text, env = {}, says }] of Object.entries(CASES)) {
  test(`a gunicorn.conf.py is read as it was meant: ${name}`, () => {
    const folder = makeFolder();
    writeFileSync(join(folder, 'gunicorn.conf.py'), text);
    const { PATH, HOME } = process.env;
    const { status, stdout, stderr } = spawnSync(PORTICO, ['gunicorn', '--print-config', 'shop'], {
      ...{ cwd: folder, env: { PATH, HOME, TMPDIR: folder, ...env }, encoding: 'utf8', timeout: START_MS },
    });
    assert.equal(status, 0, stderr);
    assert.doesNotMatch(stderr, /warning|error/);
    const lines = new Set(stdout.split('\n').map((line) => line.replace(/ += /, ' = ')));
    assert.deepEqual(
      says.filter((line) => !lines.has(line)),
      [],
    );
  });
}
