import type { Schema } from '~/api/client';

export interface Exported {
  variables: { key: string; value: string }[];
  /** Secrets, and what has one in it. */
  secrets: string[];
  /** What services get different values of. */
  differ: string[];
}

/** What one service gets; without one, what all of them get, as long as they get the same under the same name. */
export function exported(config: Schema<'ResolvedConfig'>, service: string, withSecrets: boolean): Exported {
  const env = new Map<string, string>();
  const secrets = new Set<string>();
  const differ = new Set<string>();
  for (const [name, of] of Object.entries(config.services)) {
    if (service !== '' && name !== service) continue;
    for (const [key, value] of Object.entries(of.env)) {
      const before = env.get(key);
      if (before !== undefined && before !== value) differ.add(key);
      env.set(key, before ?? value);
      if (of.secrets?.includes(key)) secrets.add(key);
    }
  }
  const variables = [...env].filter(([key]) => withSecrets || !secrets.has(key)).map(([key, value]) => ({ key, value }));
  return { variables, secrets: [...secrets].sort(), differ: [...differ].sort() };
}
