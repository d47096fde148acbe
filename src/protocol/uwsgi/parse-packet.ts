/** The other direction of render-packet.ts: what a server that speaks uwsgi reads of a client. Sizes that contradict each other are refused. */

import { UWSGI_HEADER_BYTES } from './limits.ts';
import type { UwsgiVariable } from './render-packet.ts';

export type UwsgiPacket =
  | {
      readonly kind: 'packet';
      readonly modifier1: number;
      readonly modifier2: number;
      readonly variables: readonly UwsgiVariable[];
      /** How many bytes it is: the body begins behind them. */
      readonly length: number;
    }
  | { readonly kind: 'incomplete' }
  /** `name`: the variable whose size goes beyond the packet, as far as it is known. */
  | { readonly kind: 'invalid'; readonly name: string };

const INCOMPLETE: UwsgiPacket = { kind: 'incomplete' };

/** The packet that begins at `from`. What is incomplete is at most 64 KiB long, and is looked at again when more has come. */
export function parseUwsgiPacket(bytes: Buffer, from: number, to: number): UwsgiPacket {
  if (to - from < UWSGI_HEADER_BYTES) {
    return INCOMPLETE;
  }
  const size = bytes.readUInt16LE(from + 1);
  const end = from + UWSGI_HEADER_BYTES + size;
  if (end > to) {
    return INCOMPLETE;
  }
  const variables: UwsgiVariable[] = [];
  let at = from + UWSGI_HEADER_BYTES;
  while (at < end) {
    const name = readText(bytes, at, end);
    const value = name === undefined ? undefined : readText(bytes, at + 2 + name.length, end);
    if (name === undefined || value === undefined || name === '') {
      return { kind: 'invalid', name: name ?? '' };
    }
    variables.push({ name, value });
    at += 4 + name.length + value.length;
  }
  return { kind: 'packet', modifier1: bytes[from]!, modifier2: bytes[from + 3]!, variables, length: end - from };
}

function readText(bytes: Buffer, at: number, end: number): string | undefined {
  if (at + 2 > end) {
    return undefined;
  }
  const start = at + 2;
  const stop = start + bytes.readUInt16LE(at);
  return stop > end ? undefined : bytes.latin1Slice(start, stop);
}
