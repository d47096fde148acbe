/** The fields of a client's request that are passed on: those that are for whoever answers in the end, and that nothing says anew. */

import type { FieldBlock } from '../../../protocol/http/fields.ts';
import { splitList } from '../../../protocol/http/list.ts';
import type { NamedValue } from './named-value.ts';

/**
 * Of the connection to the client (RFC 9110 7.6.1), of the framing of its body, and `Expect`, which has been answered. And `Proxy`, which means nothing in HTTP: a server
 * behind that runs CGI or WSGI programs shows it to them as HTTP_PROXY, which many take for the proxy through which they ask others ("httpoxy").
 */
const NOT_PASSED: readonly string[] = [
  'connection',
  'content-length',
  'expect',
  'keep-alive',
  'proxy',
  'proxy-connection',
  'te',
  'transfer-encoding',
  'upgrade',
];

/**
 * Not taken away, though a client's `Connection` names them: a server behind goes by them in what it allows, so a client could take away what a proxy in front has said
 * of it.
 */
const NEVER_OF_THE_CONNECTION: ReadonlySet<string> = new Set([
  'authorization',
  'cookie',
  'forwarded',
  'host',
  'x-real-ip',
]);

export type PassedFields = (block: FieldBlock) => readonly NamedValue[];

/** `set`: names in lower case that are said anew. The result is remembered by the block, which is the same for requests that repeat it. */
export function compilePassedFields(set: ReadonlySet<string>): PassedFields {
  const dropped = new Set([...NOT_PASSED, ...set]);
  const known = new WeakMap<FieldBlock, readonly NamedValue[]>();
  return (block) => {
    let passed = known.get(block);
    if (passed === undefined) {
      passed = passedOf(block, dropped);
      known.set(block, passed);
    }
    return passed;
  };
}

function passedOf(block: FieldBlock, dropped: ReadonlySet<string>): readonly NamedValue[] {
  const named = new Set(splitList(block.getAll('connection')).map((name) => name.toLowerCase()));
  const passed: NamedValue[] = [];
  let hasCookie = false;
  for (const { name, lower, value } of block.fields) {
    if (dropped.has(lower) || (named.has(lower) && !isKept(lower))) {
      continue;
    }
    if (lower !== 'cookie') {
      passed.push({ name, value });
    } else if (!hasCookie) {
      hasCookie = true;
      // One field, as a client has to send it (RFC 6265 5.4): of several, servers see different ones.
      passed.push({ name, value: block.getAll('cookie').join('; ') });
    }
  }
  return passed;
}

function isKept(lower: string): boolean {
  return NEVER_OF_THE_CONNECTION.has(lower) || lower.startsWith('x-forwarded-');
}
