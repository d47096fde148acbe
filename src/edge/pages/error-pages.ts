/** The pages of refusals, as HTML, JSON or text by Accept (RFC 9110 12.5.1). They say what happened, never why inside. */

import { toLatin1 } from '../../kernel/latin1.ts';
import type { Client, Exchange, ResponseHead } from '../../protocol/http/exchange.ts';
import { reasonPhrase } from '../../protocol/http/reason-phrases.ts';
import type { ResponseFields } from '../../protocol/http/response-fields.ts';
import { fieldsOf, NO_FIELDS } from '../../protocol/http/response-fields.ts';

const EXPLANATIONS: Readonly<Record<number, string>> = {
  400: 'The server could not understand this request.',
  403: 'You may not see this.',
  404: 'There is nothing at this address.',
  405: 'This address does not answer this kind of request.',
  408: 'The request did not arrive in time.',
  413: 'The request is larger than this server accepts.',
  414: 'The address is longer than this server accepts.',
  416: 'The file does not have the part that was asked for.',
  417: 'The server cannot meet this expectation.',
  421: 'This connection was made for another site. Please ask again by one of its own.',
  431: 'The request has more header fields than this server accepts.',
  500: 'Something went wrong on our side. It has been noted.',
  501: 'The server does not know how to do this.',
  495: 'The certificate that your program has shown is not good for this site.',
  496: 'This site is for clients with a certificate that it knows.',
  497: 'This address speaks HTTPS: ask for it with https:// in front.',
  502: 'The application could not answer. Please try again.',
  503: 'The site is busy. Please try again in a moment.',
  504: 'The application took too long to answer.',
  505: 'The server does not speak this version of HTTP.',
  507: 'The server has no room for this request.',
};

/** nginx's own numbers for what is wrong with TLS, for which sites may have pages: a client is told 400. */
export function toldStatus(status: number): number {
  return status === 495 || status === 496 || status === 497 ? 400 : status;
}

export interface ErrorPage {
  readonly contentType: string;
  /** latin-1 text. */
  readonly body: string;
}

/** What a page has to know of the request that is refused. */
export interface RefusedRequest extends Pick<Exchange, 'method' | 'target' | 'requestId' | 'host' | 'version'> {
  readonly client: Pick<Client, 'address'>;
  readonly block: Pick<Exchange['block'], 'get' | 'getAll'>;
}

export type RenderRefusal = (request: RefusedRequest, status: number, detail: string | undefined) => ErrorPage;

/** `fields`: further ones. */
export function errorHead(status: number, page: ErrorPage, fields: ResponseFields = NO_FIELDS): ResponseHead {
  return {
    status: toldStatus(status),
    reason: undefined,
    fields: fieldsOf(`Content-Type: ${page.contentType}\r\n`, false).and(fields),
  };
}

export function renderErrorPage(
  kind: number,
  accept: string | undefined,
  requestId: string,
  detail: string | undefined,
): ErrorPage {
  const status = toldStatus(kind);
  const title = reasonPhrase(status) || 'Error';
  const text = EXPLANATIONS[kind] ?? title;
  switch (preferredForm(accept)) {
    case 'json':
      return {
        contentType: 'application/json',
        body: toLatin1(
          `${JSON.stringify({ status, error: title, message: text, requestId: requestId || undefined, detail })}\n`,
        ),
      };
    case 'html':
      return {
        contentType: 'text/html; charset=utf-8',
        body: toLatin1(renderHtml(status, title, text, requestId, detail)),
      };
    default:
      return {
        contentType: 'text/plain; charset=utf-8',
        body: toLatin1(
          `${status} ${title}\n${text}\n${requestId === '' ? '' : `Request ${requestId}\n`}${detail === undefined ? '' : `\n${detail}\n`}`,
        ),
      };
  }
}

/** A browser says text/html, a program application/json; whoever accepts anything gets text. */
export function preferredForm(accept: string | undefined): 'html' | 'json' | 'text' {
  let best: 'html' | 'json' | 'text' = 'text';
  let bestQuality = 0;
  for (const item of (accept ?? '').toLowerCase().split(',')) {
    const [type = '', ...parameters] = item.split(';').map((part) => part.trim());
    const quality = Number(parameters.find((part) => part.startsWith('q='))?.slice(2) ?? 1);
    const form =
      type === 'text/html' || type === 'application/xhtml+xml'
        ? 'html'
        : type === 'application/json' || type.endsWith('+json')
          ? 'json'
          : undefined;
    if (form !== undefined && quality > bestQuality) {
      best = form;
      bestQuality = quality;
    }
  }
  return best;
}

function renderHtml(
  status: number,
  title: string,
  text: string,
  requestId: string,
  detail: string | undefined,
): string {
  const request = requestId === '' ? '' : `<p class="id">Request ${escapeHtml(requestId)}</p>`;
  const more = detail === undefined ? '' : `<pre>${escapeHtml(detail)}</pre>`;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>${status} ${title}</title>
<style>body{font:16px/1.5 system-ui,sans-serif;max-width:${detail === undefined ? '36rem' : '72rem'};margin:12vh auto;padding:0 1.5rem;color:#222;background:#fff}h1{font-size:1.4rem}.id{color:#767676;font-size:.8rem}pre{background:#f5f5f5;padding:1rem;overflow:auto;font-size:.85rem}@media(prefers-color-scheme:dark){body{color:#ddd;background:#181818}pre{background:#242424}}</style>
</head><body><h1>${status} ${title}</h1><p>${text}</p>${request}${more}</body></html>
`;
}

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
