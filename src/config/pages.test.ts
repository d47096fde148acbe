import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { PAGES } from './pages.ts';

/** As GitHub and the builder of the site make it from a heading. */
function anchorOf(heading: string): string {
  const words = heading.toLowerCase().replaceAll(/[^\p{L}\p{N} _-]/gu, '');
  return words.replaceAll(' ', '-');
}

test('each page that a message points to is there, with the section', () => {
  for (const page of Object.values(PAGES)) {
    const [path = '', anchor] = page.split('#');
    const text = readFileSync(join(import.meta.dirname, '../..', path), 'utf8');
    const anchors = [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => anchorOf(heading));
    assert.ok(anchor === undefined || anchors.includes(anchor), page);
  }
});
