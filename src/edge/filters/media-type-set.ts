/** The media types in which a filter is interested. */

import type { MediaTypes } from '../../config/model/bodies.ts';
import type { ResponseFields } from '../../protocol/http/response-fields.ts';

/** Whether a response is of one of the types. `*` is any, and a response that does not say its type too. */
export function compileMediaTypes(types: MediaTypes): (fields: ResponseFields) => boolean {
  if (types.includes('*')) {
    return () => true;
  }
  const set = new Set(types.map((type) => type.toLowerCase()));
  return (fields) => {
    const value = fields.get('content-type');
    return value !== undefined && set.has(mediaTypeOf(value));
  };
}

/** Of a Content-Type, without its parameters, in lower case. */
export function mediaTypeOf(contentType: string): string {
  const semicolon = contentType.indexOf(';');
  const type = semicolon === -1 ? contentType : contentType.slice(0, semicolon);
  return type.trim().toLowerCase();
}
