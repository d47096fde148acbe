/** What the meaning of nginx's files depends on beside the files: where it was started, on which machine, by whom. */

export interface NginxSurroundings {
  /** What logs, the pid file and folders of files are relative to; ends with a slash. */
  readonly prefix: string;
  /** What certificates and files of passwords are relative to; ends with a slash. */
  readonly confPrefix: string;
  /** Where errors are written that no `error_log` says anything about; '': standard error. */
  readonly errorLog: string;
  /** Where requests are logged that no `access_log` says anything about; '': nowhere. */
  readonly accessLog: string;
  readonly coreCount: number;
  readonly isRoot: boolean;
  /** Of the machine, for `server_name $hostname`. */
  readonly hostname: string;
  /** Whether the system has a user, and a group, of this name. */
  readonly accounts: { hasUser(name: string): boolean; hasGroup(name: string): boolean };
  /** What the list of processes shows. */
  readonly title: string;
}

export function fullName(name: string, prefix: string): string {
  return name.startsWith('/') ? name : `${prefix}${name}`;
}
