/** `stub_status`: connections and requests in numbers, in the words and with the spaces that programs of monitoring look for. */

import type { Exchange, ResponseHead } from '../../protocol/http/exchange.ts';
import { fieldsOf } from '../../protocol/http/response-fields.ts';
import type { Traffic, TrafficNumbers } from '../shared/traffic.ts';

const HEAD: ResponseHead = { status: 200, reason: undefined, fields: fieldsOf('Content-Type: text/plain\r\n', false) };
const ALLOW = fieldsOf('Allow: GET, HEAD\r\n', false);

export function compileStubStatus(traffic: Pick<Traffic, 'numbers'>): (exchange: Exchange) => void {
  return ({ method, responder }) => {
    if (method === 'GET' || method === 'HEAD') {
      responder.respond(HEAD, renderNumbers(traffic.numbers()));
    } else {
      responder.refuse(405, undefined, ALLOW);
    }
  };
}

function renderNumbers(numbers: TrafficNumbers): string {
  const { active, accepted, handled, requests, reading, writing, waiting } = numbers;
  return [
    `Active connections: ${active} `,
    'server accepts handled requests',
    ` ${accepted} ${handled} ${requests} `,
    `Reading: ${reading} Writing: ${writing} Waiting: ${waiting} `,
    '',
  ].join('\n');
}
