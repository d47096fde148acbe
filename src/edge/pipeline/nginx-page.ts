/** Pages of refusals and redirects that look like nginx's: scripts of people's monitoring know their titles. */

import { reasonPhrase } from '../../protocol/http/reason-phrases.ts';

export interface NginxPage {
  /** What the client is told. */
  readonly status: number;
  readonly reason: string | undefined;
  /** '' where nginx has no page. */
  readonly body: string;
}

/** Titles that are not the reason phrases of RFC 9110. */
const TITLES: Readonly<Record<number, string>> = {
  401: '401 Authorization Required',
  405: '405 Not Allowed',
  408: '408 Request Time-out',
  413: '413 Request Entity Too Large',
  414: '414 Request-URI Too Large',
  416: '416 Requested Range Not Satisfiable',
  494: '400 Request Header Or Cookie Too Large',
  495: '400 The SSL certificate error',
  496: '400 No required SSL certificate was sent',
  497: '400 The plain HTTP request was sent to HTTPS port',
  503: '503 Service Temporarily Unavailable',
  504: '504 Gateway Time-out',
};
const HEADINGS: Readonly<Record<number, string>> = {
  494: '400 Bad Request',
  495: '400 Bad Request',
  496: '400 Bad Request',
  497: '400 Bad Request',
};
/** Reason phrases of the status line, where nginx has its own. */
const REASONS: Readonly<Record<number, string>> = {
  302: 'Moved Temporarily',
  405: 'Not Allowed',
  408: 'Request Time-out',
  413: 'Request Entity Too Large',
  414: 'Request-URI Too Large',
  416: 'Requested Range Not Satisfiable',
  503: 'Service Temporarily Unavailable',
  504: 'Gateway Time-out',
};

const WITH_PAGE: readonly (readonly [first: number, last: number])[] = [
  [301, 303],
  [307, 308],
  [400, 416],
  [421, 421],
  [429, 429],
  [494, 497],
  [500, 505],
  [507, 507],
];
/** Some browsers show a page of their own in the place of one that is shorter than 512 bytes. */
const PADDING = '<!-- Some browsers show a page of their own in the place of a short one. -->\r\n'.repeat(6);

export function nginxPage(status: number, server: string, isPadded: boolean): NginxPage {
  const reason = REASONS[status];
  if (!WITH_PAGE.some(([first, last]) => status >= first && status <= last)) {
    return { status, reason, body: '' };
  }
  const title = TITLES[status] ?? `${status} ${reasonPhrase(status)}`;
  const isOdd = HEADINGS[status] !== undefined;
  const heading = HEADINGS[status] ?? title;
  const more = isOdd ? `<center>${title.slice('400 '.length)}</center>\r\n` : '';
  const body =
    `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${heading}</h1></center>\r\n${more}` +
    `<hr><center>${server === '' ? 'portico' : server}</center>\r\n</body>\r\n</html>\r\n`;
  return {
    status: isOdd ? 400 : status,
    reason,
    body: isPadded && status >= 400 ? body + PADDING : body,
  };
}

/** The reason phrase of a status line as nginx writes it; undefined: the RFC's. */
export function nginxReason(status: number): string | undefined {
  return REASONS[status];
}
