/**
 * The head of a response as CGI has it (RFC 3875 6.3), which applications send behind uwsgi, FastCGI and SCGI: fields alone, among them `Status` and `Location`; some send a
 * status line of HTTP in front (uWSGI, PHP where it is told to). The fields are read by the grammar of HTTP/1; only that lines may end with LF alone, for scripts write them so
 * (RFC 3875 6.3.4). How long the body is says Content-Length or whatever carries it: CGI has no transfer codings, so that field means nothing here.
 */

import type { Field } from '../http/fields.ts';
import { CR, LF } from '../http/grammar.ts';
import { endOfHead, withLineBreaks } from './bare-line-feeds.ts';
import type { Fault } from './faults.ts';
import { asUpstreamFault, fault, isFault } from './faults.ts';
import type { FieldLine } from './field.ts';
import { ROLE } from './field.ts';
import { FieldSection } from './field-section.ts';
import type { Input } from './input.ts';
import type { Http1Limits } from './limits.ts';
import { HTTP1_LIMITS } from './limits.ts';
import { parseStatusLine } from './status-line.ts';

export interface CgiHead {
  /** From 200 on, or 101. */
  readonly status: number;
  /** '' for none. */
  readonly reason: string;
  readonly fields: readonly Field[];
  readonly contentLength: number | undefined;
}

const START_OF_STATUS_LINE = 'HTTP/';
/** RFC 3875 6.3.3: three digits, and a reason that may be left out. */
const STATUS = /^([0-9]{3})(?: +([\t\x20-\x7e\x80-\xff]*))?$/;
const NO_FIELDS: readonly FieldLine[] = [];

export class CgiHeadReader {
  readonly #limits: Pick<Http1Limits, 'headBytesMax' | 'fieldsMax'>;
  readonly #section: FieldSection;
  /** How many unread bytes were searched for the end of the head in vain. */
  #searched = 0;

  constructor(limits: Pick<Http1Limits, 'headBytesMax' | 'fieldsMax'> = HTTP1_LIMITS) {
    this.#limits = limits;
    this.#section = new FieldSection(undefined, limits.fieldsMax);
  }

  /** Undefined: more bytes are needed. */
  read(input: Input): CgiHead | Fault | undefined {
    const head = this.#read(input);
    return isFault(head) ? asUpstreamFault(head) : head;
  }

  #read(input: Input): CgiHead | Fault | undefined {
    const { bytes, at, end } = input;
    const { headBytesMax } = this.#limits;
    const windowEnd = Math.min(end, at + headBytesMax);
    const stop = endWithoutFields(bytes, at, windowEnd) ?? endOfHead(bytes, at, windowEnd, this.#searched);
    if (stop === undefined) {
      this.#searched = windowEnd - at;
      return this.#searched === headBytesMax
        ? fault('http1.head-too-large', `more than ${headBytesMax} bytes`)
        : undefined;
    }
    input.at = stop;
    return this.#parse(bytes, at, stop);
  }

  #parse(bytes: Buffer, from: number, stop: number): CgiHead | Fault {
    const strict = withLineBreaks(bytes, from, stop)?.head;
    const text = strict === undefined ? '' : strict.latin1Slice();
    const hasStatusLine = text.startsWith(START_OF_STATUS_LINE);
    const firstField = hasStatusLine ? text.indexOf('\r\n') + 2 : 0;
    const line = hasStatusLine ? parseStatusLine(text.slice(0, firstField - 2)) : undefined;
    if (isFault(line)) {
      return line;
    }
    const fields = strict === undefined ? NO_FIELDS : this.#section.read({ text, bytes: strict, base: 0 }, firstField);
    return fields === undefined || isFault(fields)
      ? (fields ?? fault('http1.head-cut', 'a head without its end'))
      : composeHead(line, fields);
  }
}

/** A head of nothing but its end. */
function endWithoutFields(bytes: Buffer, at: number, end: number): number | undefined {
  const next = bytes[at] === CR ? at + 1 : at;
  return next < end && bytes[next] === LF ? next + 1 : undefined;
}

function composeHead(
  line: { readonly status: number; readonly reason: string } | undefined,
  fields: readonly FieldLine[],
): CgiHead | Fault {
  let status: string | undefined;
  let contentLength: number | undefined;
  let hasLocation = false;
  for (const field of fields) {
    if (field.role === ROLE.contentLength) {
      if (contentLength !== undefined) {
        return fault('http1.repeated-content-length', 'more than one Content-Length');
      }
      contentLength = field.number;
    } else if (field.lower === 'status') {
      if (status !== undefined) {
        return fault('http1.repeated-field', 'more than one Status');
      }
      status = field.value;
    }
    hasLocation ||= field.lower === 'location';
  }
  const said = line ?? (status === undefined ? impliedStatus(hasLocation) : readStatus(status));
  if (said === undefined || (said.status < 200 && said.status !== 101)) {
    return fault('http1.bad-status-line', 'not a status of a response', status ?? String(said?.status));
  }
  return { status: said.status, reason: said.reason, fields, contentLength };
}

/** RFC 3875 6.2.3, and nginx's words for it. */
function impliedStatus(hasLocation: boolean): { readonly status: number; readonly reason: string } {
  return hasLocation ? { status: 302, reason: 'Moved Temporarily' } : { status: 200, reason: 'OK' };
}

function readStatus(text: string): { readonly status: number; readonly reason: string } | undefined {
  const match = STATUS.exec(text);
  return match === null ? undefined : { status: Number(match[1]), reason: match[2] ?? '' };
}
