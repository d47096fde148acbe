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

const PART = String.raw`(?:[01]?\d{1,2}|2[0-4]\d|25[0-5])`;
const IPV4 = new RegExp(`^${PART}(?:\\.${PART}){3}$`);

export function isIpv4(text: string): boolean {
  // One look at the text: files have a hundred thousand of them.
  return IPV4.test(text);
}
