/** What a head may not say any more when a filter changes the bytes of the body. */

import type { Answer } from '../pipeline/filters/answer.ts';

/**
 * The length is not known, ranges of the body are not sent, and the entity tag is a weak one: the bytes may differ from those that the strong tag names, while the content
 * is the same (RFC 9110 8.8.1).
 */
export function forgetBytes(answer: Answer): void {
  answer.length = undefined;
  answer.takesRanges = false;
  answer.fields = answer.fields.without('accept-ranges');
  const tag = answer.fields.get('etag');
  if (tag !== undefined && !tag.startsWith('W/')) {
    answer.fields = tag.startsWith('"') ? answer.fields.set('ETag', `W/${tag}`) : answer.fields.without('etag');
  }
}

/** The content is another: what has told of the old one is gone, beside Last-Modified if that is to be kept. */
export function forgetContent(answer: Answer, keepsLastModified: boolean): void {
  answer.length = undefined;
  answer.takesRanges = false;
  if (keepsLastModified) {
    forgetBytes(answer);
  } else {
    answer.fields = answer.fields.without('accept-ranges', 'etag', 'last-modified');
  }
}
