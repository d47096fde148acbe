const NEW_KEY = 'Have a new certificate issued, for a new key';

/** Why OpenSSL refuses a certificate of the server. */
const WORDS: ReadonlyMap<string, string> = new Map([
  ['ee key too small', `its key is too short; RSA needs 2048 bits. ${NEW_KEY}`],
  ['ca key too small', `the key of an authority in the file is too short; RSA needs 2048 bits. ${NEW_KEY}`],
  ['ca md too weak', `it is signed by way of a weak digest, such as SHA-1. ${NEW_KEY}`],
  ['ee md too weak', `it is signed by way of a weak digest, such as SHA-1. ${NEW_KEY}`],
]);

/** OpenSSL's own where we have no other. */
export function inOurWords(reason: string): string {
  return WORDS.get(reason) ?? reason;
}
