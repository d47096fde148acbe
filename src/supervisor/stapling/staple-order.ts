/** Certificates with which the authority's word is sent that they are not revoked (RFC 6066 8), and how that word is got. */

import type { X509Certificate } from 'node:crypto';
import type { SiteTls } from '../../config/model/site-tls.ts';
import type { Staple, StapledKey } from '../../protocol/control/staple.ts';
import { readCertificateParts } from '../../protocol/ocsp/certificate-parts.ts';
import { readOcspResponse } from '../../protocol/ocsp/ocsp-response.ts';
import { digestOf, isAbout } from '../../upstream/ocsp/certificate-id.ts';
import type { OcspSubject } from '../../upstream/ocsp/check-response.ts';
import { responderFault, responderOf } from '../../upstream/ocsp/responder-url.ts';

export type StaplingRules = Pick<
  SiteTls,
  'staples' | 'staplingFile' | 'staplingResponder' | 'staplingSigner' | 'staplingResolver'
>;

/** An authority that is to be asked. The chain and whom to trust are from the files. */
export interface StapleOrder extends OcspSubject {
  /** As in `StapledKey`. */
  readonly key: string;
  /** Of the certificate. */
  readonly path: string;
  /** http:// and so on. */
  readonly responder: string;
  readonly resolver: SiteTls['staplingResolver'];
}

export interface StaplingParts {
  readonly rules: StaplingRules;
  readonly path: string;
  /** The certificate, and those behind it in its file. */
  readonly chain: readonly X509Certificate[];
  readonly trusted: readonly X509Certificate[];
  /** `staplingFile`; undefined without one. */
  readonly file: Buffer | undefined;
}

/** What comes of stapling for one certificate of a site: nothing, a remark why not, or how. */
export interface Stapling {
  readonly stapled?: StapledKey;
  readonly order?: StapleOrder;
  readonly given?: Staple;
  readonly remark?: string;
}

const NOTHING: Stapling = {};

export function staplingOf(parts: StaplingParts): Stapling {
  const { rules, path, chain, trusted, file } = parts;
  const [certificate] = chain;
  const read = certificate && readCertificateParts(certificate.raw);
  if (certificate === undefined || read?.ok !== true) {
    return NOTHING;
  }
  const { isMustStaple } = read.value;
  if (rules.staples === 'never' || (rules.staples === 'demanded' && !isMustStaple)) {
    return isMustStaple
      ? {
          remark: `${path}: clients are to refuse the certificate if the word of its authority does not come with it, and it does not. Write ssl_stapling on;`,
        }
      : NOTHING;
  }
  const stapled = { key: keyOf(parts), kind: kindOf(certificate) };
  if (file !== undefined) {
    return fromFile(parts, file, stapled);
  }
  const issuer = [...chain.slice(1), ...trusted].find((each) => certificate.checkIssued(each));
  if (issuer === undefined) {
    return {
      remark: `"ssl_stapling" ignored, issuer certificate not found for certificate "${path}". Add it to that file, behind the first, or to ssl_trusted_certificate`,
    };
  }
  const responder = rules.staplingResponder || responderOf(certificate);
  const fault = responderFault(responder);
  if (fault !== undefined) {
    return { remark: `"ssl_stapling" ignored, ${fault} in the certificate "${path}"` };
  }
  const { staplingSigner: signer, staplingResolver: resolver } = rules;
  const order = { key: stapled.key, path, certificate, issuer, chain, trusted, responder, signer, resolver };
  return { stapled, order };
}

/** What is known of a certificate by other rules is not believed by these. */
function keyOf({ rules, chain, trusted }: StaplingParts): string {
  const prints = [...chain, ...trusted].map(({ fingerprint256 }) => fingerprint256);
  return digestOf('sha256', Buffer.from(JSON.stringify([rules, prints]))).toString('base64');
}

const CURVES: Readonly<Record<string, StapledKey['kind']>> = {
  prime256v1: 'p256',
  secp384r1: 'p384',
  secp521r1: 'p521',
};

function kindOf({ publicKey }: X509Certificate): StapledKey['kind'] {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = publicKey;
  return type === 'rsa' ? 'rsa' : (type === 'ec' && CURVES[details?.namedCurve ?? '']) || 'other';
}

/** An answer from a file is sent as it is: whoever has put it there has asked for it. It goes with the certificate that it is about. */
function fromFile({ rules, path, chain }: StaplingParts, file: Buffer, stapled: StapledKey): Stapling {
  const read = readOcspResponse(file);
  if (!read.ok) {
    return { remark: `${rules.staplingFile} is not sent with the certificate "${path}": ${read.fault}` };
  }
  const [certificate] = chain;
  const parts = certificate && readCertificateParts(certificate.raw);
  const { responses } = read.value;
  const single = parts?.ok === true ? responses.find((each) => isAbout(each, parts.value, undefined)) : undefined;
  if (single === undefined) {
    return { remark: `${rules.staplingFile} is not sent with the certificate "${path}": it is about another one` };
  }
  const given = { key: stapled.key, response: file.toString('base64'), untilMs: single.nextUpdateMs ?? null };
  return { stapled, given };
}
