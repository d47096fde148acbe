/**
 * A request of the uwsgi protocol: four bytes (modifier 1, the size in little endian, modifier 2), then each variable as its name and value, with a size of two bytes
 * before either. The body follows as it is; how long it is says the variable CONTENT_LENGTH.
 */

import { UWSGI_HEADER_BYTES, UWSGI_LIMITS } from './limits.ts';

export interface UwsgiVariable {
  /** Latin-1, as the value. */
  readonly name: string;
  readonly value: string;
}

export interface UwsgiPacketOptions {
  readonly modifier1: number;
  readonly modifier2: number;
  /** Bytes behind the variables, in latin-1: `uwsgi_string`. */
  readonly tail: string;
}

/** Too long for the protocol. `largest`: the variable that takes most of it. */
export interface UwsgiOverflow {
  readonly bytes: number;
  readonly largest: string;
  readonly largestBytes: number;
}

export function renderUwsgiPacket(
  variables: readonly UwsgiVariable[],
  { modifier1, modifier2, tail }: UwsgiPacketOptions,
): Buffer | UwsgiOverflow {
  let size = tail.length;
  for (const { name, value } of variables) {
    size += 4 + name.length + value.length;
  }
  if (size > UWSGI_LIMITS.packetBytesMax) {
    return overflowOf(variables, size);
  }
  const packet = Buffer.allocUnsafe(UWSGI_HEADER_BYTES + size);
  packet[0] = modifier1;
  packet.writeUInt16LE(size, 1);
  packet[3] = modifier2;
  let at = UWSGI_HEADER_BYTES;
  for (const { name, value } of variables) {
    at = writeText(packet, name, at);
    at = writeText(packet, value, at);
  }
  packet.latin1Write(tail, at);
  return packet;
}

function writeText(packet: Buffer, text: string, at: number): number {
  packet.writeUInt16LE(text.length, at);
  return at + 2 + packet.latin1Write(text, at + 2);
}

function overflowOf(variables: readonly UwsgiVariable[], bytes: number): UwsgiOverflow {
  let overflow: UwsgiOverflow = { bytes, largest: '', largestBytes: 0 };
  for (const { name, value } of variables) {
    const largestBytes = 4 + name.length + value.length;
    if (largestBytes > overflow.largestBytes) {
      overflow = { bytes, largest: name, largestBytes };
    }
  }
  return overflow;
}
