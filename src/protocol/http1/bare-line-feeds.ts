/**
 * Heads whose lines end with LF alone, or some of them. RFC 9112 2.2 lets a server take LF for the end of a line, and nginx does; whoever stands in for it gets such
 * requests from scripts, and such responses from programs behind. A head of this kind is read as if its lines ended as they should. Nothing else is read so: a CR that is not before an LF stays refused,
 * and so does a chunked body with such lines, in which proxies have differed about where a request ends.
 */

import { CR, LF } from '../http/grammar.ts';

export interface StrictHead {
  /** The head with CRLF behind each line. */
  readonly head: Buffer;
  /** How many bytes of the input it stands for. */
  readonly length: number;
}

/** The head that begins at `from`, of which at least `searched` bytes hold no end of it. Undefined: it has not come whole up to `end`. */
export function withLineBreaks(bytes: Buffer, from: number, end: number, searched = 0): StrictHead | undefined {
  const stop = endOfHead(bytes, from, end, searched);
  if (stop === undefined) {
    return undefined;
  }
  const lines = bytes.latin1Slice(from, stop).split('\n');
  const text = lines.map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line)).join('\r\n');
  return { head: Buffer.from(text, 'latin1'), length: stop - from };
}

/** Where a head ends whose lines end with CRLF or LF: behind the empty line. One that comes before any other is none of the head's. */
export function endOfHead(bytes: Buffer, from: number, end: number, searched: number): number | undefined {
  // The end may lie across what was looked at and what has come.
  for (let lf = bytes.indexOf(LF, Math.max(from, from + searched - 3)); lf !== -1 && lf < end; ) {
    const next = bytes[lf + 1] === CR ? lf + 2 : lf + 1;
    if (next < end && bytes[next] === LF) {
      return next + 1;
    }
    lf = bytes.indexOf(LF, lf + 1);
  }
  return undefined;
}
