/** From the sites, each with its addresses and names, to the listeners, each with its sites. */

import { omit } from '../../kernel/omit.ts';
import { renderBindAddress } from '../bind-address.ts';
import type { Listener } from '../model/server-model.ts';
import type { Listen } from './listen.ts';
import type { SiteOnListeners } from './model-builder.ts';

/** `defaults`: where a site is served that names no address. */
export function listenersOf(sites: readonly SiteOnListeners[], defaults: readonly Listener[]): Listener[] {
  const backlog = usualBacklog(defaults);
  const found = new Map<string, Listener & { hasDefault: boolean }>();
  for (const [site, { listen, names, report }] of sites.entries()) {
    for (const each of listen.length > 0 ? listen : defaults.map((usual) => listenOf(usual, backlog))) {
      const key = renderBindAddress(each.address);
      const before = found.get(key);
      if (each.tls && !hasCertificate(sites, site, before)) {
        report(`${key} speaks TLS, and "tls.certificates" of this site names no certificate`);
      }
      if (before !== undefined && before.tls !== each.tls) {
        report(`${key} is said with "tls" and without; one address speaks one of the two`);
      }
      if (before !== undefined && (before.speaks === 'uwsgi') !== each.isUwsgi) {
        report(`${key} is said with "uwsgi" and without; one address speaks one of the two`);
      }
      if (before?.hasDefault === true && each.isDefault) {
        report(`${key} has two sites that are its "default"`);
      }
      const own = names.flat().map((name) => ({ name, site }));
      found.set(key, merge(before, { ...each, backlog: each.backlog ?? before?.backlog ?? backlog }, site, own));
    }
  }
  return [...found.values()].map((each) => omit(each, 'hasDefault'));
}

/** A site without certificates of its own has those of the site that is the address's default. */
function hasCertificate(sites: readonly SiteOnListeners[], index: number, before: Listener | undefined): boolean {
  return [index, before?.fallback ?? index].some((each) => {
    const { certificates = [], namedCertificates = [], rejectsHandshake = false } = sites[each]?.site.tls ?? {};
    return certificates.length + namedCertificates.length > 0 || rejectsHandshake;
  });
}

function merge(
  before: (Listener & { readonly hasDefault: boolean }) | undefined,
  { address, tls, isIpv6Only, hasProxyHeader, isUwsgi, backlog, isDefault }: Listen & { readonly backlog: number },
  site: number,
  names: Listener['names'],
): Listener & { hasDefault: boolean } {
  return {
    address,
    tls: tls || before?.tls === true,
    isIpv6Only: isIpv6Only || before?.isIpv6Only === true,
    ...(hasProxyHeader || before?.hasProxyHeader === true ? { hasProxyHeader: true } : {}),
    ...(isUwsgi ? { speaks: 'uwsgi' } : {}),
    backlog,
    names: [...(before?.names ?? []), ...names],
    fallback: isDefault || before === undefined ? site : before.fallback,
    hasDefault: isDefault || before?.hasDefault === true,
  };
}

/** `usual`: the length of a queue that need not be said. */
export function listenOf(
  { address, tls, isIpv6Only, hasProxyHeader, speaks, backlog }: Listener,
  usual: number,
): Listen {
  return {
    address: address ?? { kind: 'tcp', host: '127.0.0.1', port: 8000 },
    tls,
    isIpv6Only,
    hasProxyHeader: hasProxyHeader === true,
    isUwsgi: speaks === 'uwsgi',
    backlog: backlog === usual ? undefined : backlog,
    isDefault: false,
  };
}

export function usualBacklog([first]: readonly Listener[]): number {
  if (first === undefined) {
    throw new Error('the model of "portico serve" listens nowhere');
  }
  return first.backlog;
}
