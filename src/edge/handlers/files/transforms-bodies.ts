import type { Scope } from '../../../config/model/scope.ts';

/** Whether a filter of the scope may send other bytes than those of the file. */
export function transformsBodies({ compressions, charset, substitutions, additions, includes }: Scope): boolean {
  const isCompressing = compressions !== undefined && (compressions.codings.length > 0 || compressions.decompresses);
  return [charset, substitutions, additions, includes].some((feature) => feature !== undefined) || isCompressing;
}
