/**
 * The head of a server's response as its client is to have it: fields that are hidden, redirects and cookies that are rewritten, what `X-Accel-*` asks of us, and statuses
 * for which a page of ours stands in its place. It is compiled of a policy; what it decides the content performs.
 */

import type { ProxyContent, ProxyPolicy } from '../../../config/model/proxying.ts';
import type { Field } from '../../../protocol/http/fields.ts';
import type { ResponseFields } from '../../../protocol/http/response-fields.ts';
import { fieldsOfLines, makeLine, NO_FIELDS } from '../../../protocol/http/response-fields.ts';
import type { ReplyHead } from '../../../relay/reply.ts';
import type { UpstreamHead } from '../../../upstream/wire.ts';
import { escapeLog } from '../../access-log/line.ts';
import type { Compilation } from '../../pipeline/compilation.ts';
import { mediaTypeOf } from '../../pipeline/media-type.ts';
import type { Route } from '../../pipeline/route.ts';
import { withoutDuplicates } from './duplicate-fields.ts';
import type { EditRedirect } from './redirects.ts';
import { compileRedirects } from './redirects.ts';
import type { EditCookie } from './set-cookie.ts';
import { compileSetCookie } from './set-cookie.ts';

export type ProxiedAnswer =
  | {
      readonly kind: 'pass';
      readonly head: ReplyHead;
      readonly isBuffered: boolean;
    }
  /** X-Accel-Redirect: another location answers, with some of these fields. */
  | { readonly kind: 'relocate'; readonly to: string; readonly fields: ResponseFields }
  /** The error pages of the scope answer. */
  | { readonly kind: 'refuse'; readonly status: number; readonly fields: ResponseFields };

/** What `X-Accel-Limit-Rate` and `X-Accel-Charset` ask for is the route's when it returns. */
export type AnswerOf = (head: UpstreamHead, route: Route) => ProxiedAnswer;

const OK = 200;
const UNAUTHORIZED = 401;
const NOT_FOUND = 404;
const REDIRECTS_FROM = 300;
const ACCEPT_RANGES = makeLine('Accept-Ranges', 'bytes');

/** Of RFC 2978 2.3, and few characters of it: the name becomes a part of `Content-Type`. */
const CHARSET = /^[\w.:+-]{1,64}$/;

interface Edits {
  readonly hides: ReadonlySet<string>;
  readonly redirect: EditRedirect | undefined;
  readonly cookie: EditCookie | undefined;
  readonly forcesRanges: boolean;
  readonly heldBytesMax: number;
}

