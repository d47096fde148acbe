/** What all sites speak TLS with: each file is read once, each set of rules is made one context, and OpenSSL tries it out. */

import type { UpstreamTls } from '../config/model/proxying.ts';
import type { CertificateFiles, ServerModel } from '../config/model/server-model.ts';
import type { SiteTls } from '../config/model/site-tls.ts';
import { assert } from '../kernel/assert.ts';
import type { Outcome } from '../kernel/outcome.ts';
import { failure, success } from '../kernel/outcome.ts';
import type { CertifiedKey, TlsContextSettings, TlsSettings } from '../protocol/control/edge.ts';
import { asksClients, contextOptions } from '../protocol/tls/context-options.ts';
import type { ReadCertificate, ReadText } from './certificates.ts';
import { CertificateFault, readAuthorities, readCertificate, readText } from './certificates.ts';
import { inOurWords } from './openssl-words.ts';
import type { Identity } from './privileges.ts';
import { namesOfSites, remarkOnNames } from './site-names.ts';
import type { GatheredStaplings } from './stapling/staplings.ts';
import { Staplings } from './stapling/staplings.ts';
import type { UpstreamTlsByKey } from './upstream-tls.ts';
import { readUpstreamTls, upstreamPathsOf, upstreamTlsOf } from './upstream-tls.ts';

/** What the model says of TLS. */
export interface TlsSources {
  readonly certificates: readonly CertificateFiles[];
  /** By site, and behind those by server of streams; undefined: TLS is not spoken for it, or as for the default site of the listener. */
  readonly sites: readonly (SiteTls | undefined)[];
  /** By site: whole names that clients may ask for it by. */
  readonly names?: readonly (readonly string[])[];
  /** With servers behind this one. */
  readonly upstreams?: readonly UpstreamTls[];
}

export interface Certificates {
  readonly tls: Omit<TlsSettings, 'ticketKeys'>;
  readonly upstreamTls: UpstreamTlsByKey | undefined;
  /** About names of sites that certificates are not for, one sentence each. */
  readonly remarks: readonly string[];
  /** Those that clients are shown. */
  readonly read: readonly ReadCertificate[];
  /** What there is to go on with where a file has a fault later. */
  readonly kept: {
    /** By index in the model. */
    readonly certificates: ReadonlyMap<number, ReadCertificate>;
    /** What each set of rules has come to. */
    readonly contexts: ReadonlyMap<string, TlsContextSettings>;
    readonly staplings: GatheredStaplings;
  };
  /** What is wrong with files in whose place earlier ones are still used, a sentence each. */
  readonly faults: readonly string[];
}

/** What is wrong with files without which nothing can be served, and the certificates that are right. */
export interface CertificateFaults {
  /** A sentence each. */
  readonly faults: readonly string[];
  readonly read: readonly ReadCertificate[];
}

/** Undefined: TLS is not spoken. */
export function tlsSourcesOf(model: ServerModel): TlsSources | undefined {
  const { certificates } = model;
  const sites = [...model.sites, ...(model.streams?.servers ?? [])].map(({ tls }) => tls);
  const upstreams = upstreamTlsOf(model);
  const isUsed = upstreams.length > 0 || sites.some((tls) => tls !== undefined);
  return isUsed ? { certificates, sites, names: namesOfSites(model), upstreams } : undefined;
}

/** What is wrong with certificates, whatever the time. */
export function remarksOn({ read, remarks }: Pick<Certificates, 'read' | 'remarks'>): string[] {
  return [...read.flatMap((certificate) => certificate.remarks), ...remarks];
}

/** The files that the sources name, each once. */
export function pathsOf({ certificates, sites, upstreams = [] }: TlsSources): string[] {
  const paths = sites.flatMap((tls) =>
    tls === undefined
      ? []
      : [
          ...tls.certificates.flatMap((index) => fileNamesOf(certificates[index])),
          ...tls.namedCertificates.map(({ passwordFile }) => passwordFile),
          ...[tls.caCerts, tls.trustedCerts, tls.crl, tls.dhParams, ...tls.ticketKeyFiles, tls.staplingFile],
        ],
  );
  return [...new Set([...paths, ...upstreams.flatMap(upstreamPathsOf)])].filter((path) => path !== '');
}

function fileNamesOf({ certFile = '', keyFile = '', passwordFile = '' }: Partial<CertificateFiles> = {}): string[] {
  return [certFile, keyFile, passwordFile];
}

/** `before`: what the same sources have come to last. A site whose files have a fault goes on with that, and no other site waits for it. */
export async function readCertificates(
  sources: TlsSources,
  identity?: Identity,
  before?: Certificates['kept'],
): Promise<Outcome<Certificates, CertificateFaults>> {
  try {
    return await new Reader(sources, (path) => readText(path, identity), before).read();
  } catch (error) {
    // A reload goes on with the certificates in use, whatever OpenSSL makes of the files.
    return failure({ faults: [`the certificate: ${String(error)}`], read: [] });
  }
}

