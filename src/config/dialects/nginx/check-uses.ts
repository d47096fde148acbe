/** What depends on several directives, in whatever order they stand: looked at when all of the files have been read. */

import { checkCertificates } from './directives/certificates.ts';
import { checkProxying } from './directives/check-proxying.ts';
import { checkClientStatus } from './directives/client-status.ts';
import { checkHealthChecks } from './directives/health-checks.ts';
import { checkLimits } from './directives/limits.ts';
import { checkServerNames } from './directives/listening.ts';
import { checkPassing } from './directives/passing-on.ts';
import { checkCaches } from './directives/response-caches.ts';
import { checkClientCertificates } from './directives/site-tls.ts';
import { checkUpstreams } from './directives/upstreams.ts';
import type { Draft } from './draft.ts';
import type { NginxReport } from './report.ts';

/** Of a piece of a configuration the names may be defined in another one: what is unknown there is a warning. */
export function checkUses(main: Draft, { isWhole }: { readonly isWhole: boolean }, report: NginxReport): void {
  const suspect: NginxReport = isWhole
    ? report
    : (code, place, message, more) => report(code, place, message, { ...more, severity: 'warning' });
  for (const around of main.children) {
    checkUpstreams(around, report);
    if (around.kind === 'http' || around.kind === 'stream') {
      checkPassing(around, { isWhole }, suspect);
      checkLimits(around, suspect);
      checkHealthChecks(around, suspect);
    }
    if (around.kind === 'http') {
      checkCaches(around, suspect);
    }
    if (around.kind === 'http') {
      checkProxying(around, report);
    }
    checkClientStatus(around, report);
    if (isWhole && around.kind === 'http') {
      checkCertificates(around, report);
      checkClientCertificates(around, report);
      checkServerNames(around, report);
    }
  }
}
