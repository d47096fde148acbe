/** The 64 digits in which crypt(3) writes hashes: the least significant first. */

const DIGITS = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const DIGIT_BITS = 6;

export function cryptDigit(value: number): string {
  return DIGITS.charAt(value & 0x3f);
}

/** Undefined for what is no digit. */
export function valueOfCryptDigit(digit: string): number | undefined {
  const value = digit === '' ? -1 : DIGITS.indexOf(digit);
  return value < 0 ? undefined : value;
}

/** Three bytes in four digits each; `order` names the bytes, the most significant first. */
export function encodeTriples(bytes: Uint8Array, order: readonly (readonly [number, number, number])[]): string {
  const byte = (index: number): number => bytes[index] ?? 0;
  return order
    .map(([high, middle, low]) => encodeDigits((byte(high) << 16) | (byte(middle) << 8) | byte(low), 4))
    .join('');
}

export function encodeDigits(value: number, count: number): string {
  return Array.from({ length: count }, (_, index) => cryptDigit(value >> (DIGIT_BITS * index))).join('');
}
