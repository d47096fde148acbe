import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Gathering } from './gathering.ts';

test('Gathering does the first at once, and all that follow soon after it as one', (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  let nowMs = 1000;
  const done: string[] = [];
  const gathering = new Gathering(500, { monotonicMs: () => nowMs }, (why) => done.push(`${why} at ${nowMs}`));
  const pass = (ms: number) => {
    nowMs += ms;
    context.mock.timers.tick(ms);
  };
  for (let turn = 0; turn < 100; turn += 1) {
    gathering.ask('SIGHUP');
    pass(2);
  }
  assert.deepEqual(done, ['SIGHUP at 1000']);
  pass(300);
  assert.deepEqual(done, ['SIGHUP at 1000', 'SIGHUP at 1500']);
  pass(500);
  gathering.ask('SIGHUP');
  assert.equal(done.length, 3, 'nothing was pending');
  gathering.ask('SIGHUP');
  gathering.forget();
  pass(500);
  assert.equal(done.length, 3);
});
