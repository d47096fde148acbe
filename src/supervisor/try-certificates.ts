/** Whether the certificates that a model names can be used, without starting anything. */

import type { ServerModel } from '../config/model/server-model.ts';
import { systemClock } from '../kernel/clock.ts';
import { CertificateKeeper } from './certificate-keeper.ts';
import type { Identity } from './privileges.ts';
import { tlsSourcesOf } from './tls-contexts.ts';

export interface TriedCertificates {
  /** Why they cannot be used, as a sentence; undefined: they can. */
  readonly fault: string | undefined;
  /** What clients would not like about them. */
  readonly warnings: readonly string[];
}

export async function tryCertificates(model: ServerModel, identity?: Identity): Promise<TriedCertificates> {
  const opened = await CertificateKeeper.open(tlsSourcesOf(model), { clock: systemClock, identity });
  return opened.ok
    ? { fault: undefined, warnings: [...opened.value.remarks, ...opened.value.expiryWarnings()] }
    : { fault: opened.fault, warnings: [] };
}
