/** Whether sites that speak TLS have certificates, and certificates keys. */

import { renderBindAddress } from '../../../bind-address.ts';
import type { Template } from '../../../model/template.ts';
import type { Place } from '../../../place.ts';
import type { Draft, DraftKey } from '../draft.ts';
import { draftKey } from '../draft.ts';
import type { GivenArguments } from '../given-arguments.ts';
import type { NginxReport } from '../report.ts';
import { readSize } from '../sizes.ts';
import { LISTENS } from './listening.ts';
import { declareZone } from './shared-zones.ts';

interface Named {
  readonly name: string;
  readonly template: Template;
}

export const CERTIFICATES: DraftKey<readonly (Named & { readonly place: Place })[]> = draftKey('ssl_certificate');
export const CERTIFICATE_KEYS: DraftKey<readonly Named[]> = draftKey('ssl_certificate_key');
export const REJECTS_HANDSHAKES: DraftKey<boolean> = draftKey('ssl_reject_handshake');

/** Who answers at an address when a client says no name, and whether TLS is spoken there. */
interface Listener {
  server: Draft;
  isSaid: boolean;
  speaksTls: boolean;
}

/** When all of `http` has been read. */
export function checkCertificates(http: Draft, report: NginxReport): void {
  const servers = http.children.filter(({ kind }) => kind === 'server');
  for (const server of servers) {
    checkKeys(server, report);
  }
  const told = new Set<Draft>();
  for (const { server, speaksTls } of listenersOf(servers).values()) {
    const isCertified = server.get(CERTIFICATES) !== undefined || server.get(REJECTS_HANDSHAKES) === true;
    if (speaksTls && !isCertified && !told.has(server)) {
      told.add(server);
      const message = 'no "ssl_certificate" is defined for the "listen ... ssl" directive';
      report('nginx.conflict', server.place, message, {
        hint: 'Write ssl_certificate and ssl_certificate_key into this server, which answers where a client says no name.',
      });
    }
  }
}

/** Keys that a module of OpenSSL has. */
const FOREIGN = /^(?:engine|store):/;

/** A certificate has to have a key. */
export function checkKeys(server: Draft, report: NginxReport): void {
  const certificates = server.get(CERTIFICATES) ?? [];
  const keys = server.get(CERTIFICATE_KEYS) ?? [];
  for (const [index, { name, place }] of certificates.entries()) {
    if ([name, keys[index]?.name ?? ''].some((each) => FOREIGN.test(each))) {
      report('nginx.refused', place, `the key of the certificate "${name}" is in no file`, {
        hint: 'Modules of OpenSSL are not loaded: name a file of the key.',
      });
    }
  }
  const keyless = certificates[keys.length];
  if (keyless !== undefined) {
    const message = `no "ssl_certificate_key" is defined for certificate "${keyless.name}"`;
    report('nginx.conflict', keyless.place, message, { hint: 'Write ssl_certificate_key behind it.' });
  }
}

function listenersOf(servers: readonly Draft[]): ReadonlyMap<string, Listener> {
  const listeners = new Map<string, Listener>();
  for (const server of servers) {
    for (const { address, isDefault, speaksTls } of server.own(LISTENS) ?? []) {
      const key = renderBindAddress(address);
      const before = listeners.get(key);
      if (before === undefined) {
        listeners.set(key, { server, isSaid: isDefault, speaksTls });
      } else {
        before.server = isDefault && !before.isSaid ? server : before.server;
        before.isSaid ||= isDefault;
        before.speaksTls ||= speaksTls;
      }
    }
  }
  return listeners;
}

/** nginx wants eight pages of memory. */
export const CACHE_BYTES_MIN = 32_768;

/** `ssl_session_cache`: none, one for each worker, or one that all share. */
export function checkSessionCache(args: GivenArguments, draft: Draft, report: NginxReport): void {
  for (const [at, text] of args.texts().entries()) {
    const [, name = '', size] = /^shared:([^:]+):(.+)$/.exec(text) ?? [];
    const isKnown =
      /^(?:off|none|builtin(?::\d{1,9})?)$/.test(text) || (size !== undefined && readSize(size) !== undefined);
    const isSmall = size !== undefined && (readSize(size) ?? 0) < CACHE_BYTES_MIN;
    if (!isKnown || isSmall) {
      report(
        'nginx.invalid-value',
        args.place(at),
        `${isKnown ? 'session cache' : 'invalid session cache'} "${text}"${isKnown ? ' is too small' : ''}`,
        {
          hint: 'Write off, none, builtin or shared:name:10m.',
        },
      );
    } else if (name !== '') {
      declareZone(args, draft, report, { name, use: 'session cache', bytes: readSize(size ?? '') ?? 0, at });
    }
  }
}
