/**
 * Where the bytes of a response go: a chain of writers, each of which does something to them and writes to the next. The last is the transport's.
 *
 *   who answers ──► transform ──► transform ──► transport        write, flush, end, cut, drop
 *                       ◄──────────── ◄──────────── ◄            drained
 *
 * Each writer is the only one that writes to its next. It holds no more than a named limit: when it has that much, `write` returns false.
 */

export interface BodyWriter {
  /** False: no more until the writer calls `drained` of who stands before it. The buffer may be kept, but not changed: others may be sent the same bytes. Never empty. */
  write(bytes: Buffer): boolean;
  /** What is held back leaves now, in whatever state: who answers streams, and has nothing more for a while. */
  flush(): void;
  /** The body is complete. Nothing is written behind it. */
  end(): void;
  /** The body cannot be completed: the response is cut off, so that the client cannot take it for whole. Nothing is written behind it. */
  cut(): void;
  /** The client has gone: what is held is given back, jobs are abandoned. Nothing is written or told behind it. May come after `end`, while a writer still works on the rest. */
  drop(): void;
  /** `write` of the next has returned false before; it takes more. The writer goes on with what it holds, and calls `drained` of the one before it if that waits. */
  drained(): void;
}

/** Who writes to a writer, as that sees it. */
export type Source = Pick<BodyWriter, 'drained'>;

/** Makes the writer of one response. `before.drained` is called, by `drained` or later, after a `write` that has returned false; never during a `write`. */
export type Transform = (next: BodyWriter, before: Source) => BodyWriter;
