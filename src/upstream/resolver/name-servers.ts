/**
 * The name servers of a `resolver`, asked by Node's own library for it (c-ares), which asks them in turn and again, from changing ports, checks that an answer is one to
 * its question, and never blocks the loop.
 */

import type { Resolver as Rules } from '../../config/model/upstream.ts';
import { renderHostPort } from '../../kernel/addresses/render-host.ts';
import { isAddress } from './is-address.ts';

export interface AddressRecord {
  readonly address: string;
  /** Seconds. */
  readonly ttl: number;
}

export interface ServiceRecord {
  readonly name: string;
  readonly port: number;
  readonly priority: number;
  readonly weight: number;
}

/** Rejects with an error that has a `code`: ENOTFOUND, ENODATA, ESERVFAIL, EREFUSED, ETIMEOUT. */
export interface NameServers {
  addresses(name: string, family: 4 | 6): Promise<readonly AddressRecord[]>;
  services(name: string): Promise<readonly ServiceRecord[]>;
}

/** Each server is asked so often, at first after so long, then after longer times. */
const TRIES = 4;
const FIRST_WAIT_MS = 1000;

export function newNameServers(rules: Pick<Rules, 'servers'>): NameServers {
  const { promises, ...dns } = process.getBuiltinModule('node:dns');
  const resolver = new promises.Resolver({ timeout: FIRST_WAIT_MS, tries: TRIES });
  // Names of name servers are looked up by the system, once.
  const ready = addressesOf(rules.servers, dns.lookup).then((servers) => resolver.setServers(servers));
  return {
    addresses: async (name, family) => {
      await ready;
      const ask = (of: string) =>
        family === 4 ? resolver.resolve4(of, { ttl: true }) : resolver.resolve6(of, { ttl: true });
      return followAliases(name, ask, (of) => resolver.resolveCname(of));
    },
    services: async (name) => {
      await ready;
      return resolver.resolveSrv(name);
    },
  };
}

/** A name server that does not follow aliases itself tells the next name only; a ring of them ends nowhere. */
const ALIASES_MAX = 10;

export async function followAliases(
  name: string,
  ask: (name: string) => Promise<readonly AddressRecord[]>,
  aliasOf: (name: string) => Promise<readonly string[]>,
): Promise<readonly AddressRecord[]> {
  let [asked, count] = [name, 0];
  for (;;) {
    try {
      return await ask(asked);
    } catch (error) {
      const hasNoAddress = (error as NodeJS.ErrnoException).code === 'ENODATA';
      const [alias] = hasNoAddress && count < ALIASES_MAX ? await aliasOf(asked).catch(() => []) : [];
      if (alias === undefined) {
        throw error;
      }
      asked = alias;
      count += 1;
    }
  }
}

type Lookup = (host: string, done: (error: Error | null, address: string) => void) => void;

async function addressesOf(servers: readonly string[], lookup: Lookup): Promise<readonly string[]> {
  const found = await Promise.all(
    servers.map((server) => {
      const [, bracketed, plain = '', port = ''] = /^(?:\[(.*)\]|(.*)):(\d+)$/.exec(server) ?? [];
      const host = bracketed ?? plain;
      return new Promise<string>((resolve) => {
        if (isAddress(host)) {
          resolve(renderHostPort(host, port));
        } else {
          lookup(host, (error, address) => resolve(error === null ? renderHostPort(address, port) : ''));
        }
      });
    }),
  );
  return found.filter((server) => server !== '');
}
