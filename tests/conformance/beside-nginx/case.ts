/** A configuration and what is asked of it. */

import type { Said } from './conversation.ts';

export interface Case {
  readonly name: string;
  /** What stands in `http`, with `%A%` for the address of the program, `%P%`, `%P2%`, … for ports and `%E%` for the address of the server behind; or what stands in the one server of it. */
  readonly configuration: string;
  readonly requests: readonly string[];
}

/** Ports that a configuration may have. */
export const PORTS_MAX = 4;

/** `PORT` is that of the request, 0 to 3. */
export interface Asked extends Said {
  readonly text: string;
  readonly portIndex: number;
}

/**
 * `GET /path HTTP/1.0 | Field: value || body` in one line, of which only the first two words must be there. Without a version it is 1.1, with the field
 * `Host: a.test` unless it has one; a body brings its Content-Length unless the request has a framing. `RAW …` is sent as it is, `RAW2 …` has two answers.
 * `@2` in front means the second port. Escapes: \r \n \t \\ \s (a space) \xNN and \(x*500) for repetition.
 */
export function readRequest(text: string): Asked {
  const [, at, line = ''] = /^(?:@(\d) )?(.*)$/s.exec(text) ?? [];
  const portIndex = at === undefined ? 0 : Number(at) - 1;
  const raw = /^RAW(\d?) (.*)$/s.exec(line);
  if (raw) {
    const bytes = bytesOf(raw[2] ?? '');
    return { text, portIndex, bytes, methods: methodsOf(bytes, Number(raw[1] || 1)), isLast: false };
  }
  const [head = '', body] = line.split(' || ');
  const [target = '', ...given] = head.split(' | ');
  const hasVersion = / HTTP\/\d/.test(target);
  const fields = [...given];
  if (!hasVersion && !has(fields, 'host')) fields.unshift('Host: a.test');
  const bodyBytes = bytesOf(body ?? '');
  if (body !== undefined && !has(fields, 'content-length') && !has(fields, 'transfer-encoding')) {
    fields.push(`Content-Length: ${bodyBytes.length}`);
  }
  const lines = [hasVersion ? target : `${target} HTTP/1.1`, ...fields.filter((field) => field !== 'Host:-')];
  const bytes = Buffer.concat([bytesOf(`${lines.join('\\r\\n')}\\r\\n\\r\\n`), bodyBytes]);
  return { text, portIndex, bytes, methods: [target.split(' ')[0] ?? 'GET'], isLast: false };
}

function has(fields: readonly string[], name: string): boolean {
  return fields.some((field) => field.toLowerCase().startsWith(`${name}:`));
}

/** Those at the beginnings of lines; the first for all that follow where there are fewer. */
function methodsOf(bytes: Buffer, count: number): string[] {
  const found = [...bytes.toString('latin1').matchAll(/^([A-Z]+) \S+ HTTP\//gm)].map(([, method = 'GET']) => method);
  return Array.from({ length: count }, (_, index) => found[index] ?? 'GET');
}

const ESCAPE = /\\(?:x([0-9A-Fa-f]{2})|\((.+?)\*(\d+)\)|(.))/g;
const SIMPLE: Readonly<Record<string, string>> = { r: '\r', n: '\n', t: '\t', s: ' ', '\\': '\\' };

function bytesOf(text: string): Buffer {
  const plain = Buffer.from(text).toString('latin1');
  const replaced = plain.replace(ESCAPE, (_, hex?: string, repeated?: string, times?: string, simple?: string) => {
    if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
    if (repeated !== undefined) return bytesOf(repeated).toString('latin1').repeat(Number(times));
    return SIMPLE[simple ?? ''] ?? `\\${simple}`;
  });
  return Buffer.from(replaced, 'latin1');
}