export function compileAnswer(
  { protocol, to }: Pick<ProxyContent, 'protocol' | 'to'>,
  { response }: Pick<ProxyPolicy, 'response'>,
  compilation: Pick<Compilation, 'template' | 'pattern'>,
): AnswerOf {
  const edits: Edits = {
    hides: new Set(response.hides),
    redirect: compileRedirects(response, to, compilation),
    cookie: compileSetCookie(response, compilation),
    forcesRanges: response.forcesRanges,
    heldBytesMax: response.bufferBytesMax,
  };
  const ignores = new Set(response.ignores);
  const obeyed = (fields: readonly Field[], lower: string): string | undefined =>
    ignores.has(lower) ? undefined : fields.find((field) => field.lower === lower)?.value;
  const isRefused = (status: number, route: Route): boolean =>
    (protocol === 'memcached' && status === NOT_FOUND) ||
    (response.interceptsErrors && status >= REDIRECTS_FROM && route.scope.errorPages.has(status));

  /** Answers of which nothing depends on the request. */
  const known = new WeakMap<UpstreamHead, ProxiedAnswer>();
  /** The last of them: responses repeat their heads, which are one object then. */
  let last: { readonly head: UpstreamHead; readonly answer: ProxiedAnswer } | undefined;
  return (head, route) => {
    if (isRefused(head.status, route)) {
      return { kind: 'refuse', status: head.status, fields: challengesOf(head) };
    }
    if (last?.head === head) {
      return last.answer;
    }
    const before = known.get(head);
    if (before !== undefined) {
      last = { head, answer: before };
      return before;
    }
    const say = (text: string): void => route.log('warn', text);
    const fields = protocol === 'memcached' ? withMediaType(head.fields, route) : withoutDuplicates(head.fields, say);
    // One look at each name: as a rule there is no such field.
    const isAsked = fields.some(({ lower }) => lower.startsWith('x-accel-'));
    if (!isAsked) {
      const passed = passedHead(head, fields, edits, route);
      const answer = { kind: 'pass', head: passed, isBuffered: response.isBuffered } as const;
      if (fields === head.fields && !edits.forcesRanges && !fields.some((field) => isEdited(field, edits))) {
        known.set(head, answer);
      }
      return answer;
    }
    const rate = Number(/^\d{1,15}$/.exec(obeyed(fields, 'x-accel-limit-rate') ?? '')?.[0] ?? Number.NaN);
    route.limitRate = Number.isNaN(rate) ? route.limitRate : rate;
    const charset = obeyed(fields, 'x-accel-charset');
    if (charset !== undefined && CHARSET.test(charset)) {
      route.charset = charset;
    } else if (charset !== undefined) {
      say(`unknown charset "${escapeLog(charset)}" to override`);
    }
    const redirect = obeyed(fields, 'x-accel-redirect');
    if (redirect !== undefined) {
      return { kind: 'relocate', to: redirect, fields: passedHead(head, fields, edits, route).fields };
    }
    return {
      kind: 'pass',
      head: passedHead(head, fields, edits, route),
      isBuffered: bufferingOf(obeyed(fields, 'x-accel-buffering')) ?? response.isBuffered,
    };
  };
}

/** memcached has none: it is that of the path, as for files. */
function withMediaType(fields: readonly Field[], route: Route): readonly Field[] {
  const type = mediaTypeOf(route);
  return type === '' ? fields : [makeLine('Content-Type', type), ...fields];
}

function bufferingOf(value: string | undefined): boolean | undefined {
  switch (value?.toLowerCase()) {
    case 'yes':
      return true;
    case 'no':
      return false;
    default:
      return undefined;
  }
}

/** A client can do nothing with a page for 401 that does not say what is asked of it (RFC 9110 11.6.1). */
function challengesOf({ status, fields }: UpstreamHead): ResponseFields {
  return status === UNAUTHORIZED
    ? fieldsOfLines(fields.filter(({ lower }) => lower === 'www-authenticate'))
    : NO_FIELDS;
}

function passedHead(
  { status, reason, bodyLength }: UpstreamHead,
  fields: readonly Field[],
  edits: Edits,
  route: Route,
): ReplyHead {
  const lines: Field[] = [];
  for (const field of fields) {
    // With ranges of our own it is for us to say whether there are any.
    if (!edits.hides.has(field.lower) && !(edits.forcesRanges && field.lower === 'accept-ranges')) {
      lines.push(edited(field, edits, route));
    }
  }
  const takesRanges =
    edits.forcesRanges && status === OK && bodyLength !== undefined && route.scope.model.files.rangesMax !== 0;
  if (takesRanges) {
    lines.push(ACCEPT_RANGES);
  }
  return {
    status,
    reason: reason === '' ? undefined : reason,
    fields: fieldsOfLines(lines),
    takesRanges,
    isProxied: true,
    heldBytesMax: edits.heldBytesMax,
    length: bodyLength ?? -1,
  };
}

/** It may be another one for another request. */
function isEdited({ lower }: Field, { redirect, cookie }: Edits): boolean {
  return (
    (redirect !== undefined && (lower === 'location' || lower === 'refresh')) ||
    (cookie !== undefined && lower === 'set-cookie')
  );
}

function edited(field: Field, { redirect, cookie }: Edits, route: Route): Field {
  const { lower, value } = field;
  let fresh = value;
  if (redirect !== undefined && (lower === 'location' || lower === 'refresh')) {
    fresh = redirect(lower, value, route);
  } else if (cookie !== undefined && lower === 'set-cookie') {
    fresh = cookie(value, route);
  }
  // What is put together of variables may have anything in it.
  return fresh === value ? field : makeLine(field.name, fresh);
}
