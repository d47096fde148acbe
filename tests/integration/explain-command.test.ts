// `portico explain`: a server in plain words, and one request's way through it.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, test } from 'node:test';

const PROGRAM = resolve('bin/portico');
const folder = mkdtempSync(join(tmpdir(), 'portico-explain-'));
after(() => rmSync(folder, { recursive: true }));
mkdirSync(join(folder, 'public'));
writeFileSync(join(folder, 'public', 'there.txt'), 'x');

writeFileSync(
  join(folder, 'site.conf'),
  `server {
  listen 8080 default_server;
  server_name example.com *.example.com;
  root ${folder}/public;
  add_header X-Frame-Options DENY;
  error_page 404 /missing;
  rewrite ^/old/(.*)$ /new/$1;
  location / { try_files $uri @app; }
  location @app { proxy_pass http://127.0.0.1:8000; }
  location = /exact { return 301 https://example.com/there; }
  location ^~ /static/ { alias /srv/static/; }
  location ~ ^/u/(\\d+)$ { if ($request_method = POST) { return 405; } return 200 $1; }
  location /admin/ { allow 10.0.0.0/8; deny all; add_header X-Admin 1; }
  location /missing { internal; return 404 gone; }
}
server { listen 8080; server_name other.example; return 444; }
`,
);

function explain(...args: readonly string[]): { code: number | null; out: string } {
  const { status, stdout, stderr } = spawnSync(PROGRAM, ['explain', 'site.conf', ...args], {
    cwd: folder,
    encoding: 'utf8',
  });
  return { code: status, out: stdout + stderr };
}

interface Traced {
  readonly site: string;
  readonly location?: string;
  readonly status?: number;
  readonly redirectsTo?: string;
  readonly answer: string;
  readonly steps: readonly { readonly what: string; readonly text: string }[];
}

function trace(url: string, ...args: readonly string[]): Traced {
  const { code, out } = explain('--url', url, '--format', 'json', ...args);
  assert.equal(code, 0, out);
  return JSON.parse(out) as Traced;
}

test('portico explain says what each site does, its locations in the order in which they win', () => {
  const { code, out } = explain();
  assert.equal(code, 0);
  assert.match(out, /^Site 1: example\.com\n {2}answers at 0\.0\.0\.0:8080\n {2}for example\.com, \*\.example\.com\n/);
  assert.match(out, /and for every name that no other site has, at 0\.0\.0\.0:8080/);
  const order = [...out.matchAll(/^ {4}(\S.*?) {3}\(/gm)].map(([, text]) => text);
  assert.deepEqual(order, ['= /exact', '^~ /static/', '~ ^/u/(\\d+)$', '/missing', '/admin/', '/', '@app']);
  assert.match(out, /not here: adds X-Frame-Options: DENY/);
  assert.match(out, /allow 10\.0\.0\.0\/8, deny all/);
  assert.match(out, /→ answers 301, to https:\/\/example\.com\/there/);
  assert.match(out, /→ passes the request on to http:\/\/127\.0\.0\.1:8000/);
  assert.match(out, /Site 2: other\.example\n/);
});

test('portico explain --url finds the site and the location that answer', () => {
  assert.deepEqual(pick(trace('http://other.example:8080/')), ['other.example', undefined, 0]);
  assert.deepEqual(pick(trace('http://shop.example.com:8080/exact')), ['example.com', '= /exact', 301]);
  assert.equal(trace('http://example.com:8080/exact').redirectsTo, 'https://example.com/there');
  assert.deepEqual(pick(trace('http://example.com:8080/static/a.css')), ['example.com', '^~ /static/', undefined]);
  assert.match(trace('http://example.com:8080/static/a.css').answer, /sends the file \/srv\/static\/a\.css/);
  assert.deepEqual(pick(trace('http://example.com:8080/u/7')), ['example.com', '~ ^/u/(\\d+)$', 200]);
  assert.deepEqual(pick(trace('http://example.com:8080/u/7', '--method', 'POST')), [
    'example.com',
    '~ ^/u/(\\d+)$',
    405,
  ]);
  assert.deepEqual(pick(trace('http://example.com:8080/nowhere')), ['example.com', '@app', undefined]);
  assert.deepEqual(pick(trace('http://example.com:8080/there.txt')), ['example.com', '/', undefined]);
  // An unknown name, a path with escapes and dots.
  assert.deepEqual(pick(trace('http://nobody.example:8080/static/%2e%2e/admin/x', '--from', '10.1.2.3')), [
    'example.com',
    '/admin/',
    undefined,
  ]);
});

function pick({ site, location, status }: Traced): unknown[] {
  return [site, location, status];
}

test('portico explain --url tells the rules that a request passes, and which refuses it', () => {
  const refused = trace('http://example.com:8080/admin/');
  assert.equal(refused.status, 403);
  assert.ok(refused.steps.some(({ text }) => text === 'who may come in: 403'));
  const passed = trace('http://example.com:8080/admin/', '--from', '10.1.2.3');
  assert.ok(passed.steps.some(({ text }) => text === 'who may come in: goes on'));
  const { out } = explain('--url', 'http://example.com:8080/old/x');
  assert.match(out, /^server {4}site 1 \(example\.com\) at 0\.0\.0\.0:8080: its name example\.com fits\n/);
  assert.match(
    out,
    /\nrewrite {3}a path that matches \^\/old\/\(\.\*\)\$ becomes \/new\/\$1: the path is now \/new\/x\n/,
  );
  assert.match(out, /\nlocation {2}\/new\/x → location \/: every other path\n/);
  assert.match(out, /\nrule {6}try_files: goes on at @app\n/);
  assert.match(
    out,
    /\nrule {6}the server is asked for \/new\/x\nanswer {4}passes the request on to http:\/\/127\.0\.0\.1:8000; HTTP\/1\.0; waits/,
  );
});

test('portico explain says what it cannot answer', () => {
  assert.deepEqual(explain('--url', 'example.com'), {
    code: 2,
    out: 'portico explain: "example.com" is not a URL such as http://example.com/path.\n',
  });
  assert.match(explain('--url', 'http://example.com:9/').out, /no address at port 9\./);
  assert.match(explain('--url', 'http://example.com:8080/%zz').out, /has an escape that is none/);
  assert.match(explain('--url', 'http://a:8080/', '--from', 'me').out, /"me" is not an IP address/);
});
