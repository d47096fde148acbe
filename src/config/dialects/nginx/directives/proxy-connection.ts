/** Connections to servers that requests are passed on to, and when another server is tried. */

import type { ProxyConnection, ProxyRetry } from '../../../model/proxying.ts';
import type { Template } from '../../../model/template.ts';
import { readOwnAddress } from '../../../own-address.ts';
import type { Draft } from '../draft.ts';
import { draftKey } from '../draft.ts';
import type { GivenArguments } from '../given-arguments.ts';
import type { NginxReport } from '../report.ts';
import type { Apply, Row } from '../row.ts';
import { repeatable, row } from '../row.ts';
import { HTTP } from './contexts.ts';
import { appendEach, keep } from './keep.ts';
import type { ProxyModule } from './proxy-module.ts';
import { eachModule } from './proxy-module.ts';

const KEYS = eachModule((of) => ({
  bind: draftKey<Template>(`${of}_bind`),
  probes: draftKey<boolean>(`${of}_socket_keepalive`),
  connectMs: draftKey<number>(`${of}_connect_timeout`),
  sendMs: draftKey<number>(`${of}_send_timeout`),
  readMs: draftKey<number>(`${of}_read_timeout`),
  ignoresClientAbort: draftKey<boolean>(`${of}_ignore_client_abort`),
  tries: draftKey<number>(`${of}_next_upstream_tries`),
  triesMs: draftKey<number>(`${of}_next_upstream_timeout`),
  causes: draftKey<readonly string[]>(`${of}_next_upstream`),
}));

const USUAL_TIMEOUT_MS = 60_000;
const USUAL_CAUSES = ['error', 'timeout'];
/** memcached has words of its own for what the others say by HTTP. */
const CAUSES_OF_MEMCACHED = new Map([
  ['invalid_response', 'invalid_header'],
  ['not_found', 'http_404'],
]);

/** Of every protocol. `causes` are the words with which another server is tried. */
export function connectionRows(of: ProxyModule, causes: string): readonly Row[] {
  const keys = KEYS[of];
  return [
    row(`${of}_bind`, HTTP, 'text [plain]', 'The own address of connections to the upstream.', { apply: binds(of) }),
    row(`${of}_socket_keepalive`, HTTP, 'flag', 'Whether the system probes connections to the upstream.', {
      apply: keep(keys.probes, (args) => args.flag(0)),
    }),
    row(`${of}_connect_timeout`, HTTP, 'msec', 'How long connecting to the upstream may take.', {
      apply: keep(keys.connectMs, (args) => args.number(0)),
    }),
    row(`${of}_send_timeout`, HTTP, 'msec', 'How long the upstream may pause while it takes a request.', {
      apply: keep(keys.sendMs, (args) => args.number(0)),
    }),
    row(`${of}_read_timeout`, HTTP, 'msec', 'How long the upstream may pause while it answers.', {
      apply: keep(keys.readMs, (args) => args.number(0)),
    }),
    row(`${of}_next_upstream_tries`, HTTP, 'number', 'How many servers are tried.', {
      apply: keep(keys.tries, (args) => args.number(0)),
    }),
    row(`${of}_next_upstream_timeout`, HTTP, 'msec', 'How long servers are tried.', {
      apply: keep(keys.triesMs, (args) => args.number(0)),
    }),
    ...repeatable([
      row(`${of}_next_upstream`, HTTP, `${causes}...`, 'When another server is tried.', { apply: tries(of) }),
    ]),
  ];
}

/** `proxy_ignore_client_abort` and its kin, which not every module has. */
export function abortRow(of: ProxyModule): Row {
  return row(`${of}_ignore_client_abort`, HTTP, 'flag', 'Whether the upstream goes on when the client is gone.', {
    apply: keep(KEYS[of].ignoresClientAbort, (args) => args.flag(0)),
  });
}

function binds(of: ProxyModule): Apply {
  return (args, draft, report) => {
    if (args.count === 2 && args.text(1) !== 'transparent') {
      report('nginx.invalid-value', args.place(1), `invalid parameter "${args.text(1)}"`, {
        hint: 'The second word can only be "transparent".',
      });
    } else if (args.count === 2) {
      report('nginx.later', args.place(1), '"transparent" has no effect yet', {
        hint: 'Connections with the address of the client need rights that Portico does not keep. Hand the address on in a field, or by the PROXY protocol.',
        severity: 'warning',
      });
    }
    const bind = readBind(args, report);
    if (bind !== undefined) {
      draft.set(KEYS[of].bind, bind);
    }
  };
}

/** The address of `proxy_bind`. Undefined: it is none, which is told. */
export function readBind(args: GivenArguments, report: NginxReport): Template | undefined {
  const text = args.text(0);
  const bind = text === 'off' ? '' : args.template(0);
  if (typeof bind === 'string' && readOwnAddress(bind) === undefined) {
    report('nginx.invalid-value', args.place(0), `invalid address "${text}"`, {
      hint: 'Write an address of this machine, perhaps with a port: 192.0.2.1, [2001:db8::1]:8000.',
    });
    return undefined;
  }
  return bind;
}

function tries(of: ProxyModule): Apply {
  return (args: GivenArguments, draft: Draft, report: NginxReport) => {
    const key = KEYS[of].causes;
    for (const index of args.words.keys()) {
      const word = args.word(index);
      if (draft.own(key)?.includes(word) === true) {
        report('nginx.duplicate', args.place(index), `duplicate value "${args.text(index)}"`, { severity: 'warning' });
      } else {
        appendEach(draft, key, [word]);
      }
    }
  };
}

/** Without what TLS adds. */
export function proxyConnectionOf(draft: Draft, of: ProxyModule): Omit<ProxyConnection, 'tls'> {
  const keys = KEYS[of];
  return {
    connectMs: draft.get(keys.connectMs) ?? USUAL_TIMEOUT_MS,
    sendMs: draft.get(keys.sendMs) ?? USUAL_TIMEOUT_MS,
    readMs: draft.get(keys.readMs) ?? USUAL_TIMEOUT_MS,
    bind: draft.get(keys.bind) ?? '',
    probes: draft.get(keys.probes) ?? false,
    ignoresClientAbort: draft.get(keys.ignoresClientAbort) ?? false,
  };
}

export function retryOf(draft: Draft, of: ProxyModule): ProxyRetry {
  const keys = KEYS[of];
  const causes = draft.get(keys.causes) ?? USUAL_CAUSES;
  return {
    causes: causes.includes('off') ? [] : causes.map((word) => CAUSES_OF_MEMCACHED.get(word) ?? word),
    triesMax: draft.get(keys.tries) ?? 0,
    timeoutMs: draft.get(keys.triesMs) ?? 0,
  };
}
