import type { Template } from '~/api/queries/templates';

export const templateTypes = ['full_environment', 'service_config', 'variables_only', 'infrastructure', 'custom'] as const satisfies readonly Template['type'][];
export type TemplateType = (typeof templateTypes)[number];

export const environmentTypes = ['development', 'testing', 'staging', 'production', 'preview', 'custom'] as const satisfies readonly Template['environmentTypes'][number][];
export type EnvironmentType = (typeof environmentTypes)[number];
