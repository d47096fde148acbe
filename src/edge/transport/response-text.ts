/** Renders response heads for HTTP/1.1 (RFC 9112 4, 6): the status line, the handler's fields, then what is the transport's own. */

import { forbidsBody } from '../../protocol/http/bodiless-status.ts';
import type { ResponseHead } from '../../protocol/http/exchange.ts';
import { reasonPhrase } from '../../protocol/http/reason-phrases.ts';
import { wantsTrailers } from '../../protocol/http/wants-trailers.ts';
import type { RequestHead } from '../../protocol/http1/types.ts';
import type { KeptField, TransportRules } from './transport-rules.ts';

/** How the body is delimited: its length, in chunks, by the end of the connection, or not at all. */
export type Delimiter = number | 'chunked' | 'close' | 'none';

export type ConnectionField =
  | ''
  | 'Connection: close\r\n'
  | 'Connection: keep-alive\r\n'
  | 'Connection: Upgrade\r\n'
  | KeptField;

/** `more`: further rendered lines. */
export function renderHead(
  head: ResponseHead,
  delimiter: Delimiter,
  connection: ConnectionField,
  date: string,
  more: string = '',
): string {
  const { status, reason, fields } = head;
  let text = `HTTP/1.1 ${status} ${reason ?? reasonPhrase(status)}\r\n${fields.text}${more}`;
  if (!fields.hasDate) {
    text += `Date: ${date}\r\n`;
  }
  if (typeof delimiter === 'number') {
    text += `Content-Length: ${delimiter}\r\n`;
  } else if (delimiter === 'chunked') {
    text += 'Transfer-Encoding: chunked\r\n';
  }
  return `${text}${connection}\r\n`;
}

/** Remembers the head rendered last: most of an application's responses differ in their body alone. One for each thread. */
export class HeadRenderer {
  readonly #fields: string;
  #head: ResponseHead | undefined;
  #delimiter: Delimiter = 'none';
  #connection: ConnectionField = '';
  #date = '';
  #text = '';

  /** `fields`: of every response, each with its CRLF. */
  constructor(fields: string) {
    this.#fields = fields;
  }

  render(head: ResponseHead, delimiter: Delimiter, connection: ConnectionField, date: string): string {
    if (
      head !== this.#head ||
      delimiter !== this.#delimiter ||
      connection !== this.#connection ||
      date !== this.#date
    ) {
      this.#head = head;
      this.#delimiter = delimiter;
      this.#connection = connection;
      this.#date = date;
      this.#text = renderHead(head, delimiter, connection, date, this.#fields);
    }
    return this.#text;
  }
}

/** How the body of a response to this request is delimited; `length` undefined when it is not known. RFC 9112 6.3. */
export function delimiterOf(
  status: number,
  length: number | undefined,
  request: { readonly method: string; readonly minor: 0 | 1 },
  isChunkedOn = true,
): Delimiter {
  if (forbidsBody(status)) {
    // RFC 9112 6.3 has a client wait for the body of a 205, so it is told that there is none.
    return status === 205 ? 0 : 'none';
  }
  if (length !== undefined) {
    return length;
  }
  if (request.method === 'HEAD') {
    return 'none';
  }
  return request.minor === 1 && isChunkedOn ? 'chunked' : 'close';
}

/** Of a response behind which the connection has another protocol: 101 names the Upgrade that goes with it (RFC 9110 7.8), an answer to CONNECT nothing. */
export function upgradeField(status: number): ConnectionField {
  return status === 101 ? 'Connection: Upgrade\r\n' : '';
}

/** Whether fields may stand behind the body: the client has said that it takes them (RFC 9110 6.5.1), or is not asked. */
export function sendsTrailers(
  { method, block, minor }: RequestHead,
  status: number,
  { sendsTrailersUnasked }: Pick<TransportRules, 'sendsTrailersUnasked'>,
): boolean {
  return minor === 1 && sendsBody(method, status) && (sendsTrailersUnasked || wantsTrailers(block));
}

/** Whether the bytes of a body are sent: not for HEAD, nor with a status that forbids a body. */
export function sendsBody(method: string, status: number): boolean {
  return method !== 'HEAD' && !forbidsBody(status);
}
