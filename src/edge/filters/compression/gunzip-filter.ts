/** The filter that undoes gzip of the content for clients that do not accept it: `gunzip`. */

import type { Scope } from '../../../config/model/scope.ts';
import type { ResponseFields } from '../../../protocol/http/response-fields.ts';
import type { Compilation } from '../../pipeline/compilation.ts';
import type { Filter, Route } from '../../pipeline/route.ts';
import { forgetBytes } from '../changed-body.ts';
import { compileClientRule } from './client-rules.ts';
import { addVary } from './coding-fields.ts';
import { threadCompression } from './thread-compression.ts';
import { ZlibWriter } from './zlib-writer.ts';

const RECIPE = { kind: 'gunzip' } as const;

export function compileGunzip({ compressions }: Scope, compilation: Compilation): Filter | undefined {
  if (compressions === undefined || !compressions.decompresses) {
    return undefined;
  }
  const { log, model, clock } = compilation;
  const suits = compileClientRule(compressions.gzipClients);
  const { pool, accepted } = threadCompression(model.edge.threads, {
    onBug: (error) => log('error', `a decompression has failed: ${String(error)}`),
    log,
  });
  const acceptsGzip = (route: Route, fields: ResponseFields): boolean =>
    route.main === route &&
    accepted.recall(route.exchange.block.get('accept-encoding')).gzip > 0 &&
    suits(route.exchange, fields, clock.nowMs());
  return (answer, route) => {
    if (answer.fields.get('content-encoding')?.toLowerCase() !== 'gzip') {
      return undefined;
    }
    if (compressions.varies) {
      addVary(answer);
    }
    // Where no memory is left, the client gets what it may be able to read after all, which is better than nothing.
    if (acceptsGzip(route, answer.fields) || (answer.hasBody && !pool.admit(RECIPE))) {
      return undefined;
    }
    forgetBytes(answer);
    answer.fields = answer.fields.without('content-encoding');
    return (next, before) => new ZlibWriter(pool, RECIPE, next, before, { bytes: undefined });
  };
}
