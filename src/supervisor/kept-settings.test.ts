import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ServerModel } from '../config/model/server-model.ts';
import { readServeRequest } from '../config/read.ts';
import { serveModel } from '../config/serve-model.ts';
import { keepWhatStays } from './kept-settings.ts';

function model(...args: string[]): ServerModel {
  const { request } = readServeRequest(['shop.wsgi', ...args], { env: {}, coreCount: 2 });
  assert.ok(request);
  return serveModel(request, '/srv');
}

test('sites and addresses are changed to, the process and the edge stay as they are', () => {
  const [before, after] = [
    model(),
    model('--bind', ':81', '--edge-threads', '7', '--log-level', 'debug', '--user', 'shop'),
  ];
  const { model: kept, notes } = keepWhatStays(before, after);
  assert.deepEqual([kept.listeners, kept.edge, kept.process], [after.listeners, before.edge, before.process]);
  assert.deepEqual(notes, [
    'the user and the group are changed by the next start: they stay as they are',
    'the files and the log of the process are changed by the next start: they stay as they are',
    'the threads and limits of the edge are changed by the next start: they stay as they are',
  ]);
});

test('a configuration that says the same is changed to without a word', () => {
  assert.deepEqual(keepWhatStays(model(), model()), { model: model(), notes: [] });
});

test('how many connections there may be, and how long they may go on at the end, is changed at once', () => {
  const after = model('--max-connections', '7', '--max-connections-per-address', '3', '--graceful-timeout', '5');
  const { model: kept, notes } = keepWhatStays(model(), after);
  assert.deepEqual(kept.edge, after.edge);
  assert.deepEqual(notes, []);
});
