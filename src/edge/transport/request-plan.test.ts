/** A reload gives a connection another pipeline while its request is answered: the request is refused and ended by the one that was asked. */

import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { fieldsOf } from '../../protocol/http/response-fields.ts';
import { openPair } from '../../relay/sockets/fake-connection.ts';
import { FakePipeline, receive } from './fake-pipeline.ts';

const HEAD = { status: 200, reason: undefined, fields: fieldsOf('') };
const ASKED = 'GET /a HTTP/1.1\r\nHost: a\r\n\r\n';

function exchangePlan({ connection }: ReturnType<typeof receive>): FakePipeline {
  const next = new FakePipeline();
  Object.assign(connection.services, { pipeline: next });
  return next;
}

function requestOf({ request }: ReturnType<typeof receive>['connection']): typeof request {
  return request;
}

test('a request ends in the plan in which it began, and the next one begins in the new plan', async () => {
  await using pair = await openPair();
  const received = receive(pair, ASKED);
  const { pipeline, connection } = received;
  equal(connection.request?.pipeline, pipeline);
  const next = exchangePlan(received);
  equal(connection.request?.pipeline, pipeline);
  pipeline.asked[0]?.responder.respond(HEAD, 'a');
  deepEqual([pipeline.finished.length, next.finished.length], [1, 0]);
  equal(requestOf(connection), undefined);
  connection.onBytes(Buffer.from(ASKED), ASKED.length);
  deepEqual([pipeline.asked.length, next.asked.length], [1, 1]);
  equal(connection.request?.pipeline, next);
});

test('what is refused, cut or left by its client ends there too', async () => {
  for (const end of ['refuse', 'cut', 'leave'] as const) {
    await using pair = await openPair();
    const received = receive(pair, ASKED);
    const { pipeline } = received;
    const next = exchangePlan(received);
    const responder = pipeline.asked[0]?.responder;
    if (end === 'refuse') {
      responder?.refuse(503);
    } else if (end === 'cut') {
      responder?.cut();
    } else {
      const closed = new Promise((resolve) => pair.edge.once('close', resolve));
      pair.edge.destroy();
      await closed;
    }
    deepEqual(
      [pipeline.refused.length, pipeline.finished.length, next.refused.length, next.finished.length],
      end === 'refuse' ? [1, 0, 0, 0] : [0, 1, 0, 0],
    );
  }
});
