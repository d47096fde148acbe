/** The sites of a model that is more than one application: they are compiled into a plan. Loaded only where there is such a model. */

import { hostname } from 'node:os';
import { systemClock } from '../../kernel/clock.ts';
import { AccessLogs } from '../access-log/access-logs.ts';
import { compileFileContent } from '../handlers/files/file-content.ts';
import { FileServer } from '../handlers/files/file-server.ts';
import { compileUpstreamsPage } from '../handlers/upstreams-page.ts';
import { refusalsFor } from '../pages/developer-pages.ts';
import { PasswordChecker } from '../passwords/password-checker.ts';
import type { PipelineServices } from '../pipeline/pipeline-services.ts';
import { compileReply } from '../pipeline/reply-content.ts';
import { startSubrequest } from '../pipeline/subrequest.ts';
import { PlanCompiler } from '../plan/compile-plan.ts';
import { sitePipeline } from '../plan/site-pipeline.ts';
import { startPasswordThread } from '../start-password-thread.ts';
import { HandshakeTexts } from '../tls/handshake-texts.ts';
import type { RequestPipeline } from '../transport/connection-services.ts';
import type { ProxyCompiler } from './planned-proxies.ts';
import type { PlanningParts } from './sites-parts.ts';

/** Of this thread, whichever plans come and go: a thread of its own would stay behind with each plan, and what was right would be computed again. */
const PASSWORDS = new PasswordChecker(startPasswordThread);

/** By listener of the model. */
export function plannedPipelines(parts: PlanningParts, compileProxy: ProxyCompiler | undefined): RequestPipeline[] {
  const { model, identifier, logs, bugs, log, zones, traffic, errorLogs, produceOf } = parts;
  const services: PipelineServices = {
    clock: systemClock,
    hostname: hostname(),
    traffic,
    log,
    renderRefusal: refusalsFor(model.isDevelopment),
    startSubrequest: (parent, start) => startSubrequest(parent, start, services),
    onBug: (what, error) => bugs.note(what, error),
  };
  const files = new FileServer({ clock: systemClock, log });
  const plan = new PlanCompiler(model, {
    services,
    errorLogs,
    accessLogs: new AccessLogs(logs),
    files,
    zoneMemory: zones,
    passwords: PASSWORDS,
    produceOf: (content, compilation) => {
      switch (content.kind) {
        case 'files':
          return compileFileContent(files, (template) => compilation.template(template));
        case 'reply':
          return compileReply(content, compilation);
        case 'upstreams':
          return compileUpstreamsPage(parts.upstreams, systemClock);
        case 'proxy':
          return compileProxy?.(content, compilation) ?? produceOf(content);
        default:
          return produceOf(content);
      }
    },
  });
  const texts = new HandshakeTexts(model.variables, (text) => log('error', text));
  return model.listeners.map((listener) =>
    sitePipeline({ plan: plan.listener(listener), services, identifier, texts: listener.tls ? texts : undefined }),
  );
}
