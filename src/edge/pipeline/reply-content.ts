/** Content that is the same few words for every request. */

import type { ReplyContent } from '../../config/model/content.ts';
import type { Compilation } from './compilation.ts';
import { compileReturn } from './rewrite/return.ts';
import type { Produce } from './route.ts';

export function compileReply(content: ReplyContent, compilation: Compilation): Produce {
  const answer = compileReturn(content, compilation);
  return (_, route) => route?.continueWith(answer(route));
}
