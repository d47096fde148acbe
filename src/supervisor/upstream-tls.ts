/** The files of TLS with servers behind this one: read with the rights of whoever starts the server, and tried out before anybody is served. */

import type { UpstreamTls } from '../config/model/proxying.ts';
import type { ServerModel } from '../config/model/server-model.ts';
import type { UpstreamTlsFiles } from '../config/model/upstream-tls-files.ts';
import { keyOfTlsFiles } from '../config/model/upstream-tls-files.ts';
import { clientContextOptions } from '../protocol/tls/client-context-options.ts';
import type { ReadText } from './certificates.ts';
import { CertificateFault, readAuthorities, readCertificate } from './certificates.ts';

const SPOKEN: ReadonlySet<string> = new Set(['TLSv1.2', 'TLSv1.3']);

/** By `keyOfTlsFiles`. */
export type UpstreamTlsByKey = Readonly<Record<string, UpstreamTlsFiles>>;

/** Of requests that are passed on, and of connections. */
export function upstreamTlsOf({
  proxyPolicies,
  streams,
}: Pick<ServerModel, 'proxyPolicies' | 'streams'>): UpstreamTls[] {
  const ofRequests = proxyPolicies.flatMap(({ connection: { tls } }) => (tls === undefined ? [] : [tls]));
  const ofConnections = (streams?.servers ?? []).flatMap(({ content }) =>
    content.kind === 'proxy' && content.policy.tls !== undefined ? [content.policy.tls] : [],
  );
  return [...ofRequests, ...ofConnections];
}

export function upstreamPathsOf({ trustedFile, crlFile, certFile, keyFile, passwordFile }: UpstreamTls): string[] {
  return [trustedFile, crlFile, certFile, keyFile, passwordFile].filter((path) => typeof path === 'string');
}

/** Throws `CertificateFault`. */
export async function readUpstreamTls(policies: readonly UpstreamTls[], read: ReadText): Promise<UpstreamTlsByKey> {
  const files: Record<string, UpstreamTlsFiles> = {};
  for (const policy of policies) {
    const key = keyOfTlsFiles(policy);
    const { protocols } = policy;
    if (protocols.length > 0 && !protocols.some((name) => SPOKEN.has(name))) {
      throw new CertificateFault(
        `of the versions of TLS for servers behind (${protocols.join(' ')}) none is safe enough to be spoken. Name TLSv1.2 or TLSv1.3`,
      );
    }
    files[key] ??= readFiles(policy, read);
    await tryOut(policy, files[key]);
  }
  return files;
}

function readFiles(tls: UpstreamTls, read: ReadText): UpstreamTlsFiles {
  const { verifies, trustedFile, crlFile, certFile, keyFile, passwordFile } = tls;
  const isNamed = typeof certFile === 'string' && typeof keyFile === 'string';
  const passwords = passwordFile === '' ? {} : { passwordFile };
  const files = isNamed ? { certFile, keyFile, password: '', ...passwords } : undefined;
  const certificate = files === undefined || certFile === '' ? undefined : readCertificate(files, read);
  return {
    trusted: verifies && trustedFile !== '' ? readAuthorities(trustedFile, read) : '',
    crl: verifies && crlFile !== '' ? read(crlFile) : '',
    cert: certificate?.chain ?? '',
    key: certificate?.key ?? '',
    passwords: isNamed || passwordFile === '' ? [] : read(passwordFile).split(/\r?\n/).filter(Boolean),
  };
}

/** What OpenSSL refuses is refused here rather than at each connection. */
async function tryOut(tls: UpstreamTls, files: UpstreamTlsFiles): Promise<void> {
  // Loaded only where TLS is spoken, because it takes some megabytes.
  const { createSecureContext } = await import('node:tls');
  try {
    createSecureContext(clientContextOptions(tls, files));
  } catch (error) {
    const { code, message, reason } = error as NodeJS.ErrnoException & { readonly reason?: string };
    throw new CertificateFault(
      code === 'ERR_SSL_NO_CIPHER_MATCH'
        ? `no cipher suite for servers behind is called "${tls.ciphers}"`
        : code === 'ERR_CRYPTO_OPERATION_FAILED' && files.crl !== ''
          ? `${tls.crlFile} holds no list of revoked certificates in PEM form ("-----BEGIN X509 CRL-----")`
          : `TLS with servers behind cannot be prepared: ${reason ?? message}`,
    );
  }
}
