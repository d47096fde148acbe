/**
 * The head of a worker's response: NUL-joined text into what a transport sends. The worker has checked characters; here the
 * fields that belong to the connection are dropped (RFC 9110 7.6.1; of `Connection`, `close` is heard) and the declared length is taken out, for framing is the transport's.
 */

import { TOKEN } from '../../kernel/token.ts';
import type { ResponseFields } from '../../protocol/http/response-fields.ts';
import { fieldsOf } from '../../protocol/http/response-fields.ts';
import type { ReplyHead } from '../../relay/reply.ts';

export interface WorkerHead extends ReplyHead {
  /** A file that is to be sent in place of the body. `fields` do not name it, and `length` says nothing of it. */
  readonly namedFile: NamedFile | undefined;
}

/** How applications name a file that the server is to send: by a path of URLs as nginx has it, or by one of the file system. */
export type NamingField = 'x-accel-redirect' | 'x-sendfile';

export interface NamedFile {
  readonly field: NamingField;
  /** Undefined if the application has named more than one. */
  readonly value: string | undefined;
  /** The fields that named the file. */
  readonly lines: ResponseFields;
}

const NAMING: ReadonlySet<string> = new Set<NamingField>(['x-accel-redirect', 'x-sendfile']);

/** Fields that are hop-by-hop, or written by the transport alone. */
const DROPPED: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

const STATUS_LINE = /^([2-9][0-9][0-9])(?: ([\t\x20-\x7e\x80-\xff]*))?$/;
const NAME = new RegExp(`^${TOKEN}$`);
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that split responses.
const UNSAFE_VALUE = /[\0-\x08\x0a-\x1f\x7f]/;
const CLOSE = /(?:^|,)[\t ]*close[\t ]*(?:,|$)/i;
const LENGTH = /^[0-9]{1,15}$/;

/** Undefined if the text is not the head of a response: a worker that sends it has broken the rules of the lane. */
export function parseWorkerHead(text: string): WorkerHead | undefined {
  const parts = text.split('\0');
  const status = STATUS_LINE.exec(parts[0] ?? '');
  if (status === null || parts.length % 2 === 0) {
    return undefined;
  }
  const rendered = renderFields(parts);
  return rendered && { status: Number(status[1]), reason: status[2], ...rendered };
}

type RenderedFields = Pick<WorkerHead, 'fields' | 'length' | 'namedFile'> & { readonly closes: boolean };

/** `parts` is anything, then name, value, name, value … Undefined if one of them could not be in a head. */
export function renderFields(parts: readonly string[]): RenderedFields | undefined {
  let fields = '';
  let length = -1;
  let hasDate = false;
  let closes = false;
  let namedFile: NamedFile | undefined;
  for (let at = 1; at < parts.length; at += 2) {
    const name = parts[at] ?? '';
    const value = parts[at + 1] ?? '';
    if (!NAME.test(name) || UNSAFE_VALUE.test(value)) {
      return undefined;
    }
    const lower = name.toLowerCase();
    if (lower === 'content-length') {
      if (!LENGTH.test(value)) {
        return undefined;
      }
      length = Number(value);
    }
    closes ||= lower === 'connection' && CLOSE.test(value);
    if (NAMING.has(lower)) {
      namedFile = nameFile(namedFile, lower as NamingField, { name, value });
    } else if (!DROPPED.has(lower)) {
      hasDate ||= lower === 'date';
      fields += `${name}: ${value}\r\n`;
    }
  }
  return { fields: fieldsOf(fields, hasDate), closes, length: namedFile === undefined ? length : -1, namedFile };
}

function nameFile(
  before: NamedFile | undefined,
  field: NamingField,
  { name, value }: { name: string; value: string },
): NamedFile {
  const line = fieldsOf(`${name}: ${value}\r\n`, false);
  return before === undefined
    ? { field, value, lines: line }
    : { field, value: undefined, lines: before.lines.and(line) };
}

/** The head of an application whose naming field is not ours to follow: a proxy in front of us gets it. */
export function withNamingField(head: WorkerHead): WorkerHead {
  const { namedFile, fields } = head;
  return namedFile === undefined ? head : { ...head, fields: fields.and(namedFile.lines), namedFile: undefined };
}

/** Where the body begins in the payload of a RESPONSE that lies from `start` to `end`; -1 if the head is longer than that. */
export function bodyStartOf(buffer: Buffer, start: number, end: number): number {
  const bodyStart = end - start < 4 ? Infinity : start + 4 + buffer.readUInt32LE(start);
  return bodyStart > end ? -1 : bodyStart;
}

/** Remembers the heads rendered last: an application's responses differ little. Bounded by entries and by text. */
export class WorkerHeadMemo {
  static readonly ENTRIES_MAX = 256;
  static readonly TEXT_MAX = 2048;
  #last = '';
  #lastHead: WorkerHead | undefined;
  readonly #heads = new Map<string, WorkerHead>();

  parse(text: string): WorkerHead | undefined {
    if (text === this.#last) {
      return this.#lastHead;
    }
    let head = this.#heads.get(text);
    if (head === undefined) {
      head = parseWorkerHead(text);
      // A cookie set for one client is not kept for the next.
      if (head === undefined || text.length > WorkerHeadMemo.TEXT_MAX || /\0set-cookie\0/i.test(text)) {
        return head;
      }
      if (this.#heads.size >= WorkerHeadMemo.ENTRIES_MAX) {
        this.#heads.clear();
      }
      this.#heads.set(text, head);
    }
    this.#last = text;
    this.#lastHead = head;
    return head;
  }
}
