/** The field Server, which an application's own takes the place of. */

import type { Scope } from '../../../config/model/scope.ts';
import type { ResponseHead } from '../../../protocol/http/exchange.ts';
import { fieldsOfLines, makeLine } from '../../../protocol/http/response-fields.ts';
import type { HeadEdit } from '../route.ts';

export function compileServerField({ serverField }: Scope): HeadEdit | undefined {
  if (serverField === '') {
    return undefined;
  }
  const line = fieldsOfLines([makeLine('Server', serverField)]);
  return (head: ResponseHead) => (head.fields.has('server') ? head : { ...head, fields: line.and(head.fields) });
}
