// `portico check`: what it prints, and its exit codes, which scripts go by.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, test } from 'node:test';
import { Authority } from './certificates.ts';

const PROGRAM = resolve('bin/portico');
const folder = mkdtempSync(join(tmpdir(), 'portico-check-'));
after(() => rmSync(folder, { recursive: true }));

function run(args: readonly string[], files: Readonly<Record<string, string>>): { code: number | null; out: string } {
  for (const [name, text] of Object.entries(files)) {
    writeFileSync(join(folder, name), text);
  }
  const { status, stdout, stderr } = spawnSync(PROGRAM, ['check', ...args], { cwd: folder, encoding: 'utf8' });
  return { code: status, out: stdout + stderr };
}

test('portico check tells of errors with 2, of warnings with 1, and of a sound file with 0', () => {
  const files = {
    'wrong.conf': 'server {\n  listen 80;\n  server_nam a;\n}\n',
    'risky.conf': 'server {\n  location /media { alias /srv/media/; }\n}\n',
    'sound.conf': 'server {\n  listen 80;\n  server_name a;\n  return 204;\n}\n',
  };
  const wrong = run(['wrong.conf'], files);
  assert.equal(wrong.code, 2);
  assert.match(
    wrong.out,
    /^wrong\.conf:3:3: error: unknown directive "server_nam"\n {2}3 \| {3}server_nam a;\n {4}\| {3}\^{10}\n/,
  );
  assert.match(wrong.out, /Did you mean "server_name"\?\n/);
  const risky = run(['risky.conf'], {});
  assert.equal(risky.code, 1);
  assert.match(risky.out, /risky\.conf:2:27: warning: the alias of location "\/media" ends with a slash/);
  assert.match(risky.out, /\n1 warning\.\n$/);
  assert.deepEqual(run(['sound.conf'], {}), { code: 0, out: 'Nothing is wrong.\n' });
  assert.equal(run(['sound.conf', 'risky.conf'], {}).code, 1);
});

test('portico check --format json has the places as data', () => {
  const { code, out } = run(['--format', 'json', 'tokens.conf'], {
    'tokens.conf': 'server {\n  server_tokens on;\n}\n',
  });
  const { diagnostics, counts } = JSON.parse(out) as { diagnostics: Record<string, unknown>[]; counts: unknown };
  assert.equal(code, 0);
  assert.deepEqual(counts, { error: 0, warning: 0, hint: 1 });
  assert.deepEqual(diagnostics, [
    {
      ...{ file: join(folder, 'tokens.conf'), line: 2, column: 3, length: 13 },
      ...{ severity: 'hint', code: 'trap.version-shown' },
      message: 'the version of the server is shown in the field Server and on error pages',
      hint: 'Scanners look for versions with known faults. Write "server_tokens off;" in "http".',
    },
  ]);
});

test('portico check reads a portico.toml, and says what it cannot read', () => {
  const { code, out } = run(['portico.toml'], {
    'portico.toml': '[[site]]\nnames = ["a"]\nlisten = ["80"]\nrooot = "x"\n',
  });
  assert.equal(code, 2);
  assert.match(out, /^portico\.toml:4:1: error: there is no "rooot" here/m);
  assert.equal(run(['missing.conf'], {}).code, 2);
  assert.match(
    run(['--formt', 'x'], {}).out,
    /^portico check: there is no option "--formt"\. Did you mean --format\?\n/,
  );
  assert.match(run([], {}).out, /^portico check: which file\?/);
});

test('portico check looks into the files of certificates, where they are', () => {
  const authority = new Authority(folder);
  const site = authority.issue('site');
  const write = (name: string, key: string): Readonly<Record<string, string>> => ({
    [name]: `server {\n  listen 443 ssl;\n  server_name site.test www.test;\n  ssl_certificate ${site.cert};\n  ssl_certificate_key ${key};\n  return 204;\n}\n`,
  });
  const wrong = run(['wrong-key.conf'], write('wrong-key.conf', authority.key));
  assert.equal(wrong.code, 2);
  assert.match(
    wrong.out,
    /wrong-key\.conf:5:23: error: the private key in .*ca\.key does not belong to the certificate/,
  );
  const warned = run(['names.conf'], write('names.conf', site.key));
  assert.equal(warned.code, 1);
  assert.match(warned.out, /names\.conf:4:19: warning: .*ca-site\.pem: the certificate is not for www\.test, which/);
  const elsewhere = run(['elsewhere.conf'], write('elsewhere.conf', '/nowhere/site.key'));
  assert.equal(elsewhere.code, 0);
  assert.match(elsewhere.out, /elsewhere\.conf:5:23: hint: \/nowhere\/site\.key cannot be read: there is no such file/);
});

test('what is wrong with certificates is told for all sites at once, at the line that names the file', () => {
  mkdirSync(join(folder, 'site.test'));
  const issue = (name: string): Readonly<{ cert: string; key: string }> =>
    new Authority(join(folder, 'site.test'), name).issue(name);
  const [one, two] = [issue('one'), issue('two')];
  const main = `include = ["more.toml"]
# certificate = "${one.cert}"
[[site]]
names = ["site.test"]
listen = ["443 tls"]
tls.certificates = { certificate = "${one.cert}", key = "${two.key}" }
reply = "one"
[[site]]
names = ["absent.test"]
listen = ["443 tls"]
tls.certificates = ["nowhere/absent.pem"]
reply = "absent"
`;
  const more = `[[site]]\nnames = ["more.test"]\nlisten = ["443 tls"]\nreply = "more"\ntls.certificates = { certificate = "${two.cert}", key = "${one.key}" }\n`;
  const { code, out } = run(['all.toml'], { 'all.toml': main, 'more.toml': more });
  assert.equal(code, 2);
  assert.match(out, /^all\.toml:6:\d+: error: the private key in \S+site\.test\/two-two\.key does not belong/m);
  assert.match(out, /^all\.toml:11:22: hint: \S+nowhere\/absent\.pem cannot be read: there is no such file/m);
  assert.match(out, /^more\.toml:5:\d+: error: the private key in \S+site\.test\/one-one\.key does not belong/m);
});

test('nginx -t says that a key does not belong to its certificate', () => {
  const authority = new Authority(folder, 'other');
  const { cert } = authority.issue('site');
  const text = `pid n.pid; error_log stderr; events {}\nhttp { server { listen 127.0.0.1:1 ssl; ssl_certificate ${cert}; ssl_certificate_key ${authority.key}; } }\n`;
  writeFileSync(join(folder, 'tested.conf'), text);
  const tested = ['nginx', '-t', '-p', folder, '-c', 'tested.conf'];
  const { status, stderr } = spawnSync(PROGRAM, tested, { cwd: folder, encoding: 'utf8' });
  assert.equal(status, 1);
  assert.match(stderr, /\[emerg\] the private key in .* does not belong to the certificate/);
  assert.match(stderr, /test failed/);
});
