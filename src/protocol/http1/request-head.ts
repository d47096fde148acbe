/** What a request line and the fields after it say together, and where they may not disagree. */

import { splitList } from '../http/list.ts';
import type { Fault } from './faults.ts';
import { fault, isFault } from './faults.ts';
import { ROLE } from './field.ts';
import type { ParsedBlock } from './field-block.ts';
import { bodyFraming, keepsAlive } from './framing.ts';
import type { RequestLine } from './request-line.ts';
import type { RequestHead } from './types.ts';

const SINGLE_ROLES = ROLE.host | ROLE.contentType | ROLE.authorization | ROLE.proxyAuthorization;

/** What nginx refuses as well when it comes twice, lists among them. */
const NGINX_SINGLE_ROLES =
  SINGLE_ROLES |
  ROLE.expect |
  ROLE.ifModifiedSince |
  ROLE.ifUnmodifiedSince |
  ROLE.ifMatch |
  ROLE.ifNoneMatch |
  ROLE.ifRange |
  ROLE.contentRange;

/** `isLenient`: as `FramedMessage` has it. */
export function composeRequestHead(line: RequestLine, block: ParsedBlock, isLenient = false): RequestHead | Fault {
  if ((block.repeatedRoles & (isLenient ? NGINX_SINGLE_ROLES : SINGLE_ROLES)) !== 0) {
    return fault('http1.repeated-field', 'a field that may come once only');
  }
  const refused = checkHost(line, block.host);
  if (refused !== undefined) {
    return refused;
  }
  const { method, target, form, path, query, authority, scheme, minor } = line;
  const framing = bodyFraming({ kind: 'request', method, minor, isLenient }, block);
  if (isFault(framing)) {
    return framing;
  }
  const expects = minor === 1 && block.expect !== undefined && expectsContinue(block.expect, isLenient);
  if (isFault(expects)) {
    return expects;
  }
  const { connection } = block;
  return {
    kind: 'head',
    method,
    target,
    form,
    path,
    query,
    host: authority === '' ? (block.host ?? '') : authority,
    scheme,
    minor,
    block,
    framing,
    keepAlive: keepsAlive(connection, minor),
    expectContinue: expects && framing.kind !== 'none',
    // RFC 9110 7.8: ignored in HTTP/1.0, and when it is not meant for this hop.
    upgrade: minor === 1 && connection.includes('upgrade') ? block.upgrade : undefined,
  };
}

/** RFC 9110 10.1.1: a list, in which 100-continue may come more than once. What cannot be met may be ignored, as nginx does. */
function expectsContinue(value: string, isLenient: boolean): boolean | Fault {
  const expectations = splitList([value.toLowerCase()]);
  if (expectations.every((expectation) => expectation === '100-continue')) {
    return expectations.length > 0;
  }
  return isLenient ? false : fault('http1.unknown-expectation', 'an expectation that cannot be met', value);
}

/** RFC 9112 3.2. */
function checkHost(line: RequestLine, host: string | undefined): Fault | undefined {
  if (line.minor === 0) {
    return undefined;
  }
  if (host === undefined) {
    return fault('http1.missing-host', 'HTTP/1.1 without Host');
  }
  // RFC 9110 4.2.1: an http address has a host. With `*` as target there is no address, and an absolute target has its own.
  return host === '' && line.form === 'origin' ? fault('http1.bad-host', 'Host is empty') : undefined;
}
