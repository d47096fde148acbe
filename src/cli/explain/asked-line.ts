/** What `--url`, `--method` and `--from` say. */

import { isIP } from 'node:net';
import type { Outcome } from '../../kernel/outcome.ts';
import { failure, success } from '../../kernel/outcome.ts';
import { isToken } from '../../protocol/http/grammar.ts';
import { decodePath } from '../../protocol/http/path.ts';
import type { AskedLine } from './asked-request.ts';

const USUAL_PORTS = { http: '80', https: '443' } as const;
/** RFC 5737: an address that is nobody's. */
const ANYBODY = '192.0.2.1';

export interface SaidRequest {
  readonly url: string;
  readonly method: string | undefined;
  readonly from: string | undefined;
}

/** Not by `URL`, which would take `..` out of the path: a client need not. */
export function readAskedLine({ url, method = 'GET', from = ANYBODY }: SaidRequest): Outcome<AskedLine> {
  const [, scheme, authority = '', target = ''] = /^(?:(https?):\/\/)([^/?#\s]+)([^#\s]*)/i.exec(url) ?? [];
  if (scheme === undefined) {
    return failure(`"${url}" is not a URL such as http://example.com/path`);
  }
  const lower = scheme.toLowerCase() === 'https' ? 'https' : 'http';
  const [, host = '', port] = /^(\[[^\]]*\]|[^:]*)(?::(\d{1,5}))?$/.exec(authority) ?? [];
  if (host === '') {
    return failure(`"${authority}" is not a host`);
  }
  const mark = target.indexOf('?');
  const rawPath = (mark < 0 ? target : target.slice(0, mark)) || '/';
  const path = decodePath(Buffer.from(rawPath, 'utf8').toString('latin1'));
  if (path === undefined || !rawPath.startsWith('/')) {
    return failure(`"${rawPath}" has an escape that is none: every server answers 400`);
  }
  if (!isToken(method)) {
    return failure(`"${method}" is not a method`);
  }
  if (isIP(from) === 0) {
    return failure(`"${from}" is not an IP address`);
  }
  return success({
    method,
    scheme: lower,
    host: port === undefined || port === USUAL_PORTS[lower] ? host : `${host}:${port}`,
    port: port ?? USUAL_PORTS[lower],
    rawPath,
    path,
    query: mark < 0 ? '' : target.slice(mark + 1),
    from,
  });
}
