import type { Route } from '../pipeline/route.ts';

/** $status in the access log of requests: that of a subrequest, in its line. */
export function ownStatus({ sent, errorStatus, main, exchange }: Route): string {
  const own = sent.status || errorStatus;
  const status = own === 0 && main.exchange === exchange ? statusOf(exchange) : own;
  return String(status).padStart(3, '0');
}

/** The transport knows what it has told a client without asking anybody. */
function statusOf(exchange: object): number {
  return (exchange as { readonly status?: number }).status ?? 0;
}
