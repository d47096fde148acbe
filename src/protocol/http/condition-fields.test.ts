import { deepEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { isConditionField } from './condition-fields.ts';
import { fieldBlock } from './fake-field-block.ts';

test('fields by which a response is wanted only under a condition, or a part of it', () => {
  const names = [
    'If-Match',
    'If-None-Match',
    'If-Modified-Since',
    'If-Unmodified-Since',
    'If-Range',
    'Range',
    'Content-Range',
  ];
  const expected = [true, true, true, true, true, true, false];
  deepEqual(
    names.map((name) => isConditionField(name.toLowerCase())),
    expected,
  );
  deepEqual(
    names.map((name) => fieldBlock([[name, 'a']]).hasConditions),
    expected,
  );
});
