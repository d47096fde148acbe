/** What Portico asks servers behind, and passes on of their answers, otherwise than nginx does. */

import { isRefused } from './difference-facts.ts';
import type { Meant } from './meant.ts';

/** What the server has been sent, which is what it answers with. */
const ECHO = /^([A-Z]+ \S+ HTTP\/1\.[01])\r\n/;
const ANSWERS = /X-Answer: /;
const OF_CONNECTION = /^(connection: (upgrade|close)|content-length: 0|x-hop: .*|proxy-connection: .*)$/i;

/** With the target's characters that no URL may have. */
function escaped(text: string): string {
  const end = text.indexOf('\r\n');
  return (
    text.slice(0, end).replace(/["<>\\^`{|}]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`) +
    text.slice(end)
  );
}

/** The head that a server was sent, its lines in one order and without those of the connection and of framing. */
function sorted(text: string, left: RegExp): string {
  const end = text.indexOf('\r\n\r\n');
  const [first = '', ...lines] = text.slice(0, end).split('\r\n');
  return [first, ...lines.filter((line) => !left.test(line)).sort(), text.slice(end)].join('\r\n');
}

export const PROXIED: readonly Meant[] = [
  {
    id: 'the order of fields to servers',
    reason:
      'What `proxy_set_header` says comes first, then what the client has sent, then what the connection and the body have to say. In nginx `Connection` and `Content-Length` stand before those of the client.',
    applies: ({ what, nginx, portico }) =>
      what === 'body' && ECHO.test(nginx) && sorted(nginx, /^$/) === sorted(portico, /^$/),
  },
  {
    id: 'what is said of the connection to a server',
    reason:
      '`Connection` says `upgrade` only beside an `Upgrade`, and HTTP/1.0 says that it closes; a POST without a body says so by `Content-Length: 0` (RFC 9110 8.6). Fields that the client names in its own `Connection`, and `Proxy-Connection`, stay here (RFC 9110 7.6.1).',
    applies: ({ what, nginx, portico }) => {
      return what === 'body' && ECHO.test(nginx) && sorted(nginx, OF_CONNECTION) === sorted(portico, OF_CONNECTION);
    },
  },
  {
    id: 'responses that two could read differently',
    reason:
      'A response of a server with two lengths, a length beside chunks, a version that is not HTTP/1, or no status line at all is no response: the client gets 502. nginx since 1.23 refuses the lengths too; older ones, and HTTP/0.9, are passed on by the one that is the measure here.',
    applies: ({ request, statuses }) =>
      /X-Answer: (garbage|HTTP\/2|.*Content-Length: (x|2\^(Content-Length|Transfer-Encoding)))/.test(request) &&
      statuses[1].startsWith('502'),
  },
  {
    id: 'reasons of servers',
    reason: 'A status line without a reason gets that of the register of HTTP.',
    applies: ({ request, what, portico, nginx }) =>
      /X-Answer: HTTP\/1\.1 200\^/.test(request) && what === 'status line' && portico.startsWith(nginx),
  },
  {
    id: 'fields that are there twice',
    reason: '$sent_http_… and $upstream_http_… are lists of all that there are, as with nginx since 1.23.',
    applies: ({ request, what, portico }) =>
      (/X-Answer: .*X-A: 1\^X-A: 2/i.test(request) && /x[-_](a|vars)$/.test(what)) ||
      (/^log sent_http_x_[ab]$/.test(what) && portico.includes(', ')),
  },
  {
    id: 'a response that ends too early',
    reason: '$request_completion says that the client has not got all of it.',
    applies: ({ request, what }) =>
      ANSWERS.test(request) && /short$/.test(request) && what === 'log request_completion',
  },
  {
    id: 'the body of a request whose target is internal',
    reason: '$request_body has no value where the request has no body.',
    applies: ({ what, nginx, portico }) => what === 'log request_body' && nginx === 'plain ' && portico === 'plain -',
  },
  {
    id: 'a target that a server could not read',
    reason:
      'Variables that put a space or a control character into what a server is asked are answered with 400; nginx sends it so.',
    applies: (difference) =>
      difference.case.configuration.includes('proxy_pass') &&
      /%20|%0/i.test(difference.request) &&
      isRefused(difference),
  },
  {
    id: 'what is escaped for a server',
    reason:
      'Of a path that proxy_pass has changed, characters that no URL may have (quotation marks, backslashes, braces …) are escaped, as nginx does only where the client had escaped something.',
    applies: ({ what, nginx, portico }) =>
      what === 'body' &&
      ECHO.test(portico) &&
      sorted(escaped(nginx), OF_CONNECTION) === sorted(escaped(portico), OF_CONNECTION),
  },
  {
    id: 'how long an echo is',
    reason: 'What the server behind was sent is longer or shorter by what stands above, and so are the ranges of it.',
    applies: ({ case: { configuration }, what, request }) =>
      (configuration.includes('proxy_method') &&
        /^((field|log sent_http)[ _]content[-_]length|log body_bytes_sent)$/.test(what)) ||
      (configuration.includes('proxy_force_ranges') &&
        /Range: /.test(request) &&
        /^(field|log sent_http)[ _]content[-_]range$/.test(what)),
  },
  {
    id: 'Server and Date are said',
    reason:
      'With proxy_pass_header a response of a server that says neither has those of Portico (RFC 9110 6.6.1); nginx sends none.',
    applies: ({ case: { configuration }, what }) =>
      /proxy_pass_header (Server|Date)/.test(configuration) &&
      /^(field|log sent_http)[ _](server|date|expires)$/.test(what),
  },
  {
    id: 'charsets of servers',
    reason: 'X-Accel-Charset may name any charset; nginx heeds those alone that its configuration names somewhere.',
    applies: ({ request, what }) => request.includes('X-Accel-Charset') && /content[-_]type$/.test(what),
  },
  {
    id: 'fields of a response that led nowhere',
    reason:
      'Where X-Accel-Redirect cannot be followed, or comes again and again, the page for the error has no fields of the responses that asked for it.',
    applies: ({ request, statuses, what }) =>
      request.includes('X-Accel-Redirect') && /^(404|500)/.test(statuses[1]) && /^(field|log sent_http)[ _]/.test(what),
  },
];
