/** The header of the PROXY protocol that stands before the TLS handshake of a session, which begins behind it. */

import type { Socket } from 'node:net';
import type { Client } from '../../protocol/http/exchange.ts';
import { nextConnectionNumber } from '../../protocol/http/peer.ts';
import type { ProxyHeader } from '../../protocol/proxy-protocol/header.ts';
import { AwaitedHeader } from '../connections/awaited-header.ts';
import { readBeforeTls } from '../connections/read-before-tls.ts';
import type { CompiledStream } from './compiled-stream.ts';
import type { SessionServices } from './session-services.ts';

export interface HeaderWait {
  readonly stream: Pick<CompiledStream, 'errorLog' | 'proxyProtocolMs'>;
  readonly services: SessionServices;
  readonly onHeader: (header: ProxyHeader) => void;
}

export function awaitHeader(carrier: Socket, client: Client, { stream, services, onHeader }: HeaderWait): void {
  const { table, bugs, server } = services;
  const { errorLog, proxyProtocolMs } = stream;
  const number = nextConnectionNumber();
  const say = (level: 'info' | 'error', text: string): void => {
    if (errorLog.hears(level)) {
      errorLog.sayText(level, text, number);
    }
  };
  const about = ` while reading PROXY protocol, client: ${client.address || 'unix:'}, server: ${server}`;
  readBeforeTls(
    carrier,
    (done) =>
      new AwaitedHeader(carrier, client, {
        table,
        services,
        withinMs: proxyProtocolMs,
        tell: (reason) => say('error', reason + about),
        tellLate: () => say('info', `client timed out (110: Connection timed out)${about}`),
        onBug: (what, error) => bugs.note(what, error),
        onHeader: (header, rest) => {
          done(rest);
          onHeader(header);
          return true;
        },
      }),
  );
}
