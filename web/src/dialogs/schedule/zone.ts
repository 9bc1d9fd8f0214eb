const day = 86_400_000;

/** The time zones that this browser knows, by name; UTC among them. */
export function zones(): string[] {
  return [...new Set(['UTC', ...Intl.supportedValuesOf('timeZone')])];
}

/** The zone of whoever looks. */
export function ownZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';
}

/** What a clock on the wall of a zone shows: "2026-11-23T02:00". */
export function wallOf(at: number, zone: string): string {
  const parts = new Intl.DateTimeFormat('en-CA', {
    timeZone: zone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(at);
  const of = (type: string) => parts.find((part) => part.type === type)?.value ?? '';
  return `${of('year')}-${of('month')}-${of('day')}T${of('hour')}:${of('minute')}`;
}

/**
 * The moment at which that clock shows a time; the first one where it shows it twice, undefined where it never does
 * because it is put forward over it.
 */
export function momentOf(wall: string, zone: string): number | undefined {
  const asUTC = Date.parse(`${wall}:00Z`);
  if (Number.isNaN(asUTC)) return undefined;
  const offsets = [asUTC - day, asUTC + day].map((at) => Date.parse(`${wallOf(at, zone)}:00Z`) - at);
  const candidates = offsets.map((offset) => asUTC - offset).filter((at) => wallOf(at, zone) === wall);
  return candidates.length === 0 ? undefined : Math.min(...candidates);
}
