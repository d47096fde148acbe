import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '../../kernel/fake-clock.ts';
import { Log } from './log.ts';
import type { LogOutlet } from './log-outlet.ts';
import { newErrorOutlet, newOutlet } from './log-outlet.ts';

const SETTINGS = { mark: 'm', self: { pid: 1, name: 'portico' }, takesObjects: false };

function outletOf(written: string[], format: 'text' | 'json'): LogOutlet {
  return newOutlet({ write: (text) => written.push(text) }, { format, least: 'warning' });
}

test('Log says what is important enough, and relays lines in one write', () => {
  const written: string[] = [];
  const log = new Log([outletOf(written, 'text')], new FakeClock(), SETTINGS);
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
  const log = new Log([outletOf(written, 'json')], new FakeClock(), { ...SETTINGS, takesObjects: true });
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

test("the error logs of an nginx.conf have each the lines of their level, in nginx's form", () => {
  const [errors, notices]: [string[], string[]] = [[], []];
  const outlets = [
    newErrorOutlet({ write: (text) => errors.push(text) }, 'error'),
    newErrorOutlet({ write: (text) => notices.push(text) }, 'notice'),
  ];
  const log = new Log(outlets, new FakeClock(), SETTINGS);
  log.say('notice', 'worker process 2 exited with code 0');
  log.say('debug', 'unheard');
  log.say('emerg', 'unknown directive "a" in /etc/nginx/nginx.conf:1');
  log.say('warning', 'two\nlines');
  log.relay({ pid: 2, name: 'w1' }, log.newOutput().feed([Buffer.from('printed')]));
  const withoutTime = (lines: readonly string[]): string[] =>
    lines
      .join('')
      .replaceAll(/^\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d /gm, '')
      .trimEnd()
      .split('\n');
  assert.deepEqual(withoutTime(errors), [
    '[emerg] 1#1: unknown directive "a" in /etc/nginx/nginx.conf:1',
    '[notice] 2#2: w1: printed',
  ]);
  assert.deepEqual(withoutTime(notices), [
    '[notice] 1#1: worker process 2 exited with code 0',
    '[emerg] 1#1: unknown directive "a" in /etc/nginx/nginx.conf:1',
    '[warn] 1#1: two',
    '[warn] 1#1: lines',
    '[notice] 2#2: w1: printed',
  ]);
});
