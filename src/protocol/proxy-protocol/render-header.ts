/** The header as it is sent to a server behind us, so that it learns who the client is. */

import { newAddress, parseAddress } from '../../kernel/addresses/parse-address.ts';
import type { ProxiedEnd } from './header.ts';
import { SIGNATURE } from './header.ts';

export interface ProxiedConnection {
  readonly source: ProxiedEnd;
  readonly destination: ProxiedEnd;
}

const UNKNOWN = 'PROXY UNKNOWN\r\n';
const LOCAL = '\x20';
const PROXY = '\x21';
const FAMILY = { none: '\0', tcp4: '\x11', tcp6: '\x21' } as const;

/** In latin-1. Ends that are no IP addresses, such as those of a Unix socket, are not told; nor are ends of two families, which one connection cannot have. */
export function renderProxyHeader(version: 1 | 2, { source, destination }: ProxiedConnection): string {
  const from = packAddress(source.address);
  const to = packAddress(destination.address);
  if (from === undefined || to?.length !== from.length) {
    return version === 1 ? UNKNOWN : `${SIGNATURE}${LOCAL}${FAMILY.none}${word(0)}`;
  }
  if (version === 1) {
    const family = from.length === 4 ? 'TCP4' : 'TCP6';
    return `PROXY ${family} ${source.address} ${destination.address} ${source.port} ${destination.port}\r\n`;
  }
  const content = from + to + word(Number(source.port)) + word(Number(destination.port));
  return `${SIGNATURE}${PROXY}${from.length === 4 ? FAMILY.tcp4 : FAMILY.tcp6}${word(content.length)}${content}`;
}

const SCRATCH = newAddress();

function packAddress(text: string): string | undefined {
  if (!parseAddress(text, SCRATCH)) {
    return undefined;
  }
  const words = SCRATCH.family === 4 ? SCRATCH.words.subarray(0, 1) : SCRATCH.words;
  return [...words].map((value) => word(value >>> 16) + word(value & 0xffff)).join('');
}

function word(value: number): string {
  return String.fromCharCode((value >> 8) & 0xff, value & 0xff);
}
