/** What directives of proxying have to do with each other, in whatever order they stand: looked at when all of `http` has been read. */

import type { Draft } from '../draft.ts';
import type { NginxReport } from '../report.ts';
import { CONTENT_SAID } from './answering.ts';
import type { ProxyModule } from './proxy-module.ts';
import { moduleOf } from './proxy-module.ts';
import { checkBuffers, saysBuffers } from './proxy-response.ts';
import { checkUpstreamTls } from './proxy-tls.ts';

const BUFFERED: readonly ProxyModule[] = ['proxy', 'fastcgi', 'uwsgi', 'scgi'];

export function checkProxying(http: Draft, report: NginxReport): void {
  // Sizes that `http` says are compared where a server takes them over, as nginx does it: the server may say others.
  const modules = BUFFERED.filter((of) => saysBuffers(http, of));
  for (const server of http.children.filter(({ kind }) => kind === 'server')) {
    checkInside(server, new Set(modules), report);
  }
}

/** `said`: the modules of which something is said around the block that has not been compared yet. */
function checkInside(draft: Draft, said: ReadonlySet<ProxyModule>, report: NginxReport): void {
  for (const of of BUFFERED) {
    if (said.has(of) || saysBuffers(draft, of)) {
      checkBuffers(draft, of, report);
    }
  }
  const content = draft.own(CONTENT_SAID);
  if (content?.kind === 'passed' && content.tls) {
    checkUpstreamTls(draft, moduleOf(content.protocol), report);
  }
  for (const child of draft.children) {
    checkInside(child, new Set(), report);
  }
}
