import { equal, match } from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { createServer } from 'node:net';
import { test } from 'node:test';
import type { HealthCheck } from '../../../config/model/upstream.ts';
import { systemClock } from '../../../kernel/clock.ts';
import { startProbe } from './probe.ts';

/** What is found wrong with a server that does this with its connections. */
async function probed(serve: (socket: Socket) => void, rules: Partial<HealthCheck> = {}): Promise<string | undefined> {
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    serve(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const check: HealthCheck = {
    ...{ uri: '/', intervalMs: 1000, jitterMs: 0, timeoutMs: 5000, fails: 1, passes: 1, port: 0, host: '' },
    ...{ isMandatory: false, match: { statuses: [], statusesAreExcluded: false, fields: [] }, ...rules },
  };
  const peer = { name: 'app', host: 'app', address: { host: '127.0.0.1', port: rules.port === undefined ? port : 1 } };
  const found = await new Promise<string | undefined>((resolve) => {
    startProbe(
      peer,
      {
        check: rules.port === undefined ? check : { ...check, port },
        judge: ({ status, body }) => (body.includes('well') ? undefined : `${status} ${body.length}`),
        host: 'app',
        connections: {
          clock: systemClock,
          onBug: (error) => {
            throw error;
          },
        },
      },
      resolve,
    );
  });
  server.close();
  return found;
}

const answers = (text: string) => (socket: Socket) => socket.once('data', () => socket.end(text));

test('an answer is judged when it is whole, on the port of the check', async () => {
  equal(await probed(answers('HTTP/1.1 200 OK\r\n\r\nall is well')), undefined);
  equal(await probed(answers('HTTP/1.1 200 OK\r\n\r\nall is well'), { port: 1 }), undefined);
  equal(await probed(answers('HTTP/1.1 503 No\r\nContent-Length: 3\r\n\r\nbad')), '503 3');
  equal(await probed(answers(`HTTP/1.1 200 OK\r\n\r\n${'x'.repeat(1_000_000)}`)), '200 262144', 'its beginning');
});

test('what is no answer, or comes too late, is told', async () => {
  match((await probed(answers('nonsense\r\n\r\n'))) ?? '', /^upstream sent no valid HTTP\/1\.0 header/);
  match((await probed((socket) => socket.destroy())) ?? '', /while reading response header|recv\(\) failed|closed/);
  const trickle = (socket: Socket) => {
    socket.write('HTTP/1.1 200 OK\r\n\r\n');
    const timer = setInterval(() => socket.write('x'), 1);
    socket.on('close', () => clearInterval(timer));
  };
  match((await probed(trickle, { timeoutMs: 50 })) ?? '', /in time|timed out/);
});

test('a connection is enough where there is no uri', async () => {
  equal(await probed((socket) => socket.end(), { uri: undefined }), undefined);
});
