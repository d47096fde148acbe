import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { DAPHNE } from '../../config/dialects/daphne.ts';
import { GUNICORN } from '../../config/dialects/gunicorn.ts';
import { HYPERCORN } from '../../config/dialects/hypercorn.ts';
import { UVICORN } from '../../config/dialects/uvicorn.ts';
import { renderDialectHelp } from '../help/dialect-help.ts';
import { renderDialectReference } from './dialect-reference.ts';

for (const dialect of [GUNICORN, UVICORN, DAPHNE, HYPERCORN]) {
  test(`docs/reference/${dialect.name}.md is what the table of its options says`, () => {
    const page = readFileSync(new URL(`../../../docs/reference/${dialect.name}.md`, import.meta.url), 'utf8');
    assert.equal(page, renderDialectReference(dialect), 'run node tools/reference.ts');
  });

  test(`portico ${dialect.name} --help lists every option and fits a terminal`, () => {
    const help = renderDialectHelp(dialect);
    assert.deepEqual(
      help.split('\n').filter((line) => line.length > 120),
      [],
    );
    for (const name of dialect.options.flatMap(({ names }) => names)) {
      assert.ok(help.includes(`${name}`), name);
    }
  });
}
