import type { Schema } from '~/api/client';

export interface Part {
  name: string;
  weight: number;
  /** From 0 to 1; undefined where it does not count. */
  value: number | undefined;
  /** What it takes from the score, in points of 100. */
  costs: number;
}

/** How the score comes about, service by service, as the server reckons it (docs/operating.md). */
export function scoreParts(services: readonly Schema<'ServiceHealth'>[]): Part[] {
  const parts = services.map((service) => ({ name: service.name, weight: weightOf(service), value: valueOf(service), costs: 0 }));
  const weights = parts.reduce((sum, { weight, value }) => sum + (value === undefined ? 0 : weight), 0);
  return parts.map((part) => ({ ...part, costs: part.value === undefined || weights === 0 ? 0 : (100 * part.weight * (1 - part.value)) / weights }));
}

function weightOf(service: Schema<'ServiceHealth'>): number {
  if (service.type !== 'app') return 1;
  return service.serves ? 4 : 2;
}

function valueOf(service: Schema<'ServiceHealth'>): number | undefined {
  if (service.disabled || !service.managed || service.status === 'unknown') return undefined;
  if (service.type === 'app') return service.desired ? Math.min(1, (service.ready ?? 0) / service.desired) : undefined;
  return { healthy: 1, warning: 0.5, unhealthy: 0 }[service.status];
}
