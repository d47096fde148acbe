/** Certificates, their keys, and the authorities that sign clients' certificates: read and checked before anybody connects. */

import type { KeyObject, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import type { CertificateFiles } from '../config/model/server-model.ts';
import type { CertifiedKey } from '../protocol/control/edge.ts';
import { renderDistinguishedName } from '../protocol/tls/distinguished-name.ts';
import { chainWarnings, expiredAuthorities } from './certificate-chain.ts';
import { whyNoCertificate, whyNoKey } from './pem-text.ts';
import type { Identity } from './privileges.ts';
import { withRightsFor } from './privileges.ts';
import { isSignedBySystem } from './system-authorities.ts';

/** A certificate that clients are shown. */
export interface ReadCertificate extends CertifiedKey {
  /** Without those that sign it, in PEM. */
  readonly own: string;
  /** Of the file. */
  readonly path: string;
  /** The names in the certificate, and its last day. */
  readonly summary: string;
  readonly lastDay: string;
  /** What is wrong with the certificates of the file, now and later. */
  readonly remarks: readonly string[];
  /** What is wrong with their times, in ms since 1970. */
  readonly warningsAt: (nowMs: number) => string[];
  /** Whether it is for a host of this name. */
  readonly isFor: (name: string) => boolean;
}

const DAY_MS = 86_400_000;
/** So long before its end a certificate is warned of: early for an operator who renews by hand, and later than programs renew by themselves … */
const WARN_BEFORE_MS = 14 * DAY_MS;
/** … and of a certificate that lasts for days only, when a third of its time is left. */
const WARN_BEFORE_SHARE = 3;
const BEGIN = /-----BEGIN (?:X509 )?CERTIFICATE-----/g;
const CERTIFICATE = /-----BEGIN (?:X509 )?CERTIFICATE-----[^-]+-----END (?:X509 )?CERTIFICATE-----/g;
const PRIVATE_KEY = /-----BEGIN ((?!OPENSSH )[A-Z ]*)PRIVATE KEY-----[\s\S]+?-----END \1PRIVATE KEY-----/;
/** How many names of a certificate are shown. */
const NAMES_SHOWN_MAX = 3;

/** A fault of one of the files, as one sentence. */
export class CertificateFault extends Error {}

/** Reads the text of a file. */
export type ReadText = (path: string) => string;

/** Loaded only where TLS is spoken: see randomBytes. */
function cryptography(): typeof import('node:crypto') {
  return process.getBuiltinModule('node:crypto');
}

/** Throws `CertificateFault`. */
export function readCertificate(files: CertificateFiles, read: ReadText): ReadCertificate {
  const { certFile: certPath } = files;
  const keyPath = files.keyFile || certPath;
  const pems = readPems(certPath, read);
  const parsed = pems.map((pem, index) => parseCertificate(pem, `${certPath}, certificate ${index + 1}`));
  const key = readKey(keyPath, passwordsOf(files, read), read);
  const first = parsed[0];
  if (first?.checkPrivateKey(key) !== true) {
    const isLater = parsed.some((certificate) => certificate.checkPrivateKey(key));
    throw new CertificateFault(
      isLater
        ? `${certPath}: the certificate that the key belongs to must come first in the file`
        : `the private key in ${keyPath} does not belong to the certificate in ${certPath}. Name two that were issued together: certbot has them in one folder`,
    );
  }
  const chain = { path: certPath, certificates: parsed };
  return {
    chain: `${pems.join('\n')}\n`,
    key: key.export({ type: 'pkcs8', format: 'pem' }).toString(),
    own: `${pems[0]}\n`,
    path: certPath,
    summary: `${namesOf(first)}, until ${dayOf(first)}`,
    lastDay: dayOf(first),
    remarks: chainWarnings({ ...chain, isSignedByRoot: isSignedBySystem }),
    warningsAt: (nowMs) => [
      ...warningsOf(first, nowMs).map((warning) => `${certPath}: ${warning}`),
      ...expiredAuthorities(chain, nowMs),
    ],
    isFor: (name) => (isIP(name) === 0 ? first.checkHost(name) : first.checkIP(name)) !== undefined,
  };
}

/** Root reads only what root alone can replace; anything else is read with the rights of the user that the server becomes. */
export function readText(path: string, identity: Identity | undefined): string {
  try {
    return withRightsFor(identity, path, () => readFileSync(path, 'latin1'));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const reason =
      code === 'ENOENT'
        ? 'there is no such file'
        : code === 'EACCES'
          ? 'no permission. It is read before --user takes effect: start as root and keep it where root alone can replace it, or let this user read it'
          : String(code);
    throw new CertificateFault(`${path} cannot be read: ${reason}`);
  }
}

function readPems(path: string, read: ReadText): string[] {
  const text = read(path);
  const pems = text.match(CERTIFICATE) ?? [];
  if (pems.length !== (text.match(BEGIN)?.length ?? 0)) {
    throw new CertificateFault(`${path} holds a certificate that is cut off`);
  }
  if (pems.length === 0) {
    const why = whyNoCertificate(text, path);
    throw new CertificateFault(
      `${path} holds no certificate in PEM form ("-----BEGIN CERTIFICATE-----")${why === undefined ? '' : `: ${why}`}`,
    );
  }
  return [...pems];
}

function parseCertificate(pem: string, what: string): X509Certificate {
  try {
    return new (cryptography().X509Certificate)(pem);
  } catch {
    throw new CertificateFault(`${what} is damaged`);
  }
}

/** Throws `CertificateFault`. */
export function readAuthorities(path: string, read: ReadText): string {
  const pems = readPems(path, read);
  for (const [index, pem] of pems.entries()) {
    parseCertificate(pem, `${path}, certificate ${index + 1}`);
  }
  return `${pems.join('\n')}\n`;
}

/** A line of the file may be a password with spaces at its ends. */
function passwordsOf({ password, passwordFile }: CertificateFiles, read: ReadText): readonly Buffer[] {
  const lines =
    passwordFile === undefined
      ? []
      : read(passwordFile)
          .split(/\r?\n/)
          .filter((line) => line !== '');
  const fromFile = lines.map((line) => Buffer.from(line, 'latin1'));
  return password === '' ? fromFile : [Buffer.from(password), ...fromFile];
}

function readKey(path: string, passwords: readonly Buffer[], read: ReadText): KeyObject {
  const text = read(path);
  const pem = PRIVATE_KEY.exec(text)?.[0];
  if (pem === undefined) {
    const why = whyNoKey(text, path);
    throw new CertificateFault(
      `${path} holds no private key in PEM form ("-----BEGIN PRIVATE KEY-----")${why === undefined ? '. Name the file of the key' : `: ${why}`}`,
    );
  }
  if (!pem.includes('ENCRYPTED')) {
    const key = openKey(pem, undefined);
    if (key === undefined) {
      throw new CertificateFault(`the private key in ${path} is damaged`);
    }
    return key;
  }
  for (const password of passwords) {
    const key = openKey(pem, password);
    if (key !== undefined) {
      return key;
    }
  }
  throw new CertificateFault(
    passwords.length === 0
      ? `the private key in ${path} is encrypted. Give its password in PORTICO_KEYFILE_PASSWORD, or beside it in the configuration (password-file, ssl_password_file)`
      : `the password does not open the private key in ${path}`,
  );
}

function openKey(pem: string, passphrase: Buffer | undefined): KeyObject | undefined {
  try {
    return cryptography().createPrivateKey({
      key: pem,
      format: 'pem',
      ...(passphrase === undefined ? {} : { passphrase }),
    });
  } catch {
    return undefined;
  }
}

function namesOf(certificate: X509Certificate): string {
  const names = [...(certificate.subjectAltName ?? '').matchAll(/(?:DNS|IP Address):([^,\s"]+)/g)].map(
    ([, name = '']) => name,
  );
  if (names.length === 0) {
    return renderDistinguishedName(certificate.subject) || 'nobody';
  }
  const more = names.length - NAMES_SHOWN_MAX;
  return `${names.slice(0, NAMES_SHOWN_MAX).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

function dayOf({ validToDate }: X509Certificate): string {
  return validToDate.toISOString().slice(0, 'YYYY-MM-DD'.length);
}

function warningsOf(certificate: X509Certificate, nowMs: number): string[] {
  const leftMs = certificate.validToDate.getTime() - nowMs;
  if (leftMs <= 0) {
    return [`the certificate has expired (${dayOf(certificate)}): clients will refuse it`];
  }
  if (certificate.validFromDate.getTime() > nowMs) {
    return [`the certificate is not valid before ${certificate.validFrom}: clients will refuse it until then`];
  }
  const wholeMs = certificate.validToDate.getTime() - certificate.validFromDate.getTime();
  return leftMs < Math.min(WARN_BEFORE_MS, wholeMs / WARN_BEFORE_SHARE)
    ? [`the certificate expires in ${Math.floor(leftMs / DAY_MS)} days`]
    : [];
}
