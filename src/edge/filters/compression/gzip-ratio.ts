/** $gzip_ratio: how many times longer a response would have been, as far as it is known when somebody asks, which a log does at the end. */

import type { Route } from '../../pipeline/route.ts';

const ratios = new WeakMap<Route, string>();

export function noteRatio(route: Route, bytes: number, codedBytes: number): void {
  if (codedBytes > 0) {
    ratios.set(route, (bytes / codedBytes).toFixed(2));
  }
}

export function gzipRatio({ main }: Pick<Route, 'main'>): string | undefined {
  return ratios.get(main);
}
