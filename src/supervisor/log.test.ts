import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '../kernel/fake-clock.ts';
import { Log } from './log.ts';

test('Log says what is important enough, and relays lines in one write', () => {
  const written: string[] = [];
  const log = new Log({ write: (text) => written.push(text) }, new FakeClock(), 'warning', { pid: 1, name: 'portico' });
  log.say('info', 'unheard');
  log.say('error', 'heard');
  log.relay({ pid: 2, name: 'w1' }, []);
  log.relay({ pid: 2, name: 'w1' }, [Buffer.from('one'), Buffer.from('two')]);
  assert.equal(written.length, 2);
  assert.match(written[0] ?? '', / \[1\] ERROR portico: heard\n$/);
  assert.match(written[1] ?? '', / \[2\] OUTPUT w1: one\n.* \[2\] OUTPUT w1: two\n$/);
});
