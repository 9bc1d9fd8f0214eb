import type { Schema } from '~/api/client';

export type Format = Schema<'VariablesFile'>['format'];

/** The formats that other tools read, with what their files end in. */
export const formats: readonly { format: Format; name: string; ending: string }[] = [
  { format: 'dotenv', name: 'dotenv (.env)', ending: '.env' },
  { format: 'json', name: 'JSON', ending: '.json' },
  { format: 'yaml', name: 'YAML', ending: '.yaml' },
  { format: 'shell', name: 'Shell', ending: '.sh' },
  { format: 'tfvars', name: 'Terraform (.tfvars)', ending: '.tfvars' },
  { format: 'configmap', name: 'Kubernetes ConfigMap', ending: '.yaml' },
  { format: 'secret', name: 'Kubernetes Secret', ending: '.yaml' },
  { format: 'docker-env', name: 'Docker --env-file', ending: '.env' },
];

/** The format that a file is of, by its name and, for Kubernetes, its kind. */
export function guess(name: string, text: string): Format | undefined {
  const file = name.toLowerCase();
  if (file.endsWith('.json')) return 'json';
  if (file.endsWith('.sh')) return 'shell';
  if (file.endsWith('.tfvars')) return 'tfvars';
  if (/\.ya?ml$/.test(file)) {
    const kind = /^kind:\s*["']?(ConfigMap|Secret)\b/m.exec(text)?.[1];
    if (kind === 'ConfigMap') return 'configmap';
    return kind === 'Secret' ? 'secret' : 'yaml';
  }
  return file === '.env' || file.startsWith('.env.') || file.endsWith('.env') ? 'dotenv' : undefined;
}

/** Whether a name fits one of the patterns: *_PASSWORD, *_KEY. */
export function fits(name: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) => {
    const expression = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&')).join('.*');
    return new RegExp(`^${expression}$`).test(name);
  });
}
