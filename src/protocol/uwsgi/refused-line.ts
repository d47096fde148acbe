/** What the access log shows of a packet that was refused: the line of the request that it holds or, where nobody can read one, what it says that it is. Nothing of it is believed. */

import { isToken } from '../http/grammar.ts';
import { UWSGI_HEADER_BYTES, UWSGI_MODIFIER1 } from './limits.ts';
import { parseUwsgiPacket } from './parse-packet.ts';

/** Of a line of somebody who speaks another protocol. */
const LINE_BYTES_MAX = 1024;
const LINE = /^[A-Z]{1,20} [\x21-\x7e\x80-\xff]{1,900} HTTP\/\d\.\d(?=\r?\n)/;
const GAPS = /[^\x21-\x7e\x80-\xff]+/g;

/** `bytes`: all that has come, which may be less than a packet. */
export function refusedLineOf(bytes: Buffer): string {
  const text = LINE.exec(bytes.latin1Slice(0, Math.min(bytes.length, LINE_BYTES_MAX)))?.[0];
  if (text !== undefined) {
    return text;
  }
  return requestIn(bytes) ?? describe(bytes);
}

function requestIn(bytes: Buffer): string | undefined {
  if (bytes[0] !== UWSGI_MODIFIER1.request && bytes[0] !== UWSGI_MODIFIER1.requestBelowMount) {
    return undefined;
  }
  const packet = parseUwsgiPacket(bytes, 0, bytes.length);
  const variables = packet.kind === 'packet' ? packet.variables : [];
  const said = (wanted: string): string => variables.find(({ name }) => name === wanted)?.value ?? '';
  const method = said('REQUEST_METHOD');
  // A gap would make two words of one.
  const target = (said('REQUEST_URI') || said('PATH_INFO')).replace(GAPS, '_').slice(0, LINE_BYTES_MAX);
  return isToken(method) && target !== '' ? `${method} ${target} HTTP/1.0` : undefined;
}

function describe(bytes: Buffer): string {
  return bytes.length < UWSGI_HEADER_BYTES
    ? `uwsgi: ${bytes.length} bytes`
    : `uwsgi: modifier1 ${bytes[0]}, a packet of ${bytes.readUInt16LE(1)} bytes`;
}
