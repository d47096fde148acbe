import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '../../kernel/fake-clock.ts';
import { Log } from './log.ts';

const SETTINGS = { format: 'text', least: 'warning', mark: 'm', self: { pid: 1, name: 'portico' } } as const;

test('Log says what is important enough, and relays lines in one write', () => {
  const written: string[] = [];
  const log = new Log({ write: (text) => written.push(text) }, new FakeClock(), SETTINGS);
  log.say('info', 'unheard');
  log.say('error', 'heard');
  log.relay({ pid: 2, name: 'w1' }, []);
  log.relay({ pid: 2, name: 'w1' }, log.newOutput().feed([Buffer.from('one'), Buffer.from('two')]));
  assert.equal(written.length, 2);
  assert.match(written[0] ?? '', / \[1\] ERROR portico: heard\n$/);
  assert.match(written[1] ?? '', / \[2\] OUTPUT w1: one\n.* \[2\] OUTPUT w1: two\n$/);
});

test('Log as JSON has an object for each event, with the request that it is about', () => {
  const written: string[] = [];
  const log = new Log({ write: (text) => written.push(text) }, new FakeClock(), { ...SETTINGS, format: 'json' });
  log.say('error', 'stuck\nstack', undefined, { requestId: 'r', method: 'GET', path: '/' });
  assert.deepEqual(
    written.map((line) => ({ ...(JSON.parse(line) as object), time: '' })),
    [
      {
        time: '',
        level: 'error',
        severity: 'ERROR',
        name: 'portico',
        pid: 1,
        message: 'stuck',
        requestId: 'r',
        method: 'GET',
        path: '/',
        traceback: 'stack',
      },
    ],
  );
});
