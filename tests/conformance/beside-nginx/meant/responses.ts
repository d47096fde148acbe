/** What Portico says of its responses, and nginx does not, or says otherwise. */

import type { Meant } from './meant.ts';

const FRAMING =
  /^(framing|field (transfer-encoding|content-length)|log (sent_http_(transfer_encoding|content_length)|body_bytes_sent))$/;
const CONNECTION = /^(number of responses|connection|field connection|log lines)$/;

const SHAPE = new RegExp(`${FRAMING.source}|${CONNECTION.source}`);

export const RESPONSES: readonly Meant[] = [
  {
    id: 'keep-alive is not said',
    reason:
      'nginx says `Connection: keep-alive` in every response. In HTTP/1.1 it is so without being said (RFC 9112 9.3), and Portico says only what is not.',
    applies: ({ what, nginx, portico }) =>
      what === 'field connection' && /^Connection: keep-alive$/.test(nginx) && portico === '(none)',
  },
  {
    id: 'lengths are known',
    reason:
      'A listing, a file that was compressed before, and the answer to HEAD for what would be compressed have a Content-Length, where nginx sends chunks, or ends the connection with HTTP/1.0.',
    applies: ({ what, framings, isSameBody }) =>
      isSameBody &&
      ((/^(chunked|close)/.test(framings[0]) && framings[1] === 'length' && SHAPE.test(what)) ||
        (framings.join() === 'none,none' && /^(field|log sent_http)[ _]content[-_]length$/.test(what))),
  },
  {
    id: 'other chunks',
    reason:
      '$body_bytes_sent counts what stands around chunks, and a body that was changed on its way is cut into others.',
    applies: ({ what, framings, isSameBody }) =>
      what === 'log body_bytes_sent' && framings.every((framing) => framing.startsWith('chunked')) && isSameBody,
  },
  {
    id: 'pipelined requests',
    reason: '$pipe does not tell them from others.',
    applies: ({ what }) => what === 'log pipe',
  },
  {
    id: 'a path that was rewritten to nothing',
    reason: 'It is answered with 500 by both, and logged as it was before.',
    applies: ({ statuses, what }) =>
      statuses.every((status) => status.startsWith('500')) && /^log (uri|document_uri|request_filename)$/.test(what),
  },
  {
    id: 'a field beside the own',
    reason:
      'A Connection or Content-Type by add_header stands beside that of Portico as beside that of nginx, of which the first is said or not as above.',
    applies: ({ case: { configuration }, what }) =>
      /add_header (Connection|Content-Type)/.test(configuration) &&
      /^(field connection|log sent_http_content_type)$/.test(what),
  },
  {
    id: 'lines of subrequests',
    reason:
      'With log_subrequest each line says what its own request has sent; nginx counts little of a subrequest, and writes fields of its response into the line of the request around it. A body is mirrored when it has been read, so that the line of its mirror stands behind that of the request.',
    applies: ({ case: { configuration }, request, what }) =>
      configuration.includes('log_subrequest') &&
      (/^log (request_length|body_bytes_sent|request_completion|sent_http_)/.test(what) ||
        (configuration.includes('mirror') && request.includes(' || ') && what.startsWith('log '))),
  },
  {
    id: '$limit_rate',
    reason: 'It is what `set $limit_rate` has said; in a log of nginx it may be that of limit_rate.',
    applies: ({ what }) => what === 'log limit_rate',
  },
  {
    id: '$request_body',
    reason:
      'Nothing that keeps a body in memory shows it to variables: it is empty. In nginx it has the bodies that mirror has read.',
    applies: ({ case: { configuration }, what }) => what === 'log request_body' && configuration.includes('mirror '),
  },
  {
    id: 'an empty argument list',
    reason: 'Arguments that were rewritten to nothing are none in a log (`-`), as those of a request that has none.',
    applies: ({ what, nginx, portico }) =>
      /^log (args|query_string)$/.test(what) && nginx === 'plain ' && portico === 'plain -',
  },
  {
    id: 'rules of connections',
    reason:
      'keepalive_requests and its kin are those of the location that answers. nginx looks at them whenever it finds a location, so those of the server count too where a path was changed, and none where the server itself returns.',
    applies: ({ case: { configuration }, request, what, statuses }) =>
      (configuration.includes('keepalive_') || /^POST .*MSIE 6/.test(request)) &&
      (CONNECTION.test(what) || what === 'field keep-alive') &&
      (statuses[0].startsWith(statuses[1]) || statuses[1].startsWith(statuses[0])),
  },
  {
    id: 'validators of a 304',
    reason:
      'Those that conditions were compared with are said in it. Where a body would have been changed on its way nginx leaves out Last-Modified.',
    applies: ({ what, statuses }) =>
      statuses.every((status) => status.startsWith('304')) &&
      /^(field|log sent_http)[ _](etag|last[-_]modified)$/.test(what),
  },
  {
    id: 'what is allowed',
    reason: 'A 405 says what would have been allowed (RFC 9110 15.5.6 asks for it), and so does the page in its place.',
    applies: ({ what, nginx }) => what === 'field allow' && nginx === '(none)',
  },
  {
    id: 'ranges are offered',
    reason: 'Responses with a part of a file, and precompressed files, say `Accept-Ranges` too: it holds for them.',
    applies: ({ case: given, what, nginx, portico, statuses }) =>
      (what === 'field accept-ranges' && nginx === '(none)' && portico === 'Accept-Ranges: bytes') ||
      (statuses[0].startsWith('200') && statuses[1].startsWith('206') && /\bgzip_static\b/.test(given.configuration)),
  },
  {
    id: 'parts of several ranges',
    reason: 'The boundary is random, so that no content can hold it, and nothing stands before the first one.',
    applies: ({ what, nginx, portico, framings }) =>
      (what === 'body' && nginx.trimStart() === portico && nginx.includes('--BOUNDARY')) ||
      (/^(field content-length|log (body_bytes_sent|sent_http_content_(length|type)))$/.test(what) &&
        framings[1] === 'length' &&
        /multipart|^\d+$|Content-Length/.test(portico)),
  },
  {
    id: 'reasons',
    reason:
      'The reason phrase of a status that nginx has none for is that of the register of HTTP, also where a configuration returns it.',
    applies: ({ what, nginx, portico }) => what === 'status line' && nginx.endsWith(' ') && portico.startsWith(nginx),
  },
  {
    id: 'the connection behind a refusal',
    reason:
      'nginx ends it behind 412, 413, TRACE and a few more, also where all of the request has come; Portico keeps it then, and ends it behind 494.',
    applies: ({ what, statuses, isUnread }) =>
      (CONNECTION.test(what) || what === 'log request_completion') &&
      (isUnread || (/^(400|405|412|413|494)/.test(statuses[0]) && statuses[0].slice(0, 3) === statuses[1].slice(0, 3))),
  },
  {
    id: 'the padding of error pages',
    reason: 'What makes the pages of errors long enough for MSIE and Chrome says so in other words.',
    applies: ({ request, what, statuses }) =>
      /User-Agent: .*(MSIE |Chrome\/)/.test(request) &&
      /^[45]/.test(statuses[1]) &&
      statuses[0].slice(0, 3) === statuses[1].slice(0, 3) &&
      (what === 'body' || FRAMING.test(what)),
  },
  {
    id: 'no line breaks',
    reason:
      'A line break that a client has got into a variable (%0a in a path) is a space in fields; nginx writes it, and so a client writes a field.',
    applies: ({ what, nginx }) =>
      /^(field |log sent_http_)/.test(what) && /[\r\n]/.test(nginx.replace(/\n[\w-]+: /g, '')),
  },
  {
    id: 'fields beside ranges',
    reason:
      'add_header knows that a part is sent, or none: $status is 206 or 416. nginx adds its fields before it looks at the ranges, and leaves those of the file in a 416.',
    applies: ({ request, what, statuses }) =>
      request.includes('Range:') &&
      /^(206|416)/.test(statuses[0]) &&
      statuses[0] === statuses[1] &&
      /^(field|log sent_http)[ _](x[-_]|etag|last[-_]mod|expires|cache[-_]control|vary|link|set-cookie)/.test(what),
  },
  {
    id: 'arguments of auth_request',
    reason:
      '"auth_request /path?a=b;" asks /path with arguments. In nginx the question mark is a character of the path, which no location has.',
    applies: ({ case: { configuration }, request }) =>
      /auth_request \S+\?/.test(configuration) && request.includes('/args'),
  },
  {
    id: 'added lengths',
    reason:
      'add_header cannot say how long a response is: a second Content-Length or Transfer-Encoding ends it where the next does not begin.',
    applies: ({ case: { configuration }, what }) =>
      /add_header (Content-Length|Transfer-Encoding)/.test(configuration) && FRAMING.test(what),
  },
  {
    id: 'types and times made of variables',
    reason:
      'A variable may say "modified 1h" in expires, and default_type may have variables; in nginx neither means anything.',
    applies: ({ case: { configuration }, what }) =>
      (/expires \$/.test(configuration) &&
        /modified/.test(configuration) &&
        /^(field|log sent_http)[ _](expires|cache[-_]control)$/.test(what)) ||
      (/default_type \$/.test(configuration) && /^(field|log sent_http)[ _]content[-_]type$/.test(what)),
  },
  {
    id: 'added validators',
    reason:
      'A Last-Modified or an ETag by add_header is what conditions are compared with: the client has no other. nginx compares with those of the file.',
    applies: ({ case: { configuration }, request, statuses }) =>
      /add_header (Last-Modified|ETag) ("?\w|"")/.test(configuration) &&
      /If-(Modified-Since|None-Match|Unmodified-Since|Match)/.test(request) &&
      /304|412/.test(statuses.join()),
  },
  {
    id: 'a response without a body',
    reason:
      'A 304 that is returned has no Content-Type and no Content-Length: it stands for the response that the client has (RFC 9110 15.4.5).',
    applies: ({ what, statuses }) => statuses[1].includes('304') && /^(field|log sent_http)[ _]content[-_]/.test(what),
  },
  {
    id: '100 Continue',
    reason: 'A client that waits for leave to send what nobody reads gets the final status at once (RFC 9110 10.1.1).',
    applies: ({ request }) => /Expect: 100-continue/.test(request),
  },
  {
    id: 'realms are quoted',
    reason: 'A quotation mark in a realm is escaped (RFC 9110 5.6.4).',
    applies: ({ what, portico }) => what === 'field www-authenticate' && portico.includes('\\"'),
  },
  {
    id: 'what is compressed already',
    reason: 'A response that has a Content-Encoding by add_header is not compressed once more.',
    applies: ({ case: { configuration }, framings, request }) =>
      configuration.includes('add_header Content-Encoding') && framings[0] === 'chunked' && request.includes('gzip'),
  },
  {
    id: 'the build',
    reason: '"server_tokens build;" names Portico, and Debian\'s nginx no build.',
    applies: ({ case: { configuration }, what, portico }) =>
      configuration.includes('server_tokens build') &&
      /^(body|field (server|content-length)|log)/.test(what) &&
      (what !== 'body' || portico.includes('(Portico)')),
  },
];
