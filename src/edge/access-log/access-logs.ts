/** The access logs of the scopes of a plan: what is written when a request is over. */

import { statSync } from 'node:fs';
import type { AccessLogRule, LogTarget } from '../../config/model/logs.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { IncomingExchange } from '../../protocol/http/incoming-exchange.ts';
import { leadsUp } from '../pipeline/leads-up.ts';
import { renderTemplate } from '../pipeline/render-template.ts';
import type { CompiledTemplate, Route } from '../pipeline/route.ts';
import { rendererOf } from './access-log.ts';
import type { LogLease } from './log-files.ts';
import type { LoggedExchange } from './logged-exchange.ts';
import type { FormatCompilation } from './nginx-format.ts';
import { compileNginxFormat } from './nginx-format.ts';

/** Of what a scope says nothing in its log. */
const NOWHERE = '/dev/null';

export interface AccessLogsParts {
  readonly lease: LogLease;
  readonly targets: readonly LogTarget[];
  /** By index of the target: what somebody else has opened. */
  readonly fds: readonly (number | null)[];
  readonly clock: Clock;
}

export type WriteLog = (route: Route) => void;

export class AccessLogs {
  readonly #parts: AccessLogsParts;

  constructor(parts: AccessLogsParts) {
    this.#parts = parts;
  }

  /** Undefined: nothing is written. Throws what open(2) throws. */
  open(rules: readonly AccessLogRule[], compilation: FormatCompilation, root: CompiledTemplate): WriteLog | undefined {
    const logs = rules.flatMap((rule) => this.#openRule(rule, compilation, root) ?? []);
    const [first] = logs;
    return logs.length <= 1
      ? first
      : (route) => {
          for (const log of logs) {
            log(route);
          }
        };
  }

  #openRule({ target, format, when }: AccessLogRule, compilation: FormatCompilation, root: CompiledTemplate) {
    const found = this.#parts.targets[target];
    if (found === undefined) {
      throw new Error(`the model has no log ${target}`);
    }
    const render = format.words === 'nginx' ? compileNginxFormat(format, compilation) : this.#renderOwn(format);
    const write = this.#outlet(found, target, compilation, root);
    if (write === undefined) {
      return undefined;
    }
    const log: WriteLog = (route) => write(`${typeof render === 'string' ? render : render(route)}\n`, route);
    return when === undefined ? log : conditional(compilation.template(when), log);
  }

  /** Formats that ask the transport's exchange. */
  #renderOwn(format: Parameters<typeof rendererOf>[0]): (route: Route) => string {
    const { clock } = this.#parts;
    const render = rendererOf(format, '');
    return ({ main, client }) => {
      // The exchange of a transport, when it is over, is all of these.
      const exchange = main.exchange as unknown as LoggedExchange & IncomingExchange;
      const peer = exchange.client;
      exchange.client = client;
      const line = render(exchange, clock.nowMs(), clock.monotonicMs() - exchange.startedMs);
      exchange.client = peer;
      return line.slice(0, -1);
    };
  }

  #outlet(target: LogTarget, index: number, compilation: FormatCompilation, root: CompiledTemplate) {
    const { lease, fds } = this.#parts;
    const { sink } = target;
    if (sink.kind === 'syslog') {
      const sender = lease.syslog(sink);
      return (line: string): void => sender.write(line);
    }
    if (typeof sink.path !== 'string') {
      return toNamed(lease, target, compilation.template(sink.path), root);
    }
    if (sink.path === NOWHERE) {
      return undefined;
    }
    const gathering = gatheringOf(target);
    const collector = lease.collector(sink.path, fds[index] ?? undefined, gathering);
    return (line: string): void => collector.write(line);
  }
}

function gatheringOf({ bufferBytes, flushMs, gzipLevel }: LogTarget) {
  const isBuffered = bufferBytes > 0 || flushMs > 0 || gzipLevel > 0;
  return {
    bytesMax: bufferBytes,
    delayMs: isBuffered ? flushMs || Number.POSITIVE_INFINITY : 0,
    gzipLevel,
  };
}

/** As in nginx, nothing is written for a host that has no folder of its own: anybody can make up hosts. */
function toNamed(lease: LogLease, { kept }: LogTarget, path: CompiledTemplate, root: CompiledTemplate) {
  const logs = lease.named(kept);
  return (line: string, route: Route): void => {
    const name = renderTemplate(path, route);
    if (!leadsUp(name) && !name.includes('\0') && isFolder(renderTemplate(root, route))) {
      logs.write(name, line);
    }
  };
}

function isFolder(path: string): boolean {
  return statSync(Buffer.from(path, 'latin1'), { throwIfNoEntry: false })?.isDirectory() === true;
}

function conditional(when: CompiledTemplate, log: WriteLog): WriteLog | undefined {
  if (typeof when === 'string') {
    return when === '' || when === '0' ? undefined : log;
  }
  return (route) => {
    const value = when(route);
    if (value !== '' && value !== '0') {
      log(route);
    }
  };
}
