/** Where refusals look like nginx's, status lines do too: some of its reason phrases are its own. */

import type { Scope } from '../../../config/model/scope.ts';
import { nginxReason } from '../nginx-page.ts';
import type { HeadEdit } from '../route.ts';

export function compileReason({ refusals }: Scope): HeadEdit | undefined {
  if (refusals.style !== 'nginx') {
    return undefined;
  }
  return (head) => {
    const reason = head.reason ?? nginxReason(head.status);
    return reason === head.reason ? head : { ...head, reason };
  };
}
