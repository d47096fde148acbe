import { FRAME } from '../../protocol/lanes/frames.ts';
import type { Call } from '../call.ts';
import { renderFields } from './response-head.ts';

/** HINTS or TRAILERS: name, value, name, value … Returns what the worker did wrong, if it did. */
export function passFields(type: number, text: string, call: Call): string | undefined {
  const rendered = renderFields(['', ...text.split('\0')]);
  if (rendered === undefined) {
    return type === FRAME.hints ? 'malformed hints' : 'malformed trailers';
  }
  if (type === FRAME.hints) {
    call.reply.onHints(rendered.fields, text.length);
  } else {
    call.reply.onTrailers(rendered.fields);
  }
  return undefined;
}
