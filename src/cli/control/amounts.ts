/** Times and sizes for people. */

const [SECOND, MINUTE, HOUR, DAY] = [1000, 60_000, 3_600_000, 86_400_000];

/** In one unit or two: `3 d 4 h`, `12 min`, `4.2 s`, `17 ms`. */
export function renderAge(ms: number): string {
  if (ms < SECOND) {
    return `${Math.round(Math.max(0, ms))} ms`;
  }
  if (ms < MINUTE) {
    return `${(ms / SECOND).toFixed(1)} s`;
  }
  if (ms < HOUR) {
    return `${Math.floor(ms / MINUTE)} min ${Math.floor((ms % MINUTE) / SECOND)} s`;
  }
  return ms < DAY
    ? `${Math.floor(ms / HOUR)} h ${Math.floor((ms % HOUR) / MINUTE)} min`
    : `${Math.floor(ms / DAY)} d ${Math.floor((ms % DAY) / HOUR)} h`;
}

export function renderBytes(bytes: number): string {
  return bytes < 2 ** 30 ? `${Math.round(bytes / 2 ** 20)} MB` : `${(bytes / 2 ** 30).toFixed(1)} GB`;
}

/** `2026-11-21 10:04:33`, in local time. */
export function renderTime(atMs: number): string {
  const time = new Date(atMs);
  const two = (value: number): string => String(value).padStart(2, '0');
  const date = `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
  return `${date} ${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`;
}
