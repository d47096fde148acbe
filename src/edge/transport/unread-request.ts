/** Bytes that could not be read as a request: they are refused, and logged, as requests are. */

import { isFault } from '../../protocol/http1/faults.ts';
import { ParsedBlock } from '../../protocol/http1/field-block.ts';
import { HTTP1_LIMITS } from '../../protocol/http1/limits.ts';
import { parseRequestLine } from '../../protocol/http1/request-line.ts';
import type { Fault, RequestHead } from '../../protocol/http1/types.ts';
import type { CountedLog } from '../faults/counted-log.ts';
import type { UnreadFault } from './request-reader.ts';

const NO_LINE = { method: '', target: '', form: 'origin', path: '', query: '', minor: 1 } as const;
const NOTHING_SAID = new ParsedBlock([]);

/** `line`: the first line of what came, which may well be that of a request. Nothing that came behind it is believed. */
export function unreadHead(line: string): RequestHead {
  const read = parseRequestLine(line, HTTP1_LIMITS.methodBytesMax);
  const { method, target, form, path, query, minor } = isFault(read) ? NO_LINE : read;
  return {
    kind: 'head',
    method,
    target,
    form,
    path,
    query,
    host: '',
    scheme: undefined,
    minor,
    block: NOTHING_SAID,
    framing: { kind: 'none' },
    keepAlive: false,
    expectContinue: false,
    upgrade: undefined,
  };
}

/** A path that cannot be decoded. */
export const BAD_PATH: Fault = { code: 'http1.bad-target', status: 400, detail: 'malformed percent-encoding' };

const LATE = { status: 408, detail: 'it did not arrive in time' } as const;
export const LATE_HEAD: Fault = { code: 'http1.head-timeout', ...LATE };
export const LATE_BODY: Fault = { code: 'http1.body-timeout', ...LATE };

/** `address`: '' on a Unix socket. */
export function tellFault(refusals: CountedLog, address: string, { code, detail }: UnreadFault): void {
  refusals.tell(address, `${code}, ${detail}`);
}
