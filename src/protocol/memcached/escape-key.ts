/** Keys end with a space or a control, so these are escaped, and the sign that escapes; as nginx does, so that whoever fills the cache knows the key. */

const UNSAFE = /[\0-\x20%]/g;

/** Latin-1 in and out. */
export function escapeMemcachedKey(key: string): string {
  return key.replace(UNSAFE, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`);
}
