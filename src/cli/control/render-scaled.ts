import type { OperatorAnswer } from '../../protocol/control/operator.ts';

/** What `portico scale` prints when it is done. */
export function renderScaled({
  before,
  workers,
}: Pick<Extract<OperatorAnswer, { kind: 'scaled' }>, 'before' | 'workers'>): string {
  const was = before === workers ? '' : ` (before: ${before})`;
  return `portico scale: ${workers} worker${workers === 1 ? ' serves' : 's serve'}${was}.\n`;
}
