/** What `Connection` and `Upgrade` say, as `proxy_set_header` makes them, in the words of the wire, which writes both itself. */

import type { Exchange } from '../../../protocol/http/exchange.ts';
import { splitList } from '../../../protocol/http/list.ts';
import { HTTP_VERSION } from '../../../protocol/http/version.ts';

export interface ConnectionOptions {
  readonly keepsConnection: boolean;
  readonly upgrade: string | undefined;
}

/**
 * HTTP under another name: whoever lets a client change to it lets it ask the server behind for anything, past all rules of locations (a request with `Upgrade: h2c`
 * whose 101 opens a tunnel).
 */
const HTTP_AGAIN = /^(?:h2c|https?|http\/)/i;

/** `connection`: undefined where `proxy_set_header` does not name it, and the connection is closed then. */
export function connectionOptions(
  connection: string | undefined,
  upgrade: string | undefined,
  isPersistent: boolean,
): ConnectionOptions {
  if (connection === undefined) {
    return CLOSES;
  }
  const options = splitList([connection.toLowerCase()]);
  const protocols = options.includes('upgrade')
    ? splitList([upgrade ?? '']).filter((name) => !HTTP_AGAIN.test(name))
    : [];
  const keepsConnection = !options.includes('close') && (isPersistent || options.includes('keep-alive'));
  return { keepsConnection, upgrade: protocols.length === 0 ? undefined : protocols.join(', ') };
}

/**
 * Another protocol is only asked for when the client does so itself (RFC 9110 7.8), whatever the configuration says: a proxy in front that has sent an ordinary request
 * takes what follows 101 for the response to its next one.
 */
export function asksForUpgrade({ version, block }: Pick<Exchange, 'version' | 'block'>): boolean {
  return (
    version === HTTP_VERSION.http11 &&
    block.get('upgrade') !== undefined &&
    splitList(block.getAll('connection')).some((option) => option.toLowerCase() === 'upgrade')
  );
}

const CLOSES: ConnectionOptions = { keepsConnection: false, upgrade: undefined };
