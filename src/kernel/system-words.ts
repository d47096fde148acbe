/** Errors of the system as programs written in C tell them: `2: No such file or directory`. */

/** Of strerror(3), for what files, sockets and processes are refused with. Node has words of its own, and others for the same error. */
const WORDS: Readonly<Record<string, string>> = {
  EPERM: 'Operation not permitted',
  ENOENT: 'No such file or directory',
  ESRCH: 'No such process',
  EIO: 'Input/output error',
  ENXIO: 'No such device or address',
  EACCES: 'Permission denied',
  EBUSY: 'Device or resource busy',
  EEXIST: 'File exists',
  ENODEV: 'No such device',
  ENOTDIR: 'Not a directory',
  EISDIR: 'Is a directory',
  EINVAL: 'Invalid argument',
  ENFILE: 'Too many open files in system',
  EMFILE: 'Too many open files',
  ETXTBSY: 'Text file busy',
  EFBIG: 'File too large',
  ENOSPC: 'No space left on device',
  EROFS: 'Read-only file system',
  ENAMETOOLONG: 'File name too long',
  ELOOP: 'Too many levels of symbolic links',
  EPIPE: 'Broken pipe',
  EMSGSIZE: 'Message too long',
  EAGAIN: 'Resource temporarily unavailable',
  ENETDOWN: 'Network is down',
  ENETUNREACH: 'Network is unreachable',
  ECONNABORTED: 'Software caused connection abort',
  ECONNRESET: 'Connection reset by peer',
  ETIMEDOUT: 'Connection timed out',
  EHOSTDOWN: 'Host is down',
  EHOSTUNREACH: 'No route to host',
  EADDRINUSE: 'Address already in use',
  EADDRNOTAVAIL: 'Cannot assign requested address',
  EAFNOSUPPORT: 'Address family not supported by protocol',
  ECONNREFUSED: 'Connection refused',
  EDQUOT: 'Disk quota exceeded',
};

export interface SystemFault {
  readonly number: number;
  readonly text: string;
}

/** The number is 0 and the text the message for an error that the system has not made. */
export function systemFault(error: unknown): SystemFault {
  // Whatever was thrown: the properties are looked at, not trusted.
  const { code, errno, message } = error as Partial<NodeJS.ErrnoException>;
  return typeof code === 'string' && typeof errno === 'number'
    ? { number: Math.abs(errno), text: WORDS[code] ?? code }
    : { number: 0, text: message ?? String(error) };
}

/** Both, as they stand in parentheses behind what has failed. */
export function systemWords(error: unknown): string {
  const { number, text } = systemFault(error);
  return number === 0 ? text : `${number}: ${text}`;
}
