// `portico check`: what it prints, and its exit codes, which scripts go by.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, test } from 'node:test';

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
