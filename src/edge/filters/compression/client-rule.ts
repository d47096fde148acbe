/**
 * Which requests may be answered with a coded body: by the version of HTTP, by what stands between (Via), and by the User-Agent. What finds user agents by
 * regexes is in `client-rules.ts`: a plain `serve` has none, and is spared the engine.
 */

import type { CompressionClients } from '../../../config/model/bodies.ts';
import type { Exchange } from '../../../protocol/http/exchange.ts';
import type { ResponseFields } from '../../../protocol/http/response-fields.ts';
import { HTTP_VERSION } from '../../../protocol/http/version.ts';
import { compileProxiedRule } from './proxied-request.ts';

/** `fields`: of the response. */
export type ClientRule = (exchange: Exchange, fields: ResponseFields, nowMs: number) => boolean;

export function clientRule(
  { versionMin, proxied }: Pick<CompressionClients, 'versionMin' | 'proxied'>,
  isDisabled: (userAgent: string | undefined) => boolean,
): ClientRule {
  const allowsProxied = compileProxiedRule(proxied);
  return ({ block, version }, fields, nowMs) =>
    (version > HTTP_VERSION.http10 || versionMin === '1.0') &&
    (block.get('via') === undefined || allowsProxied(fields, block.get('authorization') !== undefined, nowMs)) &&
    !isDisabled(block.get('user-agent'));
}
