import { equal, match } from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { createServer } from 'node:net';
import { test } from 'node:test';
import type { HealthCheck, HealthMatch } from '../../../config/model/upstream.ts';
import { systemClock } from '../../../kernel/clock.ts';
import { PLAIN_WAY } from '../../connections/dial.ts';
import type { UpstreamRequest } from '../../wire.ts';
import { FastcgiWire } from '../../wires/fastcgi-wire.ts';
import { Http1Wire } from '../../wires/http1-wire.ts';
import { MemcachedWire } from '../../wires/memcached-wire.ts';
import { UwsgiWire } from '../../wires/uwsgi-wire.ts';
import type { AskedConnection } from './connection-probe.ts';
import { compileAnswer } from './health-match.ts';
import type { Asked, ProbeRequest } from './probe.ts';
import { PLAIN_CONNECTION, startProbe } from './probe.ts';

const MATCH: HealthMatch = {
  ...{ statuses: [], statusesAreExcluded: false, fields: [] },
  body: { pattern: 'well', isNegated: false },
};
const REQUEST: UpstreamRequest = {
  ...{ method: 'GET', target: '/', fields: [], bodyLength: 0, keepsConnection: false, upgrade: undefined },
};
const HTTP: ProbeRequest = {
  kind: 'request',
  ...{ wire: new Http1Wire({ version: '1.0', headBytesMax: 4096 }), request: REQUEST, way: PLAIN_WAY, match: MATCH },
};

/** What is found wrong with a server that does this with its connections. */
async function probed(
  serve: (socket: Socket) => void,
  rules: Partial<HealthCheck> = {},
  asked: Asked = HTTP,
): Promise<string | undefined> {
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
        asked,
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

test('servers of other protocols are asked in theirs', async () => {
  const headBytesMax = 4096;
  const uwsgi = { ...HTTP, wire: new UwsgiWire({ modifier1: 0, modifier2: 0, tail: '', headBytesMax }) };
  equal(await probed(answers('Status: 200 OK\r\n\r\nall is well'), {}, uwsgi), undefined);
  equal(await probed(answers('Status: 503 No\r\n\r\nbad'), {}, uwsgi), '503 3');
  const memcached = { ...HTTP, wire: new MemcachedWire(0) };
  equal(await probed(answers('VALUE / 0 4\r\nwell\r\nEND\r\n'), {}, memcached), undefined);
  match((await probed(answers('ERROR\r\n'), {}, memcached)) ?? '', /memcached sent invalid response: "ERROR"/);
  const fastcgi = { ...HTTP, wire: new FastcgiWire({ keepsConnection: false, faults: [], headBytesMax }) };
  match((await probed(answers('HTTP/1.1 200 OK\r\n\r\nwell'), {}, fastcgi)) ?? '', /unsupported FastCGI/);
  const without = { ...uwsgi, request: { ...REQUEST, fields: [{ name: 'X', value: 'y'.repeat(70_000) }] } };
  match((await probed(answers(''), {}, without)) ?? '', /uwsgi request is too big/);
});

test('a connection is enough where nothing is to be said, and one that is refused or says the wrong thing is not', async () => {
  const asks = (rules: Partial<AskedConnection>): Asked => ({ ...PLAIN_CONNECTION, bytesMax: 64, ...rules });
  const pong = compileAnswer({ text: '+PONG\r\n', isRegex: false });
  const greeting = compileAnswer({ text: '^220 .*ready', isRegex: true });
  equal(await probed((socket) => socket.end(), {}, asks({})), undefined);
  equal(
    await probed(() => undefined, {}, asks({ says: Buffer.from('PING') })),
    undefined,
    'said, and nothing expected',
  );
  const answering = (text: string) => (socket: Socket) =>
    socket.once('data', (bytes) => socket.end(bytes.toString() === 'PROXY UNKNOWN\r\nPING' ? text : 'what?'));
  const ping = asks({ header: Buffer.from('PROXY UNKNOWN\r\n'), says: Buffer.from('PING'), judge: pong });
  equal(await probed(answering('+PONG\r\nand more'), {}, ping), undefined);
  equal(await probed(answering('-ERR'), {}, ping), 'the answer does not match');
  equal(await probed(answering('+PO'), {}, ping), 'the server closed the connection before it had answered');
  equal(await probed((socket) => socket.write('220 mail is ready'), {}, asks({ judge: greeting })), undefined);
  equal(
    await probed((socket) => socket.write('x'.repeat(99)), {}, asks({ judge: greeting })),
    'the answer does not match',
  );
  const late = { timeoutMs: 50 };
  equal(await probed(() => undefined, late, asks({ judge: greeting })), 'the answer did not come in time');
  match(
    (await probed((socket) => socket.resetAndDestroy(), {}, asks({ judge: greeting }))) ?? '',
    /^(?:recv|connect)\(\) failed \(104: /,
  );
});
