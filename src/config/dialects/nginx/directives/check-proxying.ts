/** What directives of proxying have to do with each other, in whatever order they stand: looked at when all of `http` has been read. */

import type { Draft } from '../draft.ts';
import type { NginxReport } from '../report.ts';
import { CONTENT_SAID } from './answering.ts';
import { saysHealthCheck, tellNobodyChecked } from './health-checks.ts';
import type { ProxyModule } from './proxy-module.ts';
import { moduleOf } from './proxy-module.ts';
import { checkBuffers, saysBuffers } from './proxy-response.ts';
import { checkUpstreamTls } from './proxy-tls.ts';

const BUFFERED: readonly ProxyModule[] = ['proxy', 'fastcgi', 'uwsgi', 'scgi'];

export function checkProxying(http: Draft, report: NginxReport): void {
  // Sizes that `http` says are compared where a server takes them over, as nginx does it: the server may say others.
  const modules = BUFFERED.filter((of) => saysBuffers(http, of));
  const upstreams = http.children.filter(({ kind }) => kind === 'upstream').map(({ words }) => words[0]?.text ?? '');
  const names = new Set(upstreams.map((name) => name.toLowerCase()));
  for (const server of http.children.filter(({ kind }) => kind === 'server')) {
    checkInside(server, new Set(modules), report);
    checkChecked(server, names, report);
  }
}

/** `names`: of upstreams. A check is one of an upstream's servers. */
function checkChecked(draft: Draft, names: ReadonlySet<string>, report: NginxReport): void {
  const content = draft.own(CONTENT_SAID);
  const to = content?.kind === 'passed' && content.to.kind === 'address' ? content.to.address.host.toLowerCase() : '';
  if (saysHealthCheck(draft) && !names.has(to)) {
    tellNobodyChecked(draft, report);
  }
  for (const child of draft.children) {
    checkChecked(child, names, report);
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
