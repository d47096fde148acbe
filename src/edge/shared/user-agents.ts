/** Browsers of old whose faults are heeded where a configuration says so. What counts as one is as nginx has it. */

/** Internet Explorer up to 6, but for that of Windows XP's second service pack ("SV1"). Opera calls itself by its name too. */
export function isOldExplorer(userAgent: string): boolean {
  const [, major, rest = ''] = /MSIE ([456])\.(.*)/.exec(userAgent) ?? [];
  return major !== undefined && !userAgent.includes('Opera') && (major !== '6' || !rest.includes('SV1'));
}

const OTHERS = /MSIE |Opera|Gecko\/|Chrome\//;

/** Safari on a Mac. Others call themselves by its name too. */
export function isSafari(userAgent: string): boolean {
  return userAgent.includes('Safari/') && userAgent.includes('Mac OS X') && !OTHERS.test(userAgent);
}
