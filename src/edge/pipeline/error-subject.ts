import { protocolName } from '../../protocol/http/version.ts';
import type { ErrorSubject } from '../error-log/error-log.ts';
import type { Route } from './route.ts';

/** What a line of the error log says of the request. */
export function errorSubject({ main, client, site, askedServers }: Route): ErrorSubject {
  const { exchange } = main;
  return {
    connection: exchange.peer.number,
    client: client.address,
    server: site.name,
    request: `${exchange.method} ${exchange.target} ${protocolName(exchange.version)}`,
    upstream: askedServers?.url ?? '',
    host: exchange.block.get('host') ?? '',
    referrer: exchange.block.get('referer') ?? '',
  };
}
