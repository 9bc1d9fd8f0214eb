// The schemas that the server checks with, and no copies of them.
import application from '../../../../../internal/config/schema/application.json';
import backup from '../../../../../internal/config/schema/backup.json';
import features from '../../../../../internal/config/schema/features.json';
import general from '../../../../../internal/config/schema/general.json';
import infrastructure from '../../../../../internal/config/schema/infrastructure.json';
import integrations from '../../../../../internal/config/schema/integrations.json';
import logging from '../../../../../internal/config/schema/logging.json';
import maintenance from '../../../../../internal/config/schema/maintenance.json';
import performance from '../../../../../internal/config/schema/performance.json';
import type { SectionName } from './sections';

/** What of JSON Schema the sections use. */
export interface JsonSchema {
  type?: string | readonly string[];
  title?: string;
  description?: string;
  properties?: Record<string, JsonSchema>;
  additionalProperties?: boolean | JsonSchema;
  items?: JsonSchema;
  enum?: readonly string[];
  required?: readonly string[];
  examples?: readonly unknown[];
  minimum?: number;
  maximum?: number;
}

export const schemas: Record<SectionName, JsonSchema> = { general, application, infrastructure, integrations, features, performance, logging, backup, maintenance };