class Reader {
  readonly #sources: TlsSources;
  readonly #text: ReadText;
  readonly #certificates = new Map<number, ReadCertificate>();
  /** Index of each set of rules in `#contexts`. */
  readonly #known = new Map<string, number>();
  readonly #contexts: TlsContextSettings[] = [];
  readonly #before: Certificates['kept'] | undefined;
  readonly #kept = new Map<string, TlsContextSettings>();
  readonly #faults: string[] = [];
  /** Faults of sites that have nothing to go on with. All are told at once. */
  readonly #refusals = new Set<string>();
  readonly #staplings = new Staplings();

  constructor(sources: TlsSources, read: ReadText, before: Certificates['kept'] | undefined) {
    this.#sources = sources;
    this.#text = read;
    this.#before = before;
  }

  async read(): Promise<Outcome<Certificates, CertificateFaults>> {
    const sites: (number | null)[] = [];
    for (const tls of this.#sources.sites) {
      const speaks =
        tls !== undefined && (tls.rejectsHandshake || tls.certificates.length + tls.namedCertificates.length > 0);
      sites.push(speaks ? await this.#contextOf(tls) : null);
    }
    const upstreamTls = await this.#upstreamTls();
    const read = [...this.#certificates.values()];
    if (this.#refusals.size > 0) {
      return failure({ faults: [...this.#refusals], read });
    }
    return success({
      tls: { contexts: this.#contexts, sites },
      remarks: [
        ...this.#sources.sites.flatMap((tls, site) => this.#strangeNames(tls, this.#sources.names?.[site] ?? [])),
        ...this.#staplings.remarks,
      ],
      upstreamTls,
      read,
      kept: { certificates: this.#certificates, contexts: this.#kept, staplings: this.#staplings },
      faults: this.#faults,
    });
  }

  async #upstreamTls(): Promise<UpstreamTlsByKey | undefined> {
    const { upstreams = [] } = this.#sources;
    try {
      return upstreams.length > 0 ? await readUpstreamTls(upstreams, this.#text) : undefined;
    } catch (error) {
      this.#refuse(error);
      return undefined;
    }
  }

  #refuse(error: unknown): void {
    if (!(error instanceof CertificateFault)) {
      throw error;
    }
    this.#refusals.add(error.message);
  }

  /** Null: it was refused. */
  async #contextOf(tls: SiteTls): Promise<number | null> {
    const key = JSON.stringify(tls);
    const known = this.#known.get(key);
    if (known !== undefined) {
      return known;
    }
    const context = await this.#newOrEarlierContext(tls, key);
    if (context === undefined) {
      return null;
    }
    this.#kept.set(key, context);
    const index = this.#contexts.push(context) - 1;
    this.#known.set(key, index);
    return index;
  }

  async #newOrEarlierContext(tls: SiteTls, key: string): Promise<TlsContextSettings | undefined> {
    try {
      const context = this.#newContext(tls);
      await tryOut(
        context,
        tls.certificates.map((index) => this.#sources.certificates[index]?.certFile ?? ''),
      );
      return context;
    } catch (error) {
      const earlier = this.#before?.contexts.get(key);
      if (earlier === undefined || !(error instanceof CertificateFault)) {
        this.#refuse(error);
        return undefined;
      }
      this.#faults.push(error.message);
      for (const index of tls.certificates) {
        const certificate = this.#before?.certificates.get(index);
        if (certificate !== undefined) {
          this.#certificates.set(index, certificate);
        }
      }
      this.#staplings.keep(earlier.certificates, this.#before?.staplings ?? new Staplings());
      return earlier;
    }
  }

  #stapled(tls: SiteTls, certificates: readonly CertifiedKey[]): CertifiedKey[] {
    const { staples, staplingFile, trustedCerts } = tls;
    const isAlways = staples === 'always';
    const trusted = isAlways && trustedCerts !== '' ? readAuthorities(trustedCerts, this.#text) : '';
    const file = isAlways && staplingFile !== '' ? Buffer.from(this.#text(staplingFile), 'latin1') : undefined;
    return certificates.map((certificate, index) => {
      const path = this.#sources.certificates[tls.certificates[index] ?? 0]?.certFile ?? '';
      return this.#staplings.add({ ...certificate, path }, tls, { trusted, file });
    });
  }

  #strangeNames(tls: SiteTls | undefined, names: readonly string[]): string[] {
    const shown = (tls?.certificates ?? []).flatMap((index) => this.#certificates.get(index) ?? []);
    const [first] = shown;
    return first === undefined || tls?.rejectsHandshake === true ? [] : remarkOnNames(shown, first.path, names);
  }

  #newContext(tls: SiteTls): TlsContextSettings {
    const { caCerts, trustedCerts, crl, dhParams, ticketKeyFiles, certificates, namedCertificates, ...others } = tls;
    const { staples: _when, staplingFile: _file, staplingResponder: _whom, ...more } = others;
    const { staplingSigner: _signer, staplingResolver: _finder, ...rules } = more;
    const asks = asksClients(tls);
    const named = namedCertificates.map(({ certFile, keyFile, passwordFile }) => ({
      ...{ certFile, keyFile },
      passwords: passwordFile === '' ? [] : this.#text(passwordFile).split(/\r?\n/).filter(Boolean),
    }));
    const material = {
      certificates: certificates.map((index) => this.#certificate(index)),
      caCerts: asks && caCerts !== '' ? readAuthorities(caCerts, this.#text) : '',
      trustedCerts: asks && trustedCerts !== '' ? readAuthorities(trustedCerts, this.#text) : '',
      crl: asks && crl !== '' ? this.#text(crl) : '',
    };
    return {
      ...rules,
      ...material,
      certificates: this.#stapled(tls, material.certificates),
      ...(named.length === 0 ? {} : { named }),
      dhParams: dhParams === '' ? '' : this.#text(dhParams),
      ticketKeys: ticketKeyFiles.map((path) => this.#ticketKey(path)),
      // A session must not carry what a client was let in for to a site where it would not have been.
      sessionContext: digest(JSON.stringify([material, named, tls.clients, tls.verifyDepth])),
    };
  }

  #certificate(index: number): TlsContextSettings['certificates'][number] {
    const known = this.#certificates.get(index);
    const files = this.#sources.certificates[index];
    assert(files !== undefined, `the model has no certificate ${index}`);
    const certificate = known ?? readCertificate(files, this.#text);
    this.#certificates.set(index, certificate);
    return { chain: certificate.chain, key: certificate.key };
  }

  /** nginx's files have a name, and keys of 128 bits, or of 256 with 80 bytes: here the keys of tickets have 128 bits. */
  #ticketKey(path: string): string {
    const bytes = Buffer.from(this.#text(path), 'latin1');
    if (bytes.length !== TICKET_KEY_BYTES && bytes.length !== LONG_TICKET_KEY_BYTES) {
      throw new CertificateFault(
        `${path} is no key of tickets: it has ${bytes.length} bytes, and must have ${TICKET_KEY_BYTES} or ${LONG_TICKET_KEY_BYTES}. Make one with: openssl rand ${LONG_TICKET_KEY_BYTES}`,
      );
    }
    return ticketKeyOf(bytes).toString('base64');
  }
}

export const TICKET_KEY_BYTES = 48;
const LONG_TICKET_KEY_BYTES = 80;
const NAME_BYTES = 16;

/** What a server with more than one process has in common with others is the file, so each makes the same of it. */
function ticketKeyOf(bytes: Buffer): Buffer {
  return bytes.length === TICKET_KEY_BYTES
    ? bytes
    : Buffer.concat([
        bytes.subarray(0, NAME_BYTES),
        bytes.subarray(NAME_BYTES, 2 * NAME_BYTES),
        bytes.subarray(NAME_BYTES + 32, 2 * NAME_BYTES + 32),
      ]);
}

const SESSION_CONTEXT_CHARS = 32;

function digest(text: string): string {
  // Loaded only where TLS is spoken: see randomBytes.
  const { createHash } = process.getBuiltinModule('node:crypto');
  return createHash('sha256').update(text).digest('hex').slice(0, SESSION_CONTEXT_CHARS);
}

/** What OpenSSL refuses is refused here rather than at each handshake. */
async function tryOut(context: TlsContextSettings, paths: readonly string[]): Promise<void> {
  // Loaded only where TLS is spoken, because it takes some megabytes.
  const { createSecureContext } = await import('node:tls');
  try {
    createSecureContext(contextOptions(context, Buffer.alloc(TICKET_KEY_BYTES).toString('base64')));
  } catch (error) {
    const { code, message, reason } = error as NodeJS.ErrnoException & { readonly reason?: string };
    throw new CertificateFault(
      code === 'ERR_SSL_NO_CIPHER_MATCH'
        ? `no cipher suite is called "${context.ciphers}"`
        : code === 'ERR_CRYPTO_OPERATION_FAILED' || /curve/i.test(message)
          ? `no group of key exchange is called as one of "${context.curves}"`
          : `${paths.join(' or ')}: the certificate cannot be used: ${inOurWords(reason ?? message)}`,
    );
  }
}
