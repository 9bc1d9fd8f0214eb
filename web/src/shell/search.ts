// What stands behind the question mark is text, always: a version 2.0 must not become the number 2. A page's
// validateSearch turns it into what it means, and what makes no sense into undefined: a link is never an error.

export type RawSearch = Record<string, unknown>;

export function parseSearch(search: string): RawSearch {
  const out: RawSearch = {};
  const params = new URLSearchParams(search);
  for (const name of new Set(params.keys())) {
    const values = params.getAll(name);
    out[name] = values.length > 1 ? values : values[0];
  }
  return out;
}

export function stringifySearch(search: RawSearch): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(search)) {
    for (const item of Array.isArray(value) ? value : [value]) {
      if (typeof item === 'string' || typeof item === 'number' || item === true) params.append(name, String(item));
    }
  }
  const text = params.toString();
  return text === '' ? '' : `?${text}`;
}

export function asText(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function asOneOf<const T extends string>(value: unknown, values: readonly T[]): T | undefined {
  return values.find((v) => v === value);
}

export function asMany(value: unknown): readonly string[] {
  return (Array.isArray(value) ? value : [value]).filter((v): v is string => typeof v === 'string' && v !== '');
}

export function asNumber(value: unknown): number | undefined {
  const n = typeof value === 'string' && value !== '' ? Number(value) : NaN;
  return Number.isFinite(n) ? n : undefined;
}

/** A moment, written as the API does. */
export function asMoment(value: unknown): string | undefined {
  const at = typeof value === 'string' ? Date.parse(value) : NaN;
  return Number.isNaN(at) ? undefined : new Date(at).toISOString();
}

export function asFlag(value: unknown): true | undefined {
  return value === 'true' || value === true ? true : undefined;
}
