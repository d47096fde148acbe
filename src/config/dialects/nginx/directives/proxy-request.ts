/** What of a request is passed on, and as what. */

import type { ProxyProtocol, ProxyRequest } from '../../../model/proxying.ts';
import type { Template } from '../../../model/template.ts';
import type { Draft, DraftKey } from '../draft.ts';
import { draftKey } from '../draft.ts';
import type { GivenArguments } from '../given-arguments.ts';
import { countGroups } from '../regex-groups.ts';
import type { NginxReport } from '../report.ts';
import type { Apply, Row } from '../row.ts';
import { repeatable, row } from '../row.ts';
import { HTTP } from './contexts.ts';
import { keep } from './keep.ts';
import type { ProxyModule } from './proxy-module.ts';
import { eachModule, moduleOf } from './proxy-module.ts';

type Parameter = ProxyRequest['parameters'][number];

const KEYS = eachModule((of) => ({
  passesBody: draftKey<boolean>(`${of}_pass_request_body`),
  passesFields: draftKey<boolean>(`${of}_pass_request_headers`),
  isBuffered: draftKey<boolean>(`${of}_request_buffering`),
  fields: draftKey<ProxyRequest['fields']>(`${of}_set_header`),
  parameters: draftKey<readonly Parameter[]>(`${of}_param`),
}));
const HTTP_VERSION: DraftKey<string> = draftKey('proxy_http_version');
const METHOD: DraftKey<Template> = draftKey('proxy_method');
const BODY: DraftKey<Template> = draftKey('proxy_set_body');
const MODIFIER1: DraftKey<number> = draftKey('uwsgi_modifier1');
const MODIFIER2: DraftKey<number> = draftKey('uwsgi_modifier2');
const PACKET: DraftKey<string> = draftKey('uwsgi_string');
const INDEX: DraftKey<string> = draftKey('fastcgi_index');
const SPLIT: DraftKey<string> = draftKey('fastcgi_split_path_info');
const KEEPS: DraftKey<boolean> = draftKey('fastcgi_keep_conn');
const FAULTS: DraftKey<readonly string[]> = draftKey('fastcgi_catch_stderr');
const GZIP_FLAG: DraftKey<number> = draftKey('memcached_gzip_flag');

export function requestRows(of: ProxyModule): readonly Row[] {
  const keys = KEYS[of];
  return [
    row(`${of}_request_buffering`, HTTP, 'flag', 'Whether the upstream is asked when the body is complete.', {
      apply: keep(keys.isBuffered, (args) => args.flag(0)),
    }),
    row(`${of}_pass_request_headers`, HTTP, 'flag', 'Whether the fields of requests are passed on.', {
      apply: keep(keys.passesFields, (args) => args.flag(0)),
    }),
    row(`${of}_pass_request_body`, HTTP, 'flag', 'Whether the bodies of requests are passed on.', {
      apply: keep(keys.passesBody, (args) => args.flag(0)),
    }),
  ];
}

/** `proxy_set_header`. */
export function setFieldRows(of: ProxyModule): readonly Row[] {
  return repeatable([
    row(`${of}_set_header`, HTTP, 'plain text', 'A field that the upstream gets.', {
      apply: (args, draft) => draft.append(KEYS[of].fields, { name: args.text(0), value: args.template(1) }),
    }),
  ]);
}

/** `uwsgi_param` and its kin. */
export function parameterRows(of: ProxyModule): readonly Row[] {
  return repeatable([
    row(`${of}_param`, HTTP, 'plain text [plain]', 'A parameter that the upstream gets.', { apply: setsParameter(of) }),
  ]);
}

function setsParameter(of: ProxyModule): Apply {
  return (args, draft, report) => {
    if (args.count === 3 && args.text(2) !== 'if_not_empty') {
      report('nginx.invalid-value', args.place(2), `invalid parameter "${args.text(2)}"`, {
        hint: 'The third word can only be "if_not_empty".',
      });
      return;
    }
    draft.append(KEYS[of].parameters, {
      name: args.text(0),
      value: args.template(1),
      ifNotEmpty: args.count === 3,
    });
  };
}

export const PROXY_REQUEST: readonly Row[] = [
  row('proxy_set_body', HTTP, 'text', 'The body that the upstream gets.', {
    apply: keep(BODY, (args) => args.template(0)),
  }),
  row('proxy_method', HTTP, 'text', 'The method that the upstream gets.', {
    apply: keep(METHOD, (args) => args.template(0)),
  }),
  row('proxy_http_version', HTTP, '1.0|1.1|2', 'The version of HTTP that is spoken with the upstream.', {
    apply: httpVersion,
  }),
  ...setFieldRows('proxy'),
];

