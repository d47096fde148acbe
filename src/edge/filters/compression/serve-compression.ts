/**
 * Compression where there is one site and no rules: `portico serve`. A request that accepts no coding costs a look at its fields, and nothing stands in front of its
 * responder. Any other gets one that passes on what is short, or is no text, as it is.
 */

import type { Compressions } from '../../../config/model/bodies.ts';
import type { IncomingExchange } from '../../../protocol/http/incoming-exchange.ts';
import { NO_FIELDS } from '../../../protocol/http/response-fields.ts';
import type { InternalErrors } from '../../internal-errors.ts';
import type { AcceptedCodings } from './accept-encoding.ts';
import type { ClientRule } from './client-rules.ts';
import { compileClientRule } from './client-rules.ts';
import { recipeKey, recipeOf } from './coding.ts';
import { CompressibleHeads } from './compressible-heads.ts';
import type { ChosenCodings, ServeCoding, ServeCompressionParts } from './compressing-responder.ts';
import { CompressingResponder } from './compressing-responder.ts';
import type { ThreadCompression } from './thread-compression.ts';
import { threadCompression } from './thread-compression.ts';

export class ServeCompression {
  readonly #parts: ServeCompressionParts;
  readonly #suits: ClientRule;
  readonly #codings: readonly ServeCoding[];
  /** What the few values of Accept-Encoding come to; `null`: nothing. */
  readonly #chosen = new WeakMap<AcceptedCodings, ChosenCodings | null>();

  /** Types, clients and the least length are those of the first coding. */
  constructor({ codings, gzipClients }: Compressions, thread: ThreadCompression, onBug: (error: unknown) => void) {
    const [first] = codings;
    this.#parts = { thread, heads: new CompressibleHeads(first?.types ?? []), bytesMin: first?.bytesMin ?? 0, onBug };
    this.#suits = compileClientRule(first?.clients ?? gzipClients);
    this.#codings = codings.map((compression) => {
      const recipe = recipeOf(compression);
      return { coding: compression.coding, recipe, key: recipeKey(recipe) };
    });
  }

  attend(exchange: IncomingExchange): void {
    const field = exchange.block.get('accept-encoding');
    if (field === undefined) {
      return;
    }
    const accepted = this.#parts.thread.accepted.recall(field);
    let chosen = this.#chosen.get(accepted);
    if (chosen === undefined) {
      chosen = this.#choose(accepted);
      this.#chosen.set(accepted, chosen);
    }
    // What a proxy may do with an answer is not asked here: a request that names one gets none that is coded.
    if (chosen !== null && this.#suits(exchange, NO_FIELDS, 0)) {
      exchange.responder = new CompressingResponder(
        exchange.responder,
        exchange.method === 'HEAD',
        chosen,
        this.#parts,
      );
    }
  }

  /** Of those that the client accepts the one of the highest weight, the first among equals; for short bodies, gzip where it is liked as much. */
  #choose(weights: AcceptedCodings): ChosenCodings | null {
    let usual: ServeCoding | undefined;
    for (const coding of this.#codings) {
      if (weights[coding.coding] > (usual === undefined ? 0 : weights[usual.coding])) {
        usual = coding;
      }
    }
    if (usual === undefined) {
      return null;
    }
    const gzip = this.#codings.find(({ coding }) => coding === 'gzip');
    const isLikedAsMuch = gzip !== undefined && weights.gzip === weights[usual.coding];
    return { usual, short: isLikedAsMuch ? gzip : usual };
  }
}

/** Undefined: nothing is compressed. `threads`: of the edge. */
export function compileServeCompression(
  compressions: Compressions | undefined,
  threads: number,
  bugs: InternalErrors,
): ServeCompression | undefined {
  if (compressions === undefined || compressions.codings.length === 0) {
    return undefined;
  }
  const onBug = (error: unknown): void => bugs.note('a compression', error);
  return new ServeCompression(compressions, threadCompression(threads, onBug), onBug);
}
