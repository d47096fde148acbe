/** Whether two values of plain JSON say the same. A property that is undefined is as one that is not there. */
export function isEqual(one: unknown, other: unknown): boolean {
  if (one === other) {
    return true;
  }
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) {
    return false;
  }
  const [first, second] = [one as Record<string, unknown>, other as Record<string, unknown>];
  const keys = new Set([...Object.keys(first), ...Object.keys(second)]);
  return Array.isArray(one) === Array.isArray(other) && [...keys].every((key) => isEqual(first[key], second[key]));
}
