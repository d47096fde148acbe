import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FromEdge } from './edge.ts';
import { parseFromEdge } from './edge.ts';

const STUCK = {
  kind: 'stuck',
  app: 'site',
  worker: 1,
  pid: 20,
  requestId: 'r',
  method: 'GET',
  path: '/slow',
  seconds: 30.5,
  isLoop: false,
} as const;
const MESSAGES: readonly FromEdge[] = [
  { kind: 'ready' },
  { kind: 'drained' },
  { kind: 'pong' },
  { kind: 'fatal', message: 'no' },
  { kind: 'prepared', plan: 2 },
  { kind: 'refused', plan: 2, message: 'no' },
  { kind: 'committed', plan: 2 },
  STUCK,
  { kind: 'quiet', app: 'site', worker: 3 },
  { kind: 'leaving', deadlineMs: 5000 },
  { kind: 'log', level: 'warning', text: 'a line' },
  { kind: 'spool-folder', path: '/tmp/portico-spool-abcdef', device: 2 ** 60, inode: 7 },
];

test('parseFromEdge() gives all that an edge says its type, without what is not known', () => {
  for (const message of MESSAGES) {
    const sent: unknown = JSON.parse(JSON.stringify({ ...message, further: 1 }));
    assert.deepEqual(parseFromEdge(sent), { ok: true, value: message });
  }
});

test('parseFromEdge() refuses every message without one of its keys, or with one of another type', () => {
  for (const message of MESSAGES) {
    for (const key of Object.keys(message).filter((name) => name !== 'kind')) {
      for (const wrong of [undefined, null, {}, [], Number.NaN, -1, key === 'isLoop' ? 'true' : true]) {
        const parsed = parseFromEdge({ ...message, [key]: wrong });
        assert.deepEqual(parsed, { ok: false, fault: `"${key}" of a "${message.kind}" message is wrong` });
      }
    }
  }
});

test('parseFromEdge() refuses what is no message of an edge, and what is longer than one can be', () => {
  for (const other of [
    undefined,
    null,
    7,
    'ready',
    [],
    {},
    { kind: 'configure' },
    { kind: 'constructor' },
    { kind: 1 },
  ]) {
    assert.equal(parseFromEdge(other).ok, false);
  }
  assert.equal(parseFromEdge({ ...STUCK, requestId: 'x'.repeat(20_000) }).ok, false);
  assert.equal(parseFromEdge({ kind: 'log', level: 'loud', text: '' }).ok, false);
});
