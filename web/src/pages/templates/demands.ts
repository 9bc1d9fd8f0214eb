import type { TemplateVariable } from '~/api/queries/templates';
import type { Texts } from '~/text/texts';

/** What a value has to be, in words. */
export function demands({ validation: of = {} }: TemplateVariable, t: Texts['templates']['demands'], number: (n: number) => string): string {
  const words: string[] = [];
  if (of.enum) words.push(t.enum(of.enum.join(', ')));
  if (of.min !== undefined) words.push(t.min(number(of.min)));
  if (of.max !== undefined) words.push(t.max(number(of.max)));
  if (of.minLength !== undefined) words.push(t.minLength(number(of.minLength)));
  if (of.maxLength !== undefined) words.push(t.maxLength(number(of.maxLength)));
  if (of.pattern !== undefined) words.push(t.pattern(of.pattern));
  return words.join(', ');
}