function httpVersion(args: GivenArguments, draft: Draft, report: NginxReport): void {
  draft.set(HTTP_VERSION, args.word(0));
  if (args.word(0) === '2') {
    report('nginx.later', args.place(0), 'HTTP/2 is not spoken with upstreams yet', {
      hint: 'HTTP/1.1 is spoken there, which every server of HTTP understands.',
      severity: 'warning',
    });
  }
}

export const UWSGI_REQUEST: readonly Row[] = [
  row('uwsgi_modifier1', HTTP, 'number(0-255)', "What the packet is, for uWSGI's plugins.", {
    apply: keep(MODIFIER1, (args) => args.number(0)),
  }),
  row('uwsgi_modifier2', HTTP, 'number(0-255)', 'What the packet is in detail.', {
    apply: keep(MODIFIER2, (args) => args.number(0)),
  }),
  row('uwsgi_string', HTTP, 'plain', 'What the packet holds behind its parameters, as it is written.', {
    apply: keep(PACKET, (args) => args.text(0)),
  }),
];

export const FASTCGI_REQUEST: readonly Row[] = [
  row('fastcgi_index', HTTP, 'plain', 'What is put behind a path that ends with a slash.', {
    apply: keep(INDEX, (args) => args.text(0)),
  }),
  row('fastcgi_split_path_info', HTTP, 'regex', 'How a path is divided into script and PATH_INFO.', {
    apply: splitsPath,
  }),
  row('fastcgi_keep_conn', HTTP, 'flag', 'Whether connections are kept.', {
    apply: keep(KEEPS, (args) => args.flag(0)),
  }),
  ...repeatable([
    row('fastcgi_catch_stderr', HTTP, 'plain', 'A text in the error output that makes a response an error.', {
      apply: (args, draft) => draft.append(FAULTS, args.text(0)),
    }),
  ]),
];

function splitsPath(args: GivenArguments, draft: Draft, report: NginxReport): void {
  if (countGroups(args.text(0)) !== 2) {
    report('nginx.invalid-value', args.place(0), `pattern "${args.text(0)}" must have 2 captures`, {
      hint: 'The first group is the script, the second one PATH_INFO: ^(.+\\.php)(.*)$',
    });
  } else {
    draft.set(SPLIT, args.text(0));
  }
}

export const MEMCACHED_REQUEST: readonly Row[] = [
  row('memcached_gzip_flag', HTTP, 'number', 'The flag of values that are compressed.', {
    apply: keep(GZIP_FLAG, (args) => args.number(0)),
  }),
];

export function proxyRequestOf(draft: Draft, protocol: ProxyProtocol): ProxyRequest {
  const keys = KEYS[moduleOf(protocol)];
  const asksWithBody = protocol !== 'memcached';
  return {
    // Of other protocols nobody asks for it.
    httpVersion: protocol === 'http' && (draft.get(HTTP_VERSION) ?? '1.0') === '1.0' ? '1.0' : '1.1',
    ...(protocol === 'http' ? textsOf(draft) : {}),
    passesBody: asksWithBody && (draft.get(keys.passesBody) ?? true),
    passesFields: asksWithBody && (draft.get(keys.passesFields) ?? true),
    isBuffered: draft.get(keys.isBuffered) ?? true,
    fields: draft.get(keys.fields) ?? [],
    parameters: draft.get(keys.parameters) ?? [],
    ...protocolOf(draft, protocol),
  };
}

function textsOf(draft: Draft): Pick<ProxyRequest, 'method' | 'body'> {
  const method = draft.get(METHOD);
  const body = draft.get(BODY);
  return { ...(method === undefined ? {} : { method }), ...(body === undefined ? {} : { body }) };
}

function protocolOf(draft: Draft, protocol: ProxyProtocol): Partial<ProxyRequest> {
  switch (protocol) {
    case 'uwsgi': {
      const packet = draft.get(PACKET);
      return {
        uwsgi: {
          modifier1: draft.get(MODIFIER1) ?? 0,
          modifier2: draft.get(MODIFIER2) ?? 0,
          ...(packet === undefined ? {} : { packet }),
        },
      };
    }
    case 'fastcgi': {
      const split = draft.get(SPLIT);
      return {
        fastcgi: {
          index: draft.get(INDEX) ?? '',
          ...(split === undefined ? {} : { splitsPath: { text: split, isCaseless: false } }),
          keepsConnection: draft.get(KEEPS) ?? false,
          faults: draft.get(FAULTS) ?? [],
        },
      };
    }
    case 'memcached': {
      const flag = draft.get(GZIP_FLAG) ?? 0;
      return flag === 0 ? {} : { memcachedGzipFlag: flag };
    }
    default:
      return {};
  }
}
