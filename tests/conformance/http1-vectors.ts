/** Reads the vectors of HTTP/1.1 (tests/vectors/http1/README.md) and writes down what a parser makes of bytes in their words. */

import { globSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { FieldMemo } from '../../src/protocol/http1/field-memo.ts';
import { RequestParser } from '../../src/protocol/http1/request-parser.ts';
import { ResponseParser } from '../../src/protocol/http1/response-parser.ts';
import type { Field, RequestEvent, RequestHead, ResponseEvent, ResponseHead } from '../../src/protocol/http1/types.ts';

export interface Vector {
  readonly name: string;
  readonly isValid: boolean;
  /** The methods that were sent, if the bytes are responses. */
  readonly methods: readonly string[] | undefined;
  readonly bytes: Buffer;
  readonly events: readonly string[];
}

const ROOT = new URL('../vectors/http1/', import.meta.url).pathname;

export function readVectors(): Vector[] {
  return globSync(`${ROOT}{valid,invalid}/*.http`).sort().flatMap(readFile);
}

function readFile(path: string): Vector[] {
  const [, ...cases] = `\n${readFileSync(path, 'utf8')}`.split('\n=== ');
  const isValid = path.includes('/valid/');
  return cases.map((text) => {
    const [input = '', expected = ''] = text.split('\n---\n');
    const [name, ...lines] = input.split('\n');
    const methods = lines.filter((line) => line.startsWith('@expect ')).map((line) => line.slice('@expect '.length));
    const bytes = Buffer.from(decodeEscapes(lines.filter((line) => !line.startsWith('@expect ')).join('')), 'latin1');
    const events = expected.split('\n').filter((line) => line !== '');
    return {
      name: `${basename(path, '.http')}: ${name}`,
      isValid,
      methods: methods.length > 0 ? methods : undefined,
      bytes,
      events,
    };
  });
}

const NAMED: Readonly<Record<string, string>> = { r: '\r', n: '\n', t: '\t', '0': '\0', '\\': '\\' };

function decodeEscapes(text: string): string {
  return text
    .replace(/\\\{(\d+):((?:[^}\\]|\\.)*)\}/g, (_, times: string, part: string) => part.repeat(Number(times)))
    .replace(/\\(?:x([0-9a-f]{2})|([rnt0\\]))/g, (_, hex: string | undefined, name: string) =>
      hex === undefined ? NAMED[name]! : String.fromCharCode(Number.parseInt(hex, 16)),
    );
}

function encodeEscapes(text: string): string {
  return text.replace(/[^\x20-\x7e]|\\/g, (character) => {
    const name = Object.keys(NAMED).find((key) => NAMED[key] === character);
    return name === undefined ? `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}` : `\\${name}`;
  });
}

/** What the parsers have in common. */
interface Reader {
  feed(chunk: Buffer): void;
  next(): RequestEvent | ResponseEvent | undefined;
  readonly bufferedBytes: number;
}

/** Events in the words of the vectors. `maxBuffered` is the largest number of bytes held after a piece was drained. */
export interface Trace {
  readonly events: string[];
  readonly maxBuffered: number;
}

export interface TraceOptions {
  readonly memo?: FieldMemo;
  /** Undefined: the bytes are requests. */
  readonly methods?: readonly string[] | undefined;
}

/** Feeds `pieces`, each from memory that is overwritten afterwards, as a shared read buffer is. */
export function trace(pieces: readonly Buffer[], options: TraceOptions = {}): Trace {
  const parserOptions = options.memo === undefined ? {} : { memo: options.memo };
  const events: string[] = [];
  if (options.methods === undefined) {
    const parser = new RequestParser(parserOptions);
    const maxBuffered = run(parser, pieces, events, () => resumeRequests(parser));
    const cut = parser.eof();
    return { events: cut === undefined ? events : [...events, `eof ${cut.code}`], maxBuffered };
  }
  const parser = new ResponseParser(parserOptions);
  const methods = [...options.methods];
  const advance = (): boolean => {
    if (parser.phase !== 'idle' || methods.length === 0) {
      return false;
    }
    parser.expect(methods.shift()!);
    return true;
  };
  advance();
  const maxBuffered = run(parser, pieces, events, advance);
  const cut = parser.eof();
  if (cut !== undefined) {
    events.push(`eof ${cut.code}`);
  }
  drain(parser, events, advance);
  if (parser.phase === 'tunnel') {
    events.push(`rest ${encodeEscapes(parser.takeRest().latin1Slice())}`);
  }
  return { events, maxBuffered };
}

