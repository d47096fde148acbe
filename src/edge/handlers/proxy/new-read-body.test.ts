import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import type { EdgeModel } from '../../../config/model/server-model.ts';
import { BlockPool } from '../../../relay/body/block-pool.ts';
import { BodyBytes } from '../../../relay/body/body-bytes.ts';
import { MemoryBudget } from '../../../relay/memory-budget.ts';
import { fakeModel } from '../../plan/fake-site.ts';
import { newReadBody, showsBodies } from './new-read-body.ts';

function bytesOf(text: string): BodyBytes {
  const bytes = new BodyBytes(new BlockPool(), new MemoryBudget());
  bytes.push(Buffer.from(text), 0);
  return bytes;
}

test('a short body has a text, where a variable shows it', () => {
  const body = { length: 3, bytes: bytesOf('abc'), file: undefined };
  deepEqual([newReadBody(body, true).text, newReadBody(body, false).text], ['abc', undefined]);
  equal(newReadBody(body, true, 2).text, undefined);
});

test('a body can be sent from its beginning as often as it is asked for', () => {
  const read = newReadBody({ length: 3, bytes: bytesOf('abc'), file: undefined }, false);
  for (let round = 0; round < 2; round += 1) {
    let sent = '';
    let isWhole = false;
    read.replay().start({
      take: (bytes) => {
        sent += bytes.toString();
        return true;
      },
      finish: () => {
        isWhole = true;
      },
      fail: () => undefined,
    });
    deepEqual([sent, isWhole], ['abc', true]);
  }
});

test('whether the configuration shows bodies is found wherever it does', () => {
  const shows: EdgeModel = fakeModel({
    rewrite: [{ kind: 'set', variable: 'a', value: [{ variable: 'request_body' }] }],
  });
  deepEqual([showsBodies(shows), showsBodies(fakeModel({}))], [true, false]);
});
