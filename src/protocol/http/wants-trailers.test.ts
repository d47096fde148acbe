import { deepEqual } from 'node:assert/strict';
import { test } from 'node:test';
import { fieldBlock } from './fake-field-block.ts';
import { wantsTrailers } from './wants-trailers.ts';

test('trailers are wanted where one of the TE fields names them', () => {
  const wants = (...values: string[]): boolean => wantsTrailers(fieldBlock(values.map((value) => ['TE', value])));
  deepEqual([wants('trailers'), wants('gzip,\tTrailers , x'), wants('gzip', 'trailers')], [true, true, true]);
  deepEqual([wants(), wants('trailers-not'), wants('gzip;q=trailers')], [false, false, false]);
});
