import { queryOptions } from '@tanstack/react-query';
import { answer, api, type Schema } from '../client';
import { key } from '../keys';
import { environmentsQuery } from './environments';
import type { QueryClient } from '@tanstack/react-query';

export type Template = Schema<'ConfigTemplate'>;
export type TemplateVariable = Schema<'TemplateVariable'>;
export type AppliedTemplate = Schema<'AppliedTemplate'>;

/** A project's configuration templates and the built-in ones, without what they make. */
export const templatesQuery = (project?: string) =>
  queryOptions({
    queryKey: key('templates', { project }),
    queryFn: async ({ signal }) => (await answer(api.GET('/api/system/config/templates', { params: { query: { project } }, signal }))).items,
  });

/** One version of a template, the newest where none is named. */
export const templateQuery = (id: string, version: string | undefined, project?: string) =>
  queryOptions({
    queryKey: key('templates', { project, id, version }),
    queryFn: ({ signal }) => answer(api.GET('/api/system/config/templates/{id}', { params: { path: { id }, query: { project, version } }, signal })),
  });

export const templateVersionsQuery = (id: string, project?: string) =>
  queryOptions({
    queryKey: key('templates', { project, id, versions: true }),
    queryFn: async ({ signal }) =>
      (await answer(api.GET('/api/system/config/templates/{id}/versions', { params: { path: { id }, query: { project } }, signal }))).items,
  });

/** The templates that made an environment's configuration. */
export const appliedTemplatesQuery = (environment: string, project?: string) =>
  queryOptions({
    queryKey: key('config', { project, environment, templates: true }),
    queryFn: async ({ signal }) =>
      (await answer(api.GET('/api/system/environments/{id}/config/templates', { params: { path: { id: environment }, query: { project } }, signal }))).items,
  });

export interface AppliedTo {
  environment: string;
  applied: AppliedTemplate;
}

/** Where a template was applied, in all environments of the project. */
export const appliedToQuery = (queries: QueryClient, template: string, project?: string) =>
  queryOptions({
    queryKey: key('config', { project, appliedTo: template }),
    queryFn: async (): Promise<AppliedTo[]> => {
      const environments = await queries.query(environmentsQuery(project));
      const all = await Promise.all(
        environments.map(async ({ name }) => {
          const items = await queries.query(appliedTemplatesQuery(name, project));
          return items.filter((applied) => applied.template === template).map((applied) => ({ environment: name, applied }));
        }),
      );
      return all.flat();
    },
  });
