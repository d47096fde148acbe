/** `set_real_ip_from`: a trusted peer says in a field who its client is. For the scope of the site before anything else, and again where a location has rules of its own, until one has been believed. */

import type { RealIp } from '../../../config/model/access.ts';
import type { Scope } from '../../../config/model/scope.ts';
import type { AddressEntry } from '../../../kernel/addresses/address-table.ts';
import { AddressTable } from '../../../kernel/addresses/address-table.ts';
import { forwardedAddress } from '../../../kernel/addresses/forwarded-address.ts';
import { parseNetwork } from '../../../kernel/addresses/parse-network.ts';
import type { Step } from '../route.ts';
import { VERDICT } from '../verdict.ts';

const UNIX = 'unix:';

export function compileRealIp({ realIp }: Scope): Step | undefined {
  if (realIp === undefined) {
    return undefined;
  }
  const isTrusted = trustOf(realIp);
  return realIp.source.kind === 'field'
    ? believeField(realIp.source.name, realIp.isRecursive, isTrusted)
    : believeProxyHeader(isTrusted);
}

function believeProxyHeader(isTrusted: (address: string) => boolean): Step {
  return (route) => {
    const { client, peer } = route.exchange;
    const source = peer.proxyHeader?.source;
    if (source !== undefined && route.main === route && route.client === client && isTrusted(client.address)) {
      route.client = source;
    }
    return VERDICT.proceed;
  };
}

function believeField(name: string, isRecursive: boolean, isTrusted: (address: string) => boolean): Step {
  return (route) => {
    const { exchange } = route;
    if (route.main !== route || route.client !== exchange.client) {
      return VERDICT.proceed;
    }
    const named = forwardedAddress(exchange.client.address, exchange.block.getAll(name), isTrusted, isRecursive);
    if (named !== undefined) {
      route.client = { address: named.address, port: named.port === undefined ? '' : String(named.port) };
    }
    return VERDICT.proceed;
  };
}

/** Whether a peer is one of those that are believed. */
export function trustOf({ from }: Pick<RealIp, 'from'>): (address: string) => boolean {
  const entries = from.flatMap((network): AddressEntry<true>[] => {
    const range = parseNetwork(network);
    return range === undefined ? [] : [{ range, value: true }];
  });
  const table = new AddressTable(entries, 'first');
  const trustsUnix = from.includes(UNIX);
  return (address) => (address === '' ? trustsUnix : table.find(address) === true);
}
