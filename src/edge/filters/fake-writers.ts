/** The ends of a chain of transforms, made up for tests: who answers, and a transport that takes as much as a test lets it. */

import { FakeRequestHead } from '../../protocol/http/fake-request.ts';
import { fieldsOf } from '../../protocol/http/response-fields.ts';
import type { HttpVersion } from '../../protocol/http/version.ts';
import type { Answer } from '../pipeline/filters/answer.ts';
import type { BodyWriter, Transform } from '../pipeline/filters/body-writer.ts';
import type { Route } from '../pipeline/route.ts';

export class FakeTransport implements BodyWriter {
  readonly parts: Buffer[] = [];
  flushes = 0;
  ended: 'end' | 'cut' | 'drop' | undefined;
  /** `write` returns this. */
  takes = true;
  onEnd: (() => void) | undefined;
  onWrite: (() => void) | undefined;

  get body(): Buffer {
    return Buffer.concat(this.parts);
  }

  get text(): string {
    return this.body.toString('latin1');
  }

  write(bytes: Buffer): boolean {
    if (bytes.length === 0 || this.ended !== undefined) {
      throw new Error(bytes.length === 0 ? 'an empty write' : `a write behind ${this.ended}`);
    }
    this.parts.push(bytes);
    this.onWrite?.();
    return this.takes;
  }

  flush(): void {
    this.flushes += 1;
  }

  end(): void {
    this.#end('end');
  }

  cut(): void {
    this.#end('cut');
  }

  drop(): void {
    this.#end('drop');
  }

  drained(): void {
    throw new Error('nobody stands behind the transport');
  }

  #end(how: 'end' | 'cut' | 'drop'): void {
    if (this.ended !== undefined) {
      throw new Error(`${how} behind ${this.ended}`);
    }
    this.ended = how;
    this.onEnd?.();
  }
}

export interface FakeAnswer {
  readonly status?: number;
  readonly fields?: string;
  readonly length?: number;
  readonly hasBody?: boolean;
  readonly whole?: Answer['whole'];
}

export function fakeAnswer({ status = 200, fields = '', length, hasBody = true, whole }: FakeAnswer = {}): Answer {
  return {
    status,
    reason: undefined,
    fields: fieldsOf(fields),
    length,
    hasBody,
    refusal: undefined,
    isTransformed: false,
    takesRanges: true,
    isProxied: false,
    whole,
  };
}

/** The route of a request with these fields. Whatever else of a route a filter asks for is given by `more`. */
export function fakeRoute(
  fields: readonly (readonly [string, string])[] = [],
  more: Partial<Route> & { readonly version?: HttpVersion } = {},
): Route {
  const exchange = Object.assign(
    new FakeRequestHead({ path: '/', fields }),
    more.version === undefined ? {} : { version: more.version },
  );
  const route = { exchange, request: exchange, log: () => undefined, ...more } as unknown as Route & { main: Route };
  route.main = more.main ?? route;
  return route;
}

/** Who writes, and does not wait. */
export const NOBODY = { drained: (): void => undefined };

/** What a transform makes of a body that comes in these pieces, to a client that takes all at once. */
export async function passThrough(transform: Transform, pieces: readonly (Buffer | string)[]): Promise<Buffer> {
  const transport = new FakeTransport();
  const { promise, resolve } = Promise.withResolvers<void>();
  transport.onEnd = resolve;
  const writer = transform(transport, NOBODY);
  for (const piece of pieces) {
    const bytes = typeof piece === 'string' ? Buffer.from(piece, 'latin1') : piece;
    if (bytes.length > 0) {
      writer.write(Buffer.from(bytes));
    }
  }
  writer.end();
  await promise;
  return transport.body;
}

/** Cuts a body into slices of so many bytes. */
export function slices(body: Buffer | string, size: number): Buffer[] {
  const bytes = typeof body === 'string' ? Buffer.from(body, 'latin1') : body;
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    bytes.subarray(index * size, index * size + size),
  );
}
