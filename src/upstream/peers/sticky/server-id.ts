/** By what a sticky session knows a peer: the `route` of its server, or the MD5 of its address, which nginx's cookies have too. */

export function serverIdOf(route: string, name: string): string {
  return route === '' ? md5(name) : route;
}

/** For tables of numbers: 48 bits of an id. */
export function serverNumber(id: string): number {
  return Number.parseInt(md5(id).slice(0, NUMBER_DIGITS), 16);
}

const NUMBER_DIGITS = 12;

/** Not to keep a secret: clients are to be known by what they had from nginx. Loaded where sessions are sticky. */
function md5(text: string): string {
  return process.getBuiltinModule('node:crypto').createHash('md5').update(text, 'latin1').digest('hex');
}
