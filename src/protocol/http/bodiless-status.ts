/** Statuses whose responses have no body, whatever the application gives (RFC 9110 6.4.1; 15.3.6 for 205 Reset Content). */
export function forbidsBody(status: number): boolean {
  return status === 204 || status === 205 || status === 304 || status < 200;
}
