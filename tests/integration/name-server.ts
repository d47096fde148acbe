// A name server for the one under test, by UDP and TCP on the same port, which answers with the records that the test says.

import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import type { FakeResponse } from '../../src/protocol/dns/fake-response.ts';
import { fakeResponse, readFakeQuestion } from '../../src/protocol/dns/fake-response.ts';

/** `lateMs`: it is answered so much later. */
export type Zone = Record<string, FakeResponse & { readonly lateMs?: number }>;

export interface FakeNameServer extends AsyncDisposable {
  readonly port: number;
  /** Names that were asked for, with ` tcp` where they were asked for over TCP. */
  readonly asked: readonly string[];
  readonly ports: ReadonlySet<number>;
  close(): Promise<void>;
}

/** `zone`: by name; what is not there does not exist. A response with the flag of truncation is whole over TCP. */
export async function runNameServer(zone: Zone): Promise<FakeNameServer> {
  const asked: string[] = [];
  const ports = new Set<number>();
  const respond = (question: Buffer, isTcp: boolean): Buffer => {
    const { name, type } = readFakeQuestion(question);
    asked.push(isTcp ? `${name} tcp` : name);
    const { flags, records = [], ...response } = zone[name] ?? { code: 3 };
    const own = records.filter((record) => record.type === 'CNAME' || (record.type === 'A') === (type === 1));
    return fakeResponse(question, { ...response, records: own, ...(flags !== undefined && !isTcp && { flags }) });
  };
  const tcp = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    socket.on('data', (bytes) => {
      const response = respond(bytes.subarray(2), true);
      const length = Buffer.alloc(2);
      length.writeUInt16BE(response.length);
      socket.write(Buffer.concat([length, response]));
    });
  }).listen(0, '127.0.0.1');
  await once(tcp, 'listening');
  const { port } = tcp.address() as AddressInfo;
  const udp = createSocket('udp4');
  udp.on('message', (question, from) => {
    ports.add(from.port);
    const { lateMs = 0 } = zone[readFakeQuestion(question).name] ?? {};
    setTimeout(() => udp.send(respond(question, false), from.port, from.address), lateMs);
  });
  udp.bind(port, '127.0.0.1');
  await once(udp, 'listening');
  let isClosed = false;
  const close = async () => {
    if (!isClosed) {
      isClosed = true;
      tcp.close();
      udp.close();
      await once(udp, 'close');
    }
  };
  return { port, asked, ports, close, [Symbol.asyncDispose]: close };
}
