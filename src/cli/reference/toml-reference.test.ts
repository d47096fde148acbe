import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { jsonSchema } from '../../config/toml/sections.ts';
import { renderTomlReference } from './toml-reference.ts';

test('the reference page of portico.toml, and its schema, are those of the tables', () => {
  const hint = 'run: .venv/node/bin/node tools/reference.ts';
  assert.equal(readFileSync('docs/reference/portico-toml.md', 'utf8'), renderTomlReference(), hint);
  const schema: unknown = JSON.parse(readFileSync('docs/reference/portico-toml.schema.json', 'utf8'));
  assert.deepEqual(schema, JSON.parse(JSON.stringify(jsonSchema())), hint);
});
