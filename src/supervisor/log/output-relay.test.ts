import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { SUPERVISOR_LIMITS } from '../limits.ts';
import { Log } from './log.ts';
import { newOutlet } from './log-outlet.ts';
import { relayOutput } from './output-relay.ts';

const ORIGIN = { pid: 42, name: 'w1' };
const CLOCK = { nowMs: () => 0, monotonicMs: () => 0 };

function relayed(): { readonly stream: PassThrough; readonly texts: () => string[] } {
  let written = '';
  const outlet = newOutlet({ write: (text) => (written += text) }, { format: 'text', least: 'info' });
  const log = new Log([outlet], CLOCK, { mark: 'm', self: ORIGIN, takesObjects: false });
  const stream = new PassThrough();
  relayOutput(stream, () => ORIGIN, log);
  return { stream, texts: () => written.split('\n').map((line) => line.replace(/^.*?w1: /, '')) };
}

test('a line that comes in two pieces is one, however long others have been printed before it', (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const { stream, texts } = relayed();
  const pieces = ['a\nb', 'b\nc', 'c\nd', 'd\n'];
  for (const piece of pieces) {
    stream.emit('data', Buffer.from(piece));
    context.mock.timers.tick(SUPERVISOR_LIMITS.logPartialMs - 1);
  }
  assert.deepEqual(texts(), ['a', 'bb', 'cc', 'dd', '']);
});

test('what has no end of line is shown after a moment, and again where more of it comes piece by piece', (context) => {
  context.mock.timers.enable({ apis: ['setTimeout'] });
  const { stream, texts } = relayed();
  for (let count = 0; count < 4; count += 1) {
    stream.emit('data', Buffer.from('.'));
    context.mock.timers.tick(SUPERVISOR_LIMITS.logPartialMs / 2);
  }
  assert.deepEqual(texts(), ['..', '..', '']);
});
