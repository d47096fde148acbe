/**
 * Why a certificate was not accepted: OpenSSL's numbers and words, which are what nginx logs, by the names that Node.js has for them
 * (`authorizationError`).
 */

export interface VerifyError {
  /** Undefined: it is not OpenSSL's, but what an authority says. */
  readonly number: number | undefined;
  readonly words: string;
}

const VERIFY_ERRORS: ReadonlyMap<string, VerifyError> = new Map([
  ['UNABLE_TO_GET_ISSUER_CERT', { number: 2, words: 'unable to get issuer certificate' }],
  ['UNABLE_TO_GET_CRL', { number: 3, words: 'unable to get certificate CRL' }],
  ['UNABLE_TO_DECRYPT_CERT_SIGNATURE', { number: 4, words: "unable to decrypt certificate's signature" }],
  ['UNABLE_TO_DECRYPT_CRL_SIGNATURE', { number: 5, words: "unable to decrypt CRL's signature" }],
  ['UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY', { number: 6, words: 'unable to decode issuer public key' }],
  ['CERT_SIGNATURE_FAILURE', { number: 7, words: 'certificate signature failure' }],
  ['CRL_SIGNATURE_FAILURE', { number: 8, words: 'CRL signature failure' }],
  ['CERT_NOT_YET_VALID', { number: 9, words: 'certificate is not yet valid' }],
  ['CERT_HAS_EXPIRED', { number: 10, words: 'certificate has expired' }],
  ['CRL_NOT_YET_VALID', { number: 11, words: 'CRL is not yet valid' }],
  ['CRL_HAS_EXPIRED', { number: 12, words: 'CRL has expired' }],
  ['ERROR_IN_CERT_NOT_BEFORE_FIELD', { number: 13, words: "format error in certificate's notBefore field" }],
  ['ERROR_IN_CERT_NOT_AFTER_FIELD', { number: 14, words: "format error in certificate's notAfter field" }],
  ['ERROR_IN_CRL_LAST_UPDATE_FIELD', { number: 15, words: "format error in CRL's lastUpdate field" }],
  ['ERROR_IN_CRL_NEXT_UPDATE_FIELD', { number: 16, words: "format error in CRL's nextUpdate field" }],
  ['OUT_OF_MEM', { number: 17, words: 'out of memory' }],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', { number: 18, words: 'self-signed certificate' }],
  ['SELF_SIGNED_CERT_IN_CHAIN', { number: 19, words: 'self-signed certificate in certificate chain' }],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', { number: 20, words: 'unable to get local issuer certificate' }],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', { number: 21, words: 'unable to verify the first certificate' }],
  ['CERT_CHAIN_TOO_LONG', { number: 22, words: 'certificate chain too long' }],
  ['CERT_REVOKED', { number: 23, words: 'certificate revoked' }],
  ['PATH_LENGTH_EXCEEDED', { number: 25, words: 'path length constraint exceeded' }],
  ['INVALID_PURPOSE', { number: 26, words: 'unsuitable certificate purpose' }],
  ['CERT_UNTRUSTED', { number: 27, words: 'certificate not trusted' }],
  ['CERT_REJECTED', { number: 28, words: 'certificate rejected' }],
  ['HOSTNAME_MISMATCH', { number: 62, words: 'hostname mismatch' }],
  ['INVALID_CA', { number: 79, words: 'invalid CA certificate' }],
]);

/** Node.js has no name for the rest. */
const UNSPECIFIED: VerifyError = { number: 1, words: 'unspecified certificate verification error' };

/** `code`: as Node.js names it. */
export function verifyError(code: string): VerifyError {
  return VERIFY_ERRORS.get(code) ?? UNSPECIFIED;
}

/** As nginx writes it: `(20:unable to get local issuer certificate)`. */
export function renderVerifyError(code: string): string {
  return renderFault(verifyError(code));
}

export function renderFault({ number, words }: VerifyError): string {
  return number === undefined ? words : `(${number}:${words})`;
}
