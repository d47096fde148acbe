/** Asks the authority of a certificate whether it is revoked, and looks whether its answer can be believed. */

import type { LookupFunction } from 'node:net';
import type { Outcome } from '../../kernel/outcome.ts';
import { failure, success } from '../../kernel/outcome.ts';
import { readCertificateParts } from '../../protocol/ocsp/certificate-parts.ts';
import { renderOcspRequest } from '../../protocol/ocsp/ocsp-request.ts';
import type { SingleResponse } from '../../protocol/ocsp/ocsp-response.ts';
import { askResponder } from './ask-responder.ts';
import { certificateIdOf } from './certificate-id.ts';
import type { OcspSubject } from './check-response.ts';
import { checkResponse } from './check-response.ts';

export interface OcspAsking {
  /** http:// and so on. */
  readonly responder: string;
  /** Finds the responder; undefined: the system does. */
  readonly lookup: LookupFunction | undefined;
  readonly timeoutMs: number;
  /** Since 1970. */
  readonly nowMs: () => number;
}

export interface OcspWord {
  readonly single: SingleResponse;
  /** In DER. */
  readonly response: Buffer;
}

/** Faults are in nginx's words. A certificate that is revoked is none. */
export async function askAuthority(subject: OcspSubject, asking: OcspAsking): Promise<Outcome<OcspWord>> {
  const certificate = readCertificateParts(subject.certificate.raw);
  const issuer = readCertificateParts(subject.issuer.raw);
  if (!certificate.ok || !issuer.ok) {
    return failure('OCSP_cert_to_id() failed');
  }
  const request = renderOcspRequest(certificateIdOf(certificate.value, issuer.value));
  const answer = await askResponder(asking.responder, request, asking);
  if (!answer.ok) {
    return answer;
  }
  const checked = checkResponse(answer.value, subject, asking.nowMs());
  return checked.ok ? success({ single: checked.value, response: answer.value }) : checked;
}
