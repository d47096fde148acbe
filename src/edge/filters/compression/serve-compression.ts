/**
 * Compression where there is one site and no rules: `portico serve`. It is asked when the head of a response is known, and what is short, or is no text, costs no more
 * than that: only a response that is compressed gets a responder of its own.
 */

import type { Compressions } from '../../../config/model/bodies.ts';
import type { Responder, ResponseHead } from '../../../protocol/http/exchange.ts';
import type { FieldBlock } from '../../../protocol/http/fields.ts';
import type { IncomingExchange, ResponseFilter } from '../../../protocol/http/incoming-exchange.ts';
import { NO_FIELDS } from '../../../protocol/http/response-fields.ts';
import type { InternalErrors } from '../../faults/internal-errors.ts';
import { FILTER_LIMITS } from '../limits.ts';
import type { AcceptedCodings } from './accept-encoding.ts';
import type { ClientRule } from './client-rule.ts';
import { clientRule } from './client-rule.ts';
import { recipeKey, recipeOf } from './coding.ts';
import { CompressibleHeads } from './compressible-heads.ts';
import type { ChosenCodings, ServeCoding, ServeCompressionParts } from './compressing-responder.ts';
import { CompressingResponder } from './compressing-responder.ts';
import type { CompressionReports, ThreadCompression } from './thread-compression.ts';
import { threadCompression } from './thread-compression.ts';

const { compressionBodyBytesMax } = FILTER_LIMITS;

export class ServeCompression implements ResponseFilter {
  readonly #parts: ServeCompressionParts;
  readonly #suits: ClientRule;
  readonly #codings: readonly ServeCoding[];
  /** What the fields of a request come to, which a connection repeats; `null`: nothing. */
  readonly #chosen = new WeakMap<FieldBlock, ChosenCodings | null>();

  /** Types, clients and the least length are those of the first coding. */
  constructor({ codings, gzipClients }: Compressions, thread: ThreadCompression, onBug: (error: unknown) => void) {
    const [first] = codings;
    this.#parts = { thread, heads: new CompressibleHeads(first?.types ?? []), bytesMin: first?.bytesMin ?? 0, onBug };
    this.#suits = clientRule(first?.clients ?? gzipClients, () => false);
    this.#codings = codings.map((compression) => {
      const recipe = recipeOf(compression);
      return { coding: compression.coding, recipe, key: recipeKey(recipe) };
    });
  }

  responderFor(exchange: IncomingExchange, head: ResponseHead, length: number | undefined): Responder | undefined {
    const { heads, bytesMin } = this.#parts;
    // A length that is not known may be any.
    if (
      (length !== undefined && (length < bytesMin || length > compressionBodyBytesMax)) ||
      !heads.isCompressible(head)
    ) {
      return undefined;
    }
    const chosen = this.#codingsFor(exchange);
    return chosen === null
      ? undefined
      : new CompressingResponder(exchange.responder, exchange.method === 'HEAD', chosen, this.#parts);
  }

  #codingsFor(exchange: IncomingExchange): ChosenCodings | null {
    const { block } = exchange;
    let chosen = this.#chosen.get(block);
    if (chosen === undefined) {
      chosen = this.#choose(exchange);
      this.#chosen.set(block, chosen);
    }
    return chosen;
  }

  /** What a proxy may do with an answer is not asked here: a request that names one gets none that is coded. */
  #choose(exchange: IncomingExchange): ChosenCodings | null {
    const { accepted } = this.#parts.thread;
    return this.#suits(exchange, NO_FIELDS, 0)
      ? this.#bestOf(accepted.recall(exchange.block.get('accept-encoding')))
      : null;
  }

  /** Of those that the client accepts the one of the highest weight, the first among equals; for short bodies, gzip where it is liked as much. */
  #bestOf(weights: AcceptedCodings): ChosenCodings | null {
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
  log: CompressionReports['log'],
): ServeCompression | undefined {
  if (compressions === undefined || compressions.codings.length === 0) {
    return undefined;
  }
  const onBug = (error: unknown): void => bugs.note('a compression', error);
  return new ServeCompression(compressions, threadCompression(threads, { onBug, log }), onBug);
}
