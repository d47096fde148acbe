// Every link leads somewhere: those of the pages, the names of pages in messages and comments, and the names of files in the pages about the code.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join, normalize } from 'node:path';
import { test } from 'node:test';
import type { Page } from './markdown.ts';
import { readPage } from './markdown.ts';

const TRACKED = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { encoding: 'utf8' })
  .split('\n')
  .filter((path) => path !== '' && existsSync(path));
const PAGES: ReadonlyMap<string, Page> = new Map(
  TRACKED.filter((path) => path.endsWith('.md')).map((path) => [path, readPage(path)]),
);
/** Where pages are named in running text: `docs/guide/tls.md`, perhaps with an anchor. */
const NAMED = /\bdocs\/[\w/-]+\.md(?:#[\w-]+)?/g;
const CODE = TRACKED.filter((path) => /^(src|python|bin|tools|tests|bench)\/|^Makefile$/.test(path)).filter(
  (path) => path !== 'tests/docs/links.test.ts',
);
/** Pages about the code, and a source file that they name, with its folder or without. */
const ABOUT_CODE = ['CONTRIBUTING.md', 'docs/architecture.md', 'docs/control.md', 'docs/lanes.md'];
const SOURCE = /`([\w./-]+\.(?:ts|py|sh))`/g;

test('every relative link of a page leads to a file, and to a heading of it', () => {
  const faults = [...PAGES.values()].flatMap((page) =>
    page.links
      .filter(({ target }) => !/^[a-z]+:/.test(target))
      .filter(({ target }) => !leads(target.startsWith('#') ? page.path : join(dirname(page.path), target), target))
      .map(({ target, line }) => `${page.path}:${line}: ${target}`),
  );
  assert.deepEqual(faults, []);
});

test('every page that code names is there', () => {
  const faults = CODE.flatMap((path) =>
    [...readFileSync(path, 'utf8').matchAll(NAMED)]
      .filter(([name]) => !leads(name, name))
      .map(([name]) => `${path}: ${name}`),
  );
  assert.deepEqual(faults, []);
});

test('every file that the pages about the code name is there', () => {
  const names = new Set(TRACKED.map((path) => basename(path)));
  const faults = ABOUT_CODE.flatMap((page) =>
    [...readFileSync(page, 'utf8').matchAll(SOURCE)]
      .filter(([, path = '']) => !names.has(basename(path)))
      .map(([, path]) => `${page}: ${path}`),
  );
  assert.deepEqual(faults, []);
});

/** `path`: the file, perhaps with an anchor behind it; `target`: as it was written. */
function leads(path: string, target: string): boolean {
  const file = normalize(path.split('#')[0] ?? '').replace(/\/$/, '');
  const anchor = target.split('#')[1];
  if (!existsSync(file)) return false;
  return anchor === undefined || PAGES.get(file)?.anchors.has(anchor) === true;
}
