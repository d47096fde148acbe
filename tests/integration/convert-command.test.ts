// `portico convert`: a portico.toml that says the same, and what it cannot say.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, test } from 'node:test';

const PROGRAM = resolve('bin/portico');
const folder = mkdtempSync(join(tmpdir(), 'portico-convert-'));
after(() => rmSync(folder, { recursive: true }));

function run(command: string, ...args: readonly string[]): { code: number | null; out: string; error: string } {
  const { status, stdout, stderr } = spawnSync(PROGRAM, [command, ...args], { cwd: folder, encoding: 'utf8' });
  return { code: status, out: stdout, error: stderr };
}

const SITE = `server {
  listen 8080 default_server;
  server_name example.com;
  root /srv/public;
  client_max_body_size 5m;
  add_header X-Frame-Options DENY;
  rewrite ^/old/(.*)$ /new/$1 last;
  location / { try_files $uri $uri/ =404; }
  location = /exact { return 301 https://example.com/there; }
  location ~* \\.png$ { expires 30d; }
  location /admin/ { allow 10.0.0.0/8; deny all; }
}
`;

test('portico convert writes a file that describes the same server', () => {
  writeFileSync(join(folder, 'site.conf'), SITE);
  const converted = run('convert', 'site.conf', '-o', 'site.toml');
  assert.deepEqual([converted.code, converted.out, converted.error], [0, '', '']);
  const [before, after] = ['site.conf', 'site.toml'].map((file) => run('explain', file, '--format', 'json'));
  assert.equal(after?.code, 0, after?.error);
  assert.deepEqual(JSON.parse(after?.out ?? ''), JSON.parse(before?.out ?? ''));
  for (const path of ['/old/x', '/exact', '/a.png', '/admin/', '/nowhere']) {
    const url = `http://example.com:8080${path}`;
    const [one, other] = ['site.conf', 'site.toml'].map((file) => run('explain', file, '--url', url));
    assert.equal(other?.out, one?.out, path);
  }
});

test('portico convert overwrites nothing', () => {
  writeFileSync(join(folder, 'mine.toml'), '# mine\n');
  const { code, error } = run('convert', 'site.conf', '-o', 'mine.toml');
  assert.equal(code, 2);
  assert.match(error, /^portico convert: mine\.toml: the file is there already/);
  assert.equal(readFileSync(join(folder, 'mine.toml'), 'utf8'), '# mine\n');
});

test('portico convert says with its line what cannot be said', () => {
  writeFileSync(
    join(folder, 'proxy.conf'),
    'server {\n  listen 8080;\n  location / {\n    grpc_pass 127.0.0.1:8000;\n  }\n}\n',
  );
  const { code, out, error } = run('convert', 'proxy.conf');
  assert.equal(code, 1);
  assert.match(out, /\[\[site\]\]/);
  assert.match(error, /^proxy\.conf:4:5: warning: "grpc_pass" directive has no effect yet\n/);
  const json = JSON.parse(run('convert', 'proxy.conf', '--format', 'json').out) as {
    toml: string;
    unsaid: { line: number | null }[];
  };
  assert.equal(json.toml, out);
  assert.equal(json.unsaid[0]?.line, 4);
});

test('portico convert tells the errors of a file that describes no server', () => {
  writeFileSync(join(folder, 'wrong.conf'), 'server {\n  listn 80;\n}\n');
  const { code, error } = run('convert', 'wrong.conf');
  assert.equal(code, 2);
  assert.match(error, /^wrong\.conf:2:3: error: unknown directive "listn"\n/);
});
