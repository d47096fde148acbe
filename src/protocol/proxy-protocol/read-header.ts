/**
 * Reads the header that begins a connection. Version 1 is a line, version 2 is binary; which it is says the first byte, and what can be neither is refused at its first wrong
 * byte. The addresses have to be addresses of the family that is named: whoever believes them decides by them who may come in.
 */

import type { Address } from '../../kernel/addresses/parse-address.ts';
import { newAddress, parseAddress } from '../../kernel/addresses/parse-address.ts';
import { renderAddress } from '../../kernel/addresses/render-address.ts';
import type { ProxiedEnd, ProxyHeader } from './header.ts';
import { PROXY_PROTOCOL_LIMITS, SIGNATURE } from './header.ts';

export type ReadHeader =
  | { readonly kind: 'header'; readonly header: ProxyHeader; readonly length: number }
  | { readonly kind: 'incomplete' }
  /** In nginx's words. `broken`: the bytes are what is wrong. */
  | { readonly kind: 'invalid'; readonly reason: string };

const INCOMPLETE: ReadHeader = { kind: 'incomplete' };
const BROKEN: ReadHeader = { kind: 'invalid', reason: 'broken header' };

const START_OF_LINE = 'PROXY ';
/** Family, addresses, ports. A port has no leading zeros in the specification; nginx takes them. */
const LINE = /^PROXY (TCP4|TCP6) ([0-9a-fA-F.:]{1,45}) ([0-9a-fA-F.:]{1,45}) ([0-9]{1,5}) ([0-9]{1,5})$/;
const UNKNOWN_LINE = /^PROXY UNKNOWN(?: [\x20-\x7e]*)?$/;
const FAMILIES = ['TCP4 ', 'TCP6 ', 'UNKNOWN'];
const PORT_MAX = 65_535;

const FIXED_BYTES = 16;
const COMMAND = { local: 0, proxy: 1 } as const;
const STREAM = 1;
/** Of each address, by the family. */
const ADDRESS_BYTES: Readonly<Record<number, 4 | 16>> = { 1: 4, 2: 16 };

const SCRATCH = newAddress();

/** What the first bytes of a connection, up to `length` of `bytes`, are. */
export function readProxyHeader(bytes: Buffer, length: number): ReadHeader {
  const isLine = bytes[0] === START_OF_LINE.charCodeAt(0);
  const start = isLine ? START_OF_LINE : SIGNATURE;
  const begun = Math.min(length, start.length);
  if (bytes.latin1Slice(0, begun) !== start.slice(0, begun)) {
    return BROKEN;
  }
  if (begun < start.length) {
    return INCOMPLETE;
  }
  return isLine ? readLine(bytes, length) : readBinary(bytes, length);
}

function readLine(bytes: Buffer, length: number): ReadHeader {
  const window = bytes.latin1Slice(0, Math.min(length, PROXY_PROTOCOL_LIMITS.lineBytesMax));
  const end = window.indexOf('\r\n');
  if (end === -1) {
    const mayBecomeOne = window.length < PROXY_PROTOCOL_LIMITS.lineBytesMax && beginsFamily(window);
    return mayBecomeOne ? INCOMPLETE : BROKEN;
  }
  const header = parseLine(window.slice(0, end));
  return header === undefined ? BROKEN : { kind: 'header', header, length: end + 2 };
}

/** Nobody waits for the end of a line that is wrong already. */
function beginsFamily(line: string): boolean {
  const said = line.slice(START_OF_LINE.length);
  return FAMILIES.some((family) => said.startsWith(family) || family.startsWith(said));
}

function parseLine(line: string): ProxyHeader | undefined {
  if (UNKNOWN_LINE.test(line)) {
    return { version: 1, source: undefined, destination: undefined, extensions: '' };
  }
  const [, family = '', source = '', destination = '', sourcePort = '', destinationPort = ''] = LINE.exec(line) ?? [];
  const version = family === 'TCP4' ? 4 : family === 'TCP6' ? 6 : undefined;
  const from = toEnd(source, sourcePort, version);
  const to = toEnd(destination, destinationPort, version);
  return from === undefined || to === undefined
    ? undefined
    : { version: 1, source: from, destination: to, extensions: '' };
}

function toEnd(text: string, port: string, version: 4 | 6 | undefined): ProxiedEnd | undefined {
  const isOfFamily = version === (text.includes(':') ? 6 : 4);
  if (!isOfFamily || !parseAddress(text, SCRATCH) || Number(port) > PORT_MAX) {
    return undefined;
  }
  return { address: renderAddress(SCRATCH), port: String(Number(port)) };
}

function readBinary(bytes: Buffer, length: number): ReadHeader {
  if (length < FIXED_BYTES) {
    return INCOMPLETE;
  }
  const [version, command] = [bytes[12]! >> 4, bytes[12]! & 0x0f];
  if (version !== 2) {
    return { kind: 'invalid', reason: `unknown PROXY protocol version: ${version}` };
  }
  const end = FIXED_BYTES + bytes.readUInt16BE(14);
  if (end > PROXY_PROTOCOL_LIMITS.headerBytesMax) {
    return { kind: 'invalid', reason: 'header is too large' };
  }
  if (command !== COMMAND.proxy && command !== COMMAND.local) {
    return { kind: 'invalid', reason: `unknown PROXY protocol command: ${command}` };
  }
  if (length < end) {
    return INCOMPLETE;
  }
  const isOfTcp = command === COMMAND.proxy && (bytes[13]! & 0x0f) === STREAM;
  const addressBytes = isOfTcp ? ADDRESS_BYTES[bytes[13]! >> 4] : undefined;
  if (addressBytes === undefined) {
    // The specification: accepted, and nothing of it is used.
    return toBinary(undefined, undefined, '', end);
  }
  const behind = FIXED_BYTES + 2 * addressBytes + 4;
  if (behind > end) {
    return BROKEN;
  }
  const ports = FIXED_BYTES + 2 * addressBytes;
  const source = { address: readAddress(bytes, FIXED_BYTES, addressBytes), port: String(bytes.readUInt16BE(ports)) };
  const destination = {
    address: readAddress(bytes, FIXED_BYTES + addressBytes, addressBytes),
    port: String(bytes.readUInt16BE(ports + 2)),
  };
  return toBinary(source, destination, bytes.latin1Slice(behind, end), end);
}

function toBinary(
  source: ProxiedEnd | undefined,
  destination: ProxiedEnd | undefined,
  extensions: string,
  length: number,
): ReadHeader {
  return { kind: 'header', header: { version: 2, source, destination, extensions }, length };
}

function readAddress(bytes: Buffer, at: number, length: 4 | 16): string {
  const words = new Uint32Array(4);
  for (let index = 0; index < length / 4; index += 1) {
    words[index] = bytes.readUInt32BE(at + 4 * index);
  }
  if (length === 4) {
    return renderAddress({ family: 4, words });
  }
  const isMapped = words[0] === 0 && words[1] === 0 && words[2] === 0xffff;
  const address: Address = isMapped ? { family: 4, words: words.subarray(3) } : { family: 6, words };
  return renderAddress(address);
}
