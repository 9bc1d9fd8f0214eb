import { isObject } from './sections';

/** Sections as a text that people edit. */
export function write(value: unknown, language: 'json' | 'yaml'): string {
  if (language === 'json') return `${JSON.stringify(value, null, 2)}\n`;
  if (isObject(value) && Object.keys(value).length === 0) return '';
  return yaml(value, '');
}

function yaml(value: unknown, indent: string): string {
  if (Array.isArray(value)) {
    return value
      .map((item: unknown) => {
        const body = isFull(item) ? yaml(item, `${indent}  `) : `${scalar(item)}\n`;
        return `${indent}- ${body.slice(isFull(item) ? indent.length + 2 : 0)}`;
      })
      .join('');
  }
  return Object.entries(value as object)
    .map(([name, item]) => `${indent}${text(name)}:${isFull(item) ? `\n${yaml(item, `${indent}  `)}` : ` ${scalar(item)}\n`}`)
    .join('');
}

function isFull(value: unknown): boolean {
  return (Array.isArray(value) && value.length > 0) || (isObject(value) && Object.keys(value).length > 0);
}

function scalar(value: unknown): string {
  if (typeof value === 'string') return text(value);
  return JSON.stringify(value);
}

const plain = /^[A-Za-z_/][A-Za-z0-9_./@+-]*( [A-Za-z0-9_./@+-]+)*$/;
const other = /^(true|false|null|yes|no|on|off|y|n|~)$/i;

/** A text as it is where nothing but a text can be meant, else in quotes, which JSON and YAML have in common. */
function text(value: string): string {
  return plain.test(value) && !other.test(value) ? value : JSON.stringify(value);
}
