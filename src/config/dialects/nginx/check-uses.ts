/** What depends on several directives, in whatever order they stand: looked at when all of the files have been read. */

import { checkCertificates } from './directives/certificates.ts';
import { checkServerNames } from './directives/listening.ts';
import { checkPassing } from './directives/passing-on.ts';
import { checkCaches } from './directives/response-caches.ts';
import { checkUpstreams } from './directives/upstreams.ts';
import type { Draft } from './draft.ts';
import type { NginxReport } from './report.ts';

/** Of a piece of a configuration the names may be defined in another one. */
export function checkUses(main: Draft, { isWhole }: { readonly isWhole: boolean }, report: NginxReport): void {
  for (const around of main.children) {
    checkUpstreams(around, report);
    if (isWhole && (around.kind === 'http' || around.kind === 'stream')) {
      checkPassing(around, report);
    }
    if (isWhole && around.kind === 'http') {
      checkCaches(around, report);
      checkCertificates(around, report);
      checkServerNames(around, report);
    }
  }
}
