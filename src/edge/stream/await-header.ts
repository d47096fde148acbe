/** The header of the PROXY protocol that stands before the TLS handshake of a session, which begins behind it. */

import type { Socket } from 'node:net';
import type { ProxyHeader } from '../../protocol/proxy-protocol/header.ts';
import { AwaitedHeader } from '../connections/awaited-header.ts';
import { readBeforeTls } from '../connections/read-before-tls.ts';
import type { Session } from './compiled-stream.ts';
import { SESSION_STATUS } from './compiled-stream.ts';

type Awaiting = Pick<Session, 'peer' | 'services' | 'log' | 'end'> & {
  readonly stream: { readonly proxyProtocolMs: number };
};

/** `onHeader` is called once, or the session ends. */
export function awaitHeader(carrier: Socket, session: Awaiting, onHeader: (header: ProxyHeader) => void): void {
  const { services } = session;
  // Of a client that leaves without a word.
  const onClose = (): void => session.end(SESSION_STATUS.badRequest);
  carrier.on('close', onClose);
  readBeforeTls(
    carrier,
    (done) =>
      new AwaitedHeader(carrier, session.peer, {
        table: services.table,
        services,
        withinMs: session.stream.proxyProtocolMs,
        tell: (reason) => {
          session.log('error', reason);
          session.end(SESSION_STATUS.badRequest);
        },
        tellLate: () => {
          session.log('info', 'client timed out (110: Connection timed out)');
          session.end(SESSION_STATUS.ok);
        },
        onBug: (what, error) => services.bugs.note(what, error),
        onHeader: (header, rest) => {
          carrier.off('close', onClose);
          done(rest);
          onHeader(header);
          return true;
        },
      }),
  );
}
