/** Fields by which a client wants a response only if something holds, or a part of it (RFC 9110 13.1, 14.2). */

const CONDITIONS: ReadonlySet<string> = new Set([
  'if-match',
  'if-none-match',
  'if-modified-since',
  'if-unmodified-since',
  'if-range',
  'range',
]);

export function isConditionField(lower: string): boolean {
  return CONDITIONS.has(lower);
}
