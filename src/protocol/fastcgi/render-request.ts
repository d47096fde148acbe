/** The records with which a request begins: BEGIN_REQUEST, PARAMS in as many records as it needs, and the empty one that ends them. */

import { FASTCGI, FASTCGI_LIMITS, paddingOf, recordHeader } from './records.ts';

export interface FastcgiParameter {
  /** Latin-1, as the value. */
  readonly name: string;
  readonly value: string;
}

/** Longer names and values have their length in four bytes. */
const SHORT_BYTES_MAX = 127;
const PADDING = '\0'.repeat(8);
const END_OF_PARAMS = recordHeader(FASTCGI.params, 0);

/** An empty STDIN: the body has ended, or there is none. */
export const FASTCGI_END_OF_BODY: string = recordHeader(FASTCGI.stdin, 0);

export function renderFastcgiRequest(
  parameters: readonly FastcgiParameter[],
  { keepsConnection, hasBody }: { readonly keepsConnection: boolean; readonly hasBody: boolean },
): Buffer {
  let content = '';
  for (const { name, value } of parameters) {
    content += lengthOf(name) + lengthOf(value) + name + value;
  }
  let text = beginRequest(keepsConnection);
  for (let at = 0; at < content.length; at += FASTCGI_LIMITS.contentBytesMax) {
    const piece = content.slice(at, at + FASTCGI_LIMITS.contentBytesMax);
    text += recordHeader(FASTCGI.params, piece.length) + piece + fastcgiPadding(piece.length);
  }
  return Buffer.from(text + END_OF_PARAMS + (hasBody ? '' : FASTCGI_END_OF_BODY), 'latin1');
}

/** What stands before a piece of a body of at most `contentBytesMax` bytes. */
export function fastcgiStdin(length: number): string {
  return recordHeader(FASTCGI.stdin, length);
}

export function fastcgiPadding(length: number): string {
  return PADDING.slice(0, paddingOf(length));
}

function beginRequest(keepsConnection: boolean): string {
  const flags = keepsConnection ? FASTCGI.keepConnection : 0;
  const content = String.fromCharCode(0, FASTCGI.responder, flags, 0, 0, 0, 0, 0);
  return recordHeader(FASTCGI.beginRequest, content.length) + content;
}

function lengthOf({ length }: string): string {
  return length <= SHORT_BYTES_MAX
    ? String.fromCharCode(length)
    : String.fromCharCode((length >>> 24) | 0x80, (length >>> 16) & 0xff, (length >>> 8) & 0xff, length & 0xff);
}
