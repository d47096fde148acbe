/** Addresses of networks, as `allow`, `deny` and `geo` have them. */

/** An address, or one with a mask. As far as its form goes: numbers in range, and a mask that is not longer than the address. */
export function isNetwork(text: string): boolean {
  const [address = '', mask, ...rest] = text.split('/');
  const bits = isIpv4(address) ? 32 : /^[\da-f:.]+$/i.test(address) && address.includes(':') ? 128 : -1;
  return (
    bits > 0 &&
    rest.length === 0 &&
    (mask === undefined || (/^\d{1,3}$/.test(mask) && Number(mask) <= bits) || isIpv4(mask))
  );
}

export function isIpv4(text: string): boolean {
  const parts = text.split('.');
  return parts.length === 4 && parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256);
}
