import type { SentResponse } from './route.ts';

/** What is known of a response of which nothing has left. */
export function nothingSent(): SentResponse {
  return { status: 0, head: undefined, trailers: undefined, length: undefined, bodyBytes: 0, isComplete: false };
}
