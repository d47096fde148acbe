// What gunicorn's users say of logging in Python's words, and to statsd: heard where they say.

import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { existsSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { serveGunicorn } from './gunicorn-server.ts';
import { until } from './waiting.ts';

const APP = `
import logging

logging.getLogger('gunicorn.error').warning('said by the name of the logger')

def application(environ, start_response):
    start_response('200 OK', [('Content-Type', 'text/plain')])
    return [b'hello']
`;
const QUIET = `
from gunicorn.glogging import Logger

class Quiet(Logger):
    def access(self, resp, req, environ, request_time):
        if req.path != '/health':
            super().access(resp, req, environ, request_time)

logger_class = Quiet
accesslog = 'access.log'
access_log_format = '%(m)s %(U)s %(s)s'
`;

test('a logger of the user writes the access log alone, and its files are opened again', async () => {
  await using server = await serveGunicorn({ files: { 'app.py': APP, 'gunicorn.conf.py': QUIET } });
  const path = join(server.folder, 'access.log');
  await server.ask('/health');
  await server.ask('/page');
  await until('it is written', () => existsSync(path) && readFileSync(path, 'utf8') === 'GET /page 200\n');
  renameSync(path, `${path}.1`);
  server.signal('SIGUSR1');
  await until('there is a new one', () => existsSync(path));
  await server.ask('/other');
  await until('that is written', () => readFileSync(path, 'utf8') === 'GET /other 200\n');
  assert.match(server.log, /WARNING (?:app|w1): said by the name of the logger/);
});

const DICTIONARY = `
import logging

class Loud(logging.Formatter):
    def format(self, record):
        return super().format(record).upper()

logconfig_dict = {
    'formatters': {'loud': {'()': Loud}},
    'handlers': {'file': {'class': 'logging.FileHandler', 'filename': 'loud.log', 'formatter': 'loud'}},
    'loggers': {'gunicorn.access': {'level': 'INFO', 'handlers': ['file'], 'propagate': False}},
    'root': {'level': 'INFO', 'handlers': ['file']},
}
accesslog = '-'
`;

test('a dictionary of logging, with a class of its own, has the access log in place of the edge', async () => {
  await using server = await serveGunicorn({ files: { 'app.py': APP, 'gunicorn.conf.py': DICTIONARY } });
  await server.ask('/page');
  const path = join(server.folder, 'loud.log');
  await until(
    'it is written',
    () => existsSync(path) && /"GET \/PAGE HTTP\/1\.1" 200 5/.test(readFileSync(path, 'utf8')),
  );
  assert.doesNotMatch(server.log, /^[\d.]+ - - .*GET \/page/m);
});

test('statsd is told of each request, of the workers, and of errors', async () => {
  const listener = createSocket('udp4');
  const heard: string[] = [];
  listener.on('message', (message) => heard.push(String(message)));
  listener.bind(0, '127.0.0.1');
  await once(listener, 'listening');
  try {
    await using server = await serveGunicorn({
      files: { 'app.py': APP },
      args: [
        '--statsd-host',
        `127.0.0.1:${listener.address().port}`,
        '--statsd-prefix',
        'shop',
        '--dogstatsd-tags',
        'a:b',
      ],
    });
    await server.ask('/');
    const has = (pattern: RegExp) => heard.some((text) => pattern.test(text));
    await until('all is told', () =>
      [
        /^shop\.gunicorn\.workers:1\|g\|#a:b$/,
        /^shop\.gunicorn\.requests:1\|c\|@1\.0\|#a:b$/,
        /^shop\.gunicorn\.request\.status\.200:1\|c\|@1\.0\|#a:b$/,
        /^shop\.gunicorn\.request\.duration:[\d.]+\|ms\|#a:b$/,
      ].every(has),
    );
  } finally {
    listener.close();
  }
});

const HINTING = `
def application(environ, start_response):
    environ['wsgi.early_hints']([('Link', '</a.css>; rel=preload')])
    start_response('200 OK', [('Content-Type', 'text/plain')])
    return [b'hello']
`;

test('hints of an application are sent before its response', async () => {
  await using server = await serveGunicorn({ files: { 'app.py': HINTING } });
  using client = await server.connect();
  client.send('GET / HTTP/1.1\r\nHost: site.test\r\nConnection: close\r\n\r\n');
  const hints = await client.readOne();
  assert.deepEqual([hints.status, hints.fields.get('link')], [103, '</a.css>; rel=preload']);
  assert.deepEqual((await client.readOne()).body, 'hello');
});
