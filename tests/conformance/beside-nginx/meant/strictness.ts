/** What nginx takes and Portico refuses, because it could mean two things, or reads in another way. */

import { fieldLines, firstLine, hasTwice, hostOf, isRefused } from './difference-facts.ts';
import type { Meant } from './meant.ts';

const CONNECTION = /^(number of responses|connection|field connection|log lines)$/;

const CONTROL = /(?!\t)\p{Cc}/u;

/** The last answer of its connection. */
const UNREAD = /(?:^|,)(?:400|414|494|501|505)$/;

export const STRICTNESS: readonly Meant[] = [
  {
    id: 'a target that is no URI',
    reason:
      'A target with bytes above 0x7E, two spaces beside it, or a scheme other than http and https, and a version that is not one digit, a dot and one digit, are answered with 400: what stands behind may read it in another way (RFC 9112 3.2).',
    applies: (difference) =>
      isRefused(difference) && !/^[!-~]+ (\/|https?:\/\/)[!-~]* HTTP\/\d\.\d$/i.test(firstLine(difference)),
  },
  {
    id: 'a Host that is none',
    reason:
      'A Host with a port that is no number or above 65535, with bytes above 0x7E or with characters that no name has is answered with 400: names are compared, logged and put into redirects (RFC 9112 3.2).',
    applies: (difference) => isRefused(difference) && !/^[A-Za-z0-9._~-]*(:\d{0,5})?$/.test(hostOf(difference)),
  },
  {
    id: 'a port above 65535',
    reason: 'It is no port.',
    applies: (difference) => isRefused(difference) && Number(/:(\d+)$/.exec(hostOf(difference))?.[1]) > 65_535,
  },
  {
    id: 'a field that is none',
    reason:
      'A line of a head without a colon, or whose name is no token, is answered with 400: nginx leaves it out, and who stands before it may have read something in it (RFC 9112 5).',
    applies: (difference) =>
      isRefused(difference) && !fieldLines(difference).every((line) => /^[!#$%&'*+.^`|~\w-]+:/.test(line)),
  },
  {
    id: 'a value with control characters',
    reason: 'It is answered with 400: such a byte ends the value for some who read it behind Portico (RFC 9110 5.5).',
    applies: (difference) => isRefused(difference) && fieldLines(difference).some((line) => CONTROL.test(line)),
  },
  {
    id: 'CONNECT',
    reason:
      'It needs an authority as its target, and is answered with 400 where there is a path: nginx answers 405 to both.',
    applies: (difference) => /^CONNECT /.test(firstLine(difference)) && difference.statuses[1].startsWith('400'),
  },
  {
    id: 'methods are tokens',
    reason:
      'nginx answers 400 to methods with other characters than A to Z, - and _; RFC 9110 9.1 allows them, and what is asked decides.',
    applies: (difference) =>
      (!/^[A-Z_-]+ /.test(firstLine(difference)) && difference.statuses[0] === '400') ||
      // What stands behind a request and is nothing by itself is the beginning of the next one's method.
      (/^RAW .*(\\r)?\\n(\\r)?\\n[a-z0-9]/.test(difference.request) &&
        difference.statuses.some((each) => each.endsWith(',400'))),
  },
  {
    id: 'what is said of a request that cannot be read',
    reason:
      'Its variables are what could be read: nginx leaves out other parts of it, and counts its bytes to another place.',
    applies: ({ what, statuses, isUnread }) =>
      /^(log (?!status|lines)|field (x-|transfer-encoding|content-length)|framing)/.test(what) &&
      (isUnread || (UNREAD.test(statuses[0]) && UNREAD.test(statuses[1]))),
  },
  {
    id: 'the framing of requests',
    reason:
      'Transfer-Encoding that is not known is refused with 400 or 501 as protocol/http1 has it, HTTP/0.9 and HTTP/2.0 with 505, and an expectation that is not known with 417 (RFC 9110 10.1.1).',
    applies: ({ request, statuses }) =>
      /Transfer-Encoding: (?!chunked\b)|HTTP\/(0\.9|2)|Expect: (?!100)/i.test(request) &&
      /^(400|417|501|505)/.test(statuses[1]),
  },
  {
    id: 'fields that came twice',
    reason:
      'They are joined in variables, and the last one counts for realip, as with nginx since 1.23; Range and credentials twice are refused.',
    applies: ({ request }) => hasTwice(request),
  },
  {
    id: 'what stands behind credentials',
    reason: 'nginx reads the base64 of a password up to its padding; Portico takes nothing behind it.',
    applies: ({ request, statuses }) =>
      /Authorization: Basic +[\w+/]+=+[^= |]*[^=|]/.test(request) && statuses[1].startsWith('401'),
  },
  {
    id: 'empty elements of lists',
    reason: 'A Range with an empty element is read without it (RFC 9110 5.6.1.2); nginx answers 416.',
    applies: ({ request }) => /Range: bytes=(,|.*,( |,|$))/.test(request),
  },
  {
    id: 'a body that nobody reads',
    reason:
      'The answer does not wait for it, so what it holds is not looked at, and the connection ends behind the answer. nginx looks at what has come, and leaves it out of $request_length.',
    applies: ({ case: { configuration }, request, what, statuses }) =>
      / \|\| |Content-Length: \d|chunked/i.test(request) &&
      (/^log (request_length|content_length)$/.test(what) ||
        (what === 'body' && configuration.includes('$request_length')) ||
        CONNECTION.test(what) ||
        statuses.some((status) => status.startsWith('400'))),
  },
  {
    id: 'the bytes of a head',
    reason:
      '$request_length counts a head as it is usually written: lines end with CRLF, and a space stands behind a colon.',
    applies: ({ request, what }) =>
      what === 'log request_length' && /^RAW \\[rn]|(\\r\\n){3}|: *( \||$)|\\n\\n|:\S*\\r|\w_\w+:/.test(request),
  },
  {
    id: 'a head is counted as a whole',
    reason:
      'The buffers of large_client_header_buffers together bound a head, and not one each of its lines, but for the request line.',
    applies: ({ request, statuses }) => /X: \\\(x\*9000\)/.test(request) && statuses[0] === '400',
  },
  {
    id: 'tabs are white space',
    reason: 'Tabs around a value are no part of it (RFC 9110 5.5); to nginx they are, and a Host with one is none.',
    applies: ({ request, what, nginx, portico, statuses }) =>
      (/Host: *\\t/.test(request) && statuses[0] === '400') ||
      (/^(log http_|body)/.test(what) && nginx.trim() === portico && /\t/.test(nginx)),
  },
  {
    id: 'the host of a URL',
    reason:
      'What a Host may be, that of a whole URL may be too: nginx takes an underscore or an IPv6 address in the one, and answers 400 to the other.',
    applies: ({ request, statuses }) => /https?:\/\/[^/ ]*[_[]/i.test(request) && statuses[0] === '400',
  },
  {
    id: 'lines of chunks',
    reason:
      'They end with CRLF, or the body is refused with 400: some who read it take a LF alone for the end of a line, and some do not (RFC 9112 7.1).',
    applies: ({ request, statuses }) => /chunked.*\d\\n/i.test(request) && statuses[1].includes('400'),
  },
  {
    id: 'versions above 1.1',
    reason: 'Those of HTTP/1 are answered and spoken of as 1.1 (RFC 9110 2.5).',
    applies: ({ request, what }) =>
      /HTTP\/1\.[2-9]/.test(request) && /^(body|number of responses|log (request|server_protocol))$/.test(what),
  },
  {
    id: 'a URL without a path',
    reason: '"GET http://name?query" has the path "/" in $request_uri too (RFC 9110 4.2.3).',
    applies: ({ request, what }) => /http:\/\/[^/]+\?/.test(request) && what === 'log request_uri',
  },
  // What nginx does wrong or not at all.
  {
    id: 'nginx says nothing',
    reason: 'Such as with "try_files … =200;" or a charset that is a variable without a value; Portico answers.',
    applies: ({ statuses }) => statuses[0] === '',
  },
  {
    id: 'statuses that are no answers',
    reason: '"return 0;", 100 and 101 make no sense, and 498 is one that nginx answers with the page of 404.',
    applies: ({ statuses }) => /^(000|100|101|498)/.test(statuses[0]),
  },
  {
    id: 'a folder that is a file',
    reason: 'Where a path ends with a slash and its alias is a file, nginx answers 500 and Portico 403 or 404.',
    applies: ({ case: { configuration }, statuses }) =>
      /alias html\/a\.txt;/.test(configuration) && statuses[0].startsWith('500') && /^40[34]/.test(statuses[1]),
  },
  {
    id: 'what nginx refuses to read',
    reason:
      'geo takes no 255.255.255.255/32 in nginx 1.22, and buffers cannot be smaller than its pools, of which Portico has none.',
    applies: ({ what, nginx }) => what === 'configuration' && /255\.255\.255\.255|connection_pool_size/.test(nginx),
  },
];
