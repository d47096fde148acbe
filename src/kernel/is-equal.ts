/** A list of so many items is worth remembering that it was compared. */
const LONG_LIST = 32;

/**
 * Whether two values of plain JSON say the same. A property that is undefined is as one that is not there. A long list that stands in many places of both values, as
 * addresses that are denied to each of 1,000 sites, is compared once.
 */
export function isEqual(one: unknown, other: unknown): boolean {
  return isSame(one, other, new Map());
}

/** `equals`: long lists, and what they were found equal to. */
function isSame(one: unknown, other: unknown, equals: Map<object, object>): boolean {
  if (one === other) {
    return true;
  }
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) {
    return false;
  }
  if (!Array.isArray(one)) {
    return !Array.isArray(other) && hasSameProperties(one, other, equals);
  }
  if (!Array.isArray(other) || one.length !== other.length) {
    return false;
  }
  if (equals.get(one) === other) {
    return true;
  }
  for (let index = 0; index < one.length; index += 1) {
    if (!isSame(one[index], other[index], equals)) {
      return false;
    }
  }
  if (one.length >= LONG_LIST) {
    equals.set(one, other);
  }
  return true;
}

function hasSameProperties(one: object, other: object, equals: Map<object, object>): boolean {
  // Both are plain JSON.
  const [first, second] = [one as Record<string, unknown>, other as Record<string, unknown>];
  for (const key of Object.keys(first)) {
    if (!isSame(first[key], second[key], equals)) {
      return false;
    }
  }
  for (const key of Object.keys(second)) {
    if (second[key] !== undefined && !(key in first)) {
      return false;
    }
  }
  return true;
}
