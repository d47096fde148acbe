/** `empty_gif`: a picture of one transparent pixel, from memory. */

import type { Exchange, ResponseHead } from '../../protocol/http/exchange.ts';
import { fieldsOf } from '../../protocol/http/response-fields.ts';

/** GIF89a: a screen of one pixel, two colours of which the first is transparent, one image of one pixel. */
const PIXEL = Buffer.from('R0lGODlhAQABAIABAAAAAP///yH5BAEAAAEALAAAAAABAAEAAAICTAEAOw==', 'base64');

const HEAD: ResponseHead = {
  status: 200,
  reason: undefined,
  fields: fieldsOf('Content-Type: image/gif\r\nLast-Modified: Mon, 28 Sep 1970 06:00:00 GMT\r\n', false),
};
const ALLOW = fieldsOf('Allow: GET, HEAD\r\n', false);

export function answerEmptyGif({ method, responder }: Exchange): void {
  if (method === 'GET' || method === 'HEAD') {
    responder.respond(HEAD, PIXEL);
  } else {
    responder.refuse(405, undefined, ALLOW);
  }
}
