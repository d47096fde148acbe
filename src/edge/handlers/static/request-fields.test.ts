import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fieldBlock } from '../../../protocol/http/fake-field-block.ts';
import { RequestFields } from './request-fields.ts';

const ALL = {
  'If-Match': 'ifMatch',
  'If-None-Match': 'ifNoneMatch',
  'If-Modified-Since': 'ifModifiedSince',
  'If-Unmodified-Since': 'ifUnmodifiedSince',
  'If-Range': 'ifRange',
  Range: 'range',
  'Accept-Encoding': 'acceptEncoding',
} as const;

test('RequestFields finds each field among others and joins repeated ones', () => {
  for (const [name, key] of Object.entries(ALL)) {
    const fields = new RequestFields();
    fields.read(
      fieldBlock([
        ['Host', 'h'],
        [name, 'one'],
        ['Accept', 'x'],
        [name.toLowerCase(), 'two'],
        ['X-Forwarded-Host', 'x'],
      ]),
    );
    assert.equal(fields[key], 'one, two', name);
    assert.equal(fields.isConditional, name !== 'Accept-Encoding', name);
  }
});

test('RequestFields forgets the request before', () => {
  const fields = new RequestFields();
  fields.read(fieldBlock(Object.keys(ALL).map((name) => [name, 'x'])));
  fields.read(
    fieldBlock([
      ['Accept', '*/*'],
      ['Keep-Alive-Not', 'x'],
      ['Dates', 'x'],
      ['If-Match', 'y'],
    ]),
  );
  assert.equal(fields.ifMatch, 'y');
  fields.read(fieldBlock([['Sec-Fetch-Mode', 'no-cors']]));
  for (const key of Object.values(ALL)) {
    assert.equal(fields[key], undefined, key);
  }
  assert.equal(fields.isConditional, false);
});
