import assert from 'node:assert/strict';
import { test } from 'node:test';
import { releaseBody } from './release-body.ts';

test('releaseBody() gives back what the parts of a body hold, and leaves all else alone', () => {
  let released = 0;
  const release = () => {
    released += 1;
  };
  releaseBody({ kind: 'parts', length: 1, parts: [Buffer.from('x')], release });
  releaseBody('text');
  releaseBody(undefined);
  assert.equal(released, 1);
});
