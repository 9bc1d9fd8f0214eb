import type { Schema } from '~/api/client';
import type { Texts } from '~/text/texts';

// What a form knows by itself to be incomplete or wrong. The server has the last word; but it is not asked at each key
// for what can only be refused.

type Words = Texts['dialogs']['known'];

interface Known {
  /** Whether it is worth asking the server. */
  whole: boolean;
  /** What is wrong, for the field; nothing as long as it may only be unfinished. */
  fault?: string;
}

/** The name of an environment or of a rule that is to be made. */
export function knownOfName(name: string, taken: readonly string[], reserved: readonly string[], t: Words): Known {
  if (name === '') return { whole: false };
  if (!/^[a-z0-9][a-z0-9-]*$/.test(name) || name.length > 30) return { whole: false, fault: t.name };
  if (reserved.includes(name)) return { whole: false, fault: t.reserved(name) };
  if (taken.includes(name)) return { whole: false, fault: t.taken(name) };
  return { whole: name.length >= 3 && !name.endsWith('-') };
}

/** A rule of cron: five fields, or a word such as @daily. */
export function knownOfRule(rule: string, t: Words): Known {
  const said = rule.trim();
  if (said === '') return { whole: false };
  if (/[^\w*/,\-?@ ]/.test(said)) return { whole: false, fault: t.rule };
  const fields = said.split(/\s+/).length;
  if (said.startsWith('@')) return /^@(yearly|annually|monthly|weekly|daily|midnight|hourly)$/.test(said) ? { whole: true } : { whole: false };
  return fields > 5 ? { whole: false, fault: t.rule } : { whole: fields === 5 };
}

type Variable = Schema<'TemplateVariable'>;

/** What a template's variable demands and a value is not; empty ones are left to the template, or to be filled in. */
export function faultOfValue({ type, validation: of = {} }: Variable, value: unknown, t: Texts['templates']['demands'], number: (n: number) => string): string | undefined {
  if (value === undefined || value === '') return undefined;
  if (type === 'number') {
    const n = Number(value);
    if (!Number.isFinite(n)) return t.number;
    if (of.min !== undefined && n < of.min) return t.min(number(of.min));
    if (of.max !== undefined && n > of.max) return t.max(number(of.max));
    return undefined;
  }
  if (typeof value !== 'string') return undefined;
  if (of.minLength !== undefined && value.length < of.minLength) return t.minLength(number(of.minLength));
  if (of.maxLength !== undefined && value.length > of.maxLength) return t.maxLength(number(of.maxLength));
  return undefined;
}

/** The first variable that a template cannot do without and nobody has given: its key. */
export function missingOf(variables: readonly Variable[], values: Readonly<Record<string, unknown>>): string | undefined {
  const empty = (value: unknown) => value === undefined || value === '';
  return variables.find(({ key, required, defaultValue }) => required === true && empty(defaultValue) && empty(values[key]))?.key;
}
