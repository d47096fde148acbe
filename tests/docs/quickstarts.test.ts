// Every shell block of the quickstarts, and of the pages with which newcomers begin, runs, and its reader sees what the page says.

import { globSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { readPage } from './markdown.ts';
import { walk } from './walk.ts';
import type { Wheelhouse } from './wheelhouse.ts';
import { prepareWheelhouse } from './wheelhouse.ts';

const FIRST_PAGES = ['docs/guide/server-in-a-file.md', 'docs/moving/nginx.md'];

describe('quickstarts', { concurrency: 2 }, () => {
  let house: Wheelhouse;
  before(async () => {
    house = await prepareWheelhouse();
  });

  for (const path of [...globSync('docs/quickstart/*.md').sort(), ...FIRST_PAGES]) {
    test(`${path} can be followed, from an empty folder to a served site`, async () => {
      const folder = mkdtempSync(join(tmpdir(), 'portico-quickstart-'));
      try {
        await walk(readPage(path), { folder, path: `${house.programs}:/usr/bin:/bin`, wheels: house.wheels });
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    });
  }
});