function resumeRequests(parser: RequestParser): boolean {
  const isPaused = parser.phase === 'paused';
  parser.proceed();
  return isPaused;
}

function run(parser: Reader, pieces: readonly Buffer[], events: string[], advance: () => boolean): number {
  let maxBuffered = 0;
  for (const piece of pieces) {
    const shared = Buffer.from(piece);
    parser.feed(shared);
    drain(parser, events, advance);
    shared.fill(0x0a);
    maxBuffered = Math.max(maxBuffered, parser.bufferedBytes);
  }
  return maxBuffered;
}

/** `advance` begins the next message when one is complete, and says whether it did. */
function drain(parser: Reader, events: string[], advance: () => boolean): void {
  for (;;) {
    const event = parser.next();
    if (event !== undefined) {
      write(event, events);
    }
    if (!advance() && event === undefined) {
      return;
    }
  }
}

function write(event: RequestEvent | ResponseEvent, events: string[]): void {
  switch (event.kind) {
    case 'head':
      events.push('status' in event ? responseLine(event) : requestLine(event));
      events.push(...event.block.fields.map((field) => `  ${fieldText(field)}`));
      return;
    case 'data':
      if (events.at(-1)?.startsWith('data ') === true) {
        events[events.length - 1] += encodeEscapes(event.bytes.latin1Slice());
      } else {
        events.push(`data ${encodeEscapes(event.bytes.latin1Slice())}`);
      }
      return;
    case 'end':
      events.push('end', ...event.trailers.map((field) => `  + ${fieldText(field)}`));
      return;
    case 'fault':
      events.push(`fault ${event.fault.code} ${event.fault.status}`);
  }
}

function fieldText(field: Field): string {
  return field.value === '' ? `${field.name}:` : encodeEscapes(`${field.name}: ${field.value}`);
}

function requestLine(head: RequestHead): string {
  let line = `head ${head.method} ${head.target} 1.${head.minor} host=${head.host}`;
  if (head.form !== 'origin') {
    line += ` form=${head.form} path=${head.path} query=${head.query} scheme=${head.scheme ?? ''}`;
  }
  line += bodyText(head);
  return line + (head.expectContinue ? ' expect' : '') + (head.upgrade === undefined ? '' : ` upgrade=${head.upgrade}`);
}

function responseLine(head: ResponseHead): string {
  const line = `head ${head.status} ${encodeEscapes(head.reason)} 1.${head.minor}${bodyText(head)}`;
  return line + (head.isInterim ? ' interim' : '') + (head.isTunnel ? ' tunnel' : '');
}

function bodyText({ framing, keepAlive }: RequestHead | ResponseHead): string {
  const length = framing.kind === 'length' ? `:${framing.bytes}` : '';
  return (framing.kind === 'none' ? '' : ` body=${framing.kind}${length}`) + (keepAlive ? '' : ' close');
}

export function inPieces(bytes: Buffer, size: number): Buffer[] {
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += size) {
    pieces.push(bytes.subarray(at, at + size));
  }
  return pieces;
}

/** `random` gives numbers from 0 to 1. */
export function inRandomPieces(bytes: Buffer, random: () => number): Buffer[] {
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const size = 1 + Math.floor(random() ** 3 * 60);
    pieces.push(bytes.subarray(at, at + size));
    at += size;
  }
  return pieces;
}
