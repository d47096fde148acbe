import type { ConnectionFacts } from '../../../protocol/http/finished-exchange.ts';
import type { Route } from '../route.ts';

/** The connection that a request came on, which the exchange of a transport knows; undefined: the request came on none. */
export function connectionOf({ exchange }: Route): ConnectionFacts | undefined {
  return (exchange as { readonly connection?: ConnectionFacts }).connection;
}
