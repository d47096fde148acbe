/** Whether the certificates that a model names can be used, without starting anything. */

import type { ServerModel } from '../config/model/server-model.ts';
import { systemClock } from '../kernel/clock.ts';
import type { Identity } from './privileges.ts';
import { pathsOf, readCertificates, remarksOn, tlsSourcesOf } from './tls-contexts.ts';

export interface TriedCertificates {
  /** Why they cannot be used, a sentence each. */
  readonly faults: readonly string[];
  /** What clients would not like about them. */
  readonly warnings: readonly string[];
  /** Of the files that the model names. */
  readonly paths: readonly string[];
}

export async function tryCertificates(model: ServerModel, identity?: Identity): Promise<TriedCertificates> {
  const sources = tlsSourcesOf(model);
  if (sources === undefined) {
    return { faults: [], warnings: [], paths: [] };
  }
  const read = await readCertificates(sources, identity);
  const found = read.ok ? read.value : { ...read.fault, remarks: [] };
  const nowMs = systemClock.nowMs();
  return {
    faults: found.faults,
    warnings: [...remarksOn(found), ...found.read.flatMap(({ warningsAt }) => warningsAt(nowMs))],
    paths: pathsOf(sources),
  };
}
