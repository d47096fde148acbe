import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import type { Responder, ResponseHead, ResponseWatcher, WebSocketRules } from './exchange.ts';
import { PassingResponder } from './passing-responder.ts';
import { fieldsOf, NO_FIELDS } from './response-fields.ts';

const RULES: WebSocketRules = {
  messageBytesMax: 1,
  messagesPerSecondMax: 0,
  pingIntervalMs: 0,
  pingTimeoutMs: 0,
  deflates: false,
};
const HEAD: ResponseHead = { status: 200, reason: undefined, fields: NO_FIELDS };

/** A transport that writes down what it is asked for. */
class Below {
  readonly asked: string[] = [];
  watcher: ResponseWatcher | undefined;
  readonly hasCaughtUp = true;

  readonly responder: Responder = new Proxy(this as unknown as Responder, {
    get: (_, name) => {
      if (name === 'hasCaughtUp') {
        this.asked.push(name);
        return true;
      }
      return (...args: readonly unknown[]) => {
        if (name === 'watch') {
          this.watcher = args[0] as ResponseWatcher | undefined;
        }
        this.asked.push(`${String(name)} ${args.length}`);
        return name === 'write' || name === 'hint' ? false : undefined;
      };
    },
  });
}

/** Hears what its handler hears. */
class Filter extends PassingResponder {
  readonly heard: string[] = [];

  override onDrain(): void {
    this.heard.push('drain');
    super.onDrain();
  }

  override onGone(): void {
    this.heard.push('gone');
    super.onGone();
  }
}

test('PassingResponder passes on everything that a handler does', () => {
  const below = new Below();
  const responder = new PassingResponder(below.responder);
  const sink = {} as never;
  responder.respond(HEAD, 'a');
  responder.begin(HEAD, 1);
  equal(responder.write(Buffer.from('a')), false);
  equal(responder.hasCaughtUp, true);
  responder.writeFile({ kind: 'file', fd: 0, offset: 0, length: 1 }, () => undefined);
  equal(responder.hint(fieldsOf('Link: a\r\n')), false);
  responder.trail(NO_FIELDS);
  responder.end();
  responder.cut();
  responder.acceptWebSocket({ subprotocol: '', fields: NO_FIELDS, rules: RULES }, sink);
  responder.switchProtocols(HEAD, sink);
  responder.takeOver(101, sink);
  responder.refuse(404, 'why', NO_FIELDS);
  deepEqual(below.asked, [
    'watch 1',
    'respond 2',
    'begin 2',
    'write 1',
    'hasCaughtUp',
    'writeFile 2',
    'hint 1',
    'trail 1',
    'end 0',
    'cut 0',
    'acceptWebSocket 2',
    'switchProtocols 2',
    'takeOver 2',
    'refuse 3',
  ]);
});

test('every filter and the handler behind them hear what happens, and the times of the handler are told', () => {
  const below = new Below();
  const first = new Filter(below.responder);
  const second = new Filter(first);
  below.watcher?.onDrain();
  equal(below.watcher?.onClientEnd(), false, 'nobody can drop the request yet');
  equal(below.watcher?.times, undefined);
  const heard: string[] = [];
  second.watch({
    times: { queueMs: 1, appMs: 2 },
    onDrain: () => heard.push('drain'),
    onGone: () => heard.push('gone'),
    onClientEnd: () => true,
  });
  below.watcher?.onDrain();
  below.watcher?.onGone();
  equal(below.watcher?.onClientEnd(), true);
  deepEqual(below.watcher?.times, { queueMs: 1, appMs: 2 });
  second.watch(undefined);
  below.watcher?.onDrain();
  deepEqual(heard, ['drain', 'gone']);
  for (const filter of [first, second]) {
    deepEqual(filter.heard, ['drain', 'drain', 'gone', 'drain']);
  }
});
