import type { Body } from './exchange.ts';

/** Releases a body that is not sent. */
export function releaseBody(body: Body): void {
  if (typeof body === 'object' && 'release' in body) {
    body.release();
  }
}
