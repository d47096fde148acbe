import { deepEqual, equal, match } from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '../../kernel/fake-clock.ts';
import type { Handler } from '../../protocol/http/exchange.ts';
import type { IncomingExchange } from '../../protocol/http/incoming-exchange.ts';
import { FakeExchange } from '../../relay/fake-exchange.ts';
import { CountedLog } from '../faults/counted-log.ts';
import { Disbelief } from '../identity/disbelief.ts';
import { ForwardedReader } from '../identity/forwarded.ts';
import { RequestIds } from '../identity/request-id.ts';
import { TrustedPeers } from '../identity/trusted-peers.ts';
import { renderErrorPage } from '../pages/error-pages.ts';
import { Identifier } from './identify.ts';
import type { PlainPipeline } from './run.ts';
import { compilePipeline, refuseUnserved } from './run.ts';

function compile(handlers: readonly Handler[], bugs: unknown[] = []): PlainPipeline {
  return compilePipeline({
    identifier: new Identifier({
      trusted: undefined,
      reader: new ForwardedReader('none', new TrustedPeers([])),
      ids: new RequestIds(),
      disbelief: new Disbelief({ family: 'none', allowed: [], onAdvice: () => undefined }),
      faults: new CountedLog('fields of', () => undefined),
    }),
    handlers,
    compression: undefined,
    renderRefusal: ({ requestId }, status, detail) => renderErrorPage(status, undefined, requestId, detail),
    accessLog: undefined,
    clock: new FakeClock(),
    onBug: (error) => bugs.push(error),
  });
}

/** A request as the transport hands it over: nobody has an id for it yet. */
function incoming(name: string): FakeExchange & IncomingExchange {
  const exchange = new FakeExchange(name);
  exchange.requestId = '';
  return exchange;
}

test('handlers are asked in their order, about a request that has been identified', () => {
  const asked: string[] = [];
  const pipeline = compile([
    ({ requestId }) => asked.push(requestId.length === 32 ? 'first' : 'no id') < 0,
    ({ responder }) => {
      responder.refuse(418);
      return true;
    },
    () => asked.push('never') > 0,
  ]);
  const exchange = incoming('a');
  pipeline.handle(exchange);
  deepEqual([asked, exchange.told], [['first'], ['refuse 418']]);
});

test('a request that no handler wants is refused, and so is one whose handler fails', () => {
  const bugs: unknown[] = [];
  const [none, failed] = [incoming('a'), incoming('b')];
  compile([refuseUnserved, () => false]).handle(none);
  const bug = new Error('x');
  compile(
    [
      () => {
        throw bug;
      },
    ],
    bugs,
  ).handle(failed);
  deepEqual([none.told, failed.told, bugs], [['refuse 404'], ['refuse 500'], [bug]]);
});

test('a refusal gets its page; what could not be read as a request is identified for that', () => {
  const pipeline = compile([]);
  const exchange = incoming('a');
  pipeline.refuse(exchange, 400, 'why', undefined);
  match(exchange.told[0] ?? '', /^respond 400 400 Bad Request\n.*\nRequest [0-9a-f]{32}\n\nwhy\n$/);
  const known = new FakeExchange('b');
  pipeline.refuse(known, 404, undefined, undefined);
  equal(known.requestId, 'b');
});

test('nobody is told of what is over where there is no access log', () => {
  equal(compile([]).onFinished, undefined);
});
