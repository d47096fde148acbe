/** Answers bytes that could not be read as a request: there is no exchange to answer through. The log and the access log are told. */

import type { Fault } from '../../protocol/http1/types.ts';
import type { LoggedConnection } from '../access-log/logged-exchange.ts';
import { unreadExchange } from '../access-log/logged-exchange.ts';
import { errorHead, renderErrorPage } from '../error-pages.ts';
import type { Peer } from '../pipeline/identify.ts';
import type { ConnectionServices } from './connection-services.ts';
import type { ResponseWriter } from './response-writer.ts';

export interface Unread {
  readonly fault: Fault;
  /** Their first line, raw. */
  readonly line: string;
  readonly peer: Peer;
  readonly writer: ResponseWriter;
  readonly services: ConnectionServices;
}

/** The connection has to be closed behind the answer. */
export function refuseUnread({ fault, line, peer, writer, services }: Unread, connection: LoggedConnection): void {
  const { client, origins } = peer;
  const { status } = fault;
  tellFault(services, client.address, fault);
  const page = renderErrorPage(status, undefined, '', undefined);
  const bodyBytes = page.body.length;
  writer.whole(errorHead(status, page), bodyBytes, 'Connection: close\r\n', page.body);
  const answered = { client, origin: origins.untrusted, status, bodyBytes };
  services.accessLog?.write(unreadExchange(line, answered), connection, 0);
}

/** `address`: '' on a Unix socket. */
export function tellFault({ refusals }: ConnectionServices, address: string, { code, detail }: Fault): void {
  refusals.tell(address, `${code}, ${detail}`);
}
