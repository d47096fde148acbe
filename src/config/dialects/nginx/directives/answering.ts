/** What answers in a location beside files, and how the server shows itself: redirects of its own, its version, how long a body may be. */

import type { Redirects } from '../../../model/answers.ts';
import type { Draft, DraftKey } from '../draft.ts';
import { draftKey } from '../draft.ts';
import type { GivenArguments } from '../given-arguments.ts';
import type { NginxReport } from '../report.ts';
import type { Row } from '../row.ts';
import { repeatable, row } from '../row.ts';
import { HTTP } from './contexts.ts';
import { keep } from './keep.ts';
import type { SaidContent } from './passed-to.ts';

/** Not inherited by the locations inside. */
export const CONTENT_SAID: DraftKey<SaidContent> = draftKey('content');
const isAbsolute: DraftKey<boolean> = draftKey('absolute_redirect');
const usesServerName: DraftKey<boolean> = draftKey('server_name_in_redirect');
const hasPort: DraftKey<boolean> = draftKey('port_in_redirect');
const tokens: DraftKey<string> = draftKey('server_tokens');
const bodyBytesMax: DraftKey<number> = draftKey('client_max_body_size');

const USUAL_BODY_BYTES_MAX = 1_048_576;
/** The version whose ways are taken. */
const NAME = 'nginx';
const VERSION = 'nginx/1.22.1';
const BUILD = `${VERSION} (Portico)`;

export const ANSWERING: readonly Row[] = [
  ...repeatable([
    row('empty_gif', 'location', '', 'Answers with an image of one pixel.', {
      apply: (_, draft) => draft.set(CONTENT_SAID, { kind: 'empty-gif' }),
    }),
    row('api', 'location', '[parameter]', 'Answers with the upstreams and their servers in JSON.', { apply: api }),
    row('stub_status', 'server location', '[plain]', 'Answers with numbers about connections and requests.', {
      apply: (_, draft) => draft.set(CONTENT_SAID, { kind: 'status' }),
    }),
  ]),
  row('absolute_redirect', HTTP, 'flag', 'Whether redirects name scheme and host.', {
    apply: keep(isAbsolute, (args) => args.flag(0)),
  }),
  row(
    'server_name_in_redirect',
    HTTP,
    'flag',
    "Whether redirects name the site's first name in place of the request's host.",
    {
      apply: keep(usesServerName, (args) => args.flag(0)),
    },
  ),
  row('port_in_redirect', HTTP, 'flag', 'Whether redirects name the port.', {
    apply: keep(hasPort, (args) => args.flag(0)),
  }),
  row('server_tokens', HTTP, 'off|on|build', 'Whether the version is shown.', {
    apply: keep(tokens, (args) => args.word(0)),
  }),
  row('client_max_body_size', HTTP, 'offset', 'How long the body of a request may be; 0 is without a limit.', {
    apply: keep(bodyBytesMax, (args) => args.number(0)),
  }),
];

export function redirectsOf(draft: Draft): Redirects {
  return {
    isAbsolute: draft.get(isAbsolute) ?? true,
    usesServerName: draft.get(usesServerName) ?? false,
    hasPort: draft.get(hasPort) ?? true,
  };
}

export function serverFieldOf(draft: Draft): string {
  const said = draft.get(tokens) ?? 'on';
  return said === 'off' ? NAME : said === 'build' ? BUILD : VERSION;
}

export function bodyBytesMaxOf(draft: Draft): number {
  return draft.get(bodyBytesMax) ?? USUAL_BODY_BYTES_MAX;
}

function api(args: GivenArguments, draft: Draft, report: NginxReport): void {
  draft.set(CONTENT_SAID, { kind: 'upstreams' });
  if (args.count === 0 || args.text(0) === 'write=off') {
    return;
  }
  if (args.text(0) === 'write=on') {
    report('nginx.suspicious', args.place(0), 'upstreams are shown here, and cannot be changed', {
      hint: 'Change the file and reload. Remove "write=on".',
      severity: 'warning',
    });
  } else {
    report('nginx.invalid-value', args.place(0), `invalid parameter "${args.text(0)}"`);
  }
}
