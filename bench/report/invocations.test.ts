import assert from 'node:assert/strict';
import { test } from 'node:test';
import { apacheModWsgi } from '../servers/apache.ts';
import { daphne } from '../servers/daphne.ts';
import { granian, granianAsgi } from '../servers/granian.ts';
import { nginxGunicorn } from '../servers/gunicorn.ts';
import { hypercorn } from '../servers/hypercorn.ts';
import { nginxStatic } from '../servers/nginx-static.ts';
import { portico } from '../servers/portico.ts';
import { proxyKinds } from '../servers/proxies.ts';
import { nginxUvicorn, uvicorn } from '../servers/uvicorn.ts';
import { nginxUwsgi, uwsgiHttp } from '../servers/uwsgi.ts';
import { invocationsOf } from './invocations.ts';

const SITE = { app: 'hello:application', workers: 2 };

function commandsOf(kind: Parameters<typeof invocationsOf>[0][number]): readonly string[] {
  return invocationsOf([kind], SITE)[0]?.commands ?? [];
}

test('Portico is started with nothing but the address and the workers', () => {
  assert.deepEqual(commandsOf(portico()), ['bin/portico serve hello:application --bind 127.0.0.1:PORT --workers 2']);
});

test('gunicorn keeps connections of nginx where its worker can', () => {
  assert.match(
    commandsOf(nginxGunicorn({ threads: 4 }))[0] ?? '',
    /--worker-class gthread --threads 4 --keep-alive 75/,
  );
  assert.match(invocationsOf([nginxGunicorn({ threads: 4 })], SITE)[0]?.files['nginx.conf'] ?? '', /keepalive 64;/);
  assert.doesNotMatch(invocationsOf([nginxGunicorn()], SITE)[0]?.files['nginx.conf'] ?? '', /keepalive 64;/);
  assert.match(commandsOf(nginxGunicorn({ hasPreload: true }))[0] ?? '', / --preload --bind unix:RUN/);
});

test('uWSGI speaks its own protocol behind nginx and HTTP alone', () => {
  assert.equal(commandsOf(nginxUwsgi()).length, 2);
  assert.match(commandsOf(nginxUwsgi())[0] ?? '', /--module hello:application --socket RUN\/uwsgi.sock/);
  assert.match(commandsOf(uwsgiHttp())[0] ?? '', /--http 127\.0\.0\.1:PORT --http-keepalive/);
});

test('granian has one thread that runs the application', () => {
  assert.match(commandsOf(granian())[0] ?? '', /--interface wsgi --port PORT --workers 2 --blocking-threads 1/);
});

test('Apache runs the application in processes of their own', () => {
  const [apache] = invocationsOf([apacheModWsgi(15)], SITE);
  assert.match(apache?.files['apache.conf'] ?? '', /WSGIDaemonProcess site processes=2 threads=15 python-home=PEERS/);
  assert.equal(apache?.files['application.wsgi'], 'from hello import application as application\n');
});

test('no peer writes an access log', () => {
  const kinds = [nginxGunicorn(), nginxUwsgi(), nginxStatic('/srv/files', true)];
  for (const { files } of invocationsOf(kinds, SITE)) assert.match(files['nginx.conf'] ?? '', /access_log off;/);
  for (const kind of [granian(), granianAsgi(), uvicorn()]) assert.match(commandsOf(kind)[0] ?? '', /--no-access-log/);
  assert.match(commandsOf(daphne())[0] ?? '', /--verbosity 0/);
});

test('ASGI servers run on uvloop where they can, for a proxy only behind one', () => {
  assert.match(
    commandsOf(uvicorn())[0] ?? '',
    /--workers 2 --loop uvloop --http httptools .*--no-proxy-headers hello:/,
  );
  assert.match(commandsOf(hypercorn())[0] ?? '', /--worker-class uvloop --workers 2 /);
  assert.match(commandsOf(granianAsgi())[0] ?? '', /--interface asgi .*--loop uvloop .*--no-ws hello:/);
  const [behind] = invocationsOf([nginxUvicorn()], SITE);
  assert.match(behind?.commands[0] ?? '', /--uds RUN\/uvicorn\.sock --proxy-headers --forwarded-allow-ips \* hello:/);
  assert.match(behind?.files['nginx.conf'] ?? '', /server unix:RUN\/uvicorn\.sock fail_timeout=0; keepalive 64;/);
});

test('servers of WebSockets take a thousand connections, and uvicorn says by which implementation', () => {
  assert.match(commandsOf(granianAsgi({ hasWebsockets: true }))[0] ?? '', /--backpressure 2048 hello:/);
  const kind = uvicorn({ websockets: 'wsproto' });
  assert.equal(kind.name, 'uvicorn (wsproto)');
  assert.match(commandsOf(kind)[0] ?? '', / --ws wsproto hello:/);
});

test('proxies have one thread, keep their connections to the server behind, and write no access log', () => {
  const [ours, nginx, haproxy, caddy] = invocationsOf(proxyKinds({ backend: 'BACKEND' }), SITE);
  assert.deepEqual(ours?.files, nginx?.files);
  assert.match(nginx?.files['nginx.conf'] ?? '', /worker_processes 1;.*access_log off;.*keepalive 64;/s);
  assert.match(haproxy?.files['haproxy.cfg'] ?? '', /nbthread 1.*http-reuse always/s);
  assert.doesNotMatch(haproxy?.files['haproxy.cfg'] ?? '', /^\s*(log|option httplog)/m);
  assert.match(caddy?.commands[0] ?? '', /^env GOMAXPROCS=1 caddy run /);
  assert.match(caddy?.files['Caddyfile'] ?? '', /keepalive_idle_conns_per_host 64/);
  assert.doesNotMatch(caddy?.files['Caddyfile'] ?? '', /^\s*log/m);
});

test('proxies have the same key for their clients', () => {
  const keys = { certificate: 'C.pem', key: 'K.pem', both: 'B.pem' };
  const files = invocationsOf(proxyKinds({ backend: 'BACKEND', keys }), SITE).map((one) => Object.values(one.files)[0]);
  assert.match(files[0] ?? '', /PORT ssl;\n +ssl_certificate C\.pem;\n +ssl_certificate_key K\.pem;/);
  assert.match(files[2] ?? '', /ssl crt B\.pem/);
  assert.match(files[3] ?? '', /https:\/\/127\.0\.0\.1:PORT \{\n +tls C\.pem K\.pem/);
});
