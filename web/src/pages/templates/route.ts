import { createRoute, lazyRouteComponent } from '@tanstack/react-router';
import { addresses } from '~/shell/addresses';
import { shellRoute } from '~/shell/root';
import { asOneOf, asText } from '~/shell/search';
import { environmentTypes, templateTypes, type EnvironmentType, type TemplateType } from './kinds';
import { withTexts } from '~/text/with-texts';

export interface TemplatesSearch {
  type?: TemplateType | undefined;
  for?: EnvironmentType | undefined;
}

export const templatesRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: addresses.templates,
  validateSearch: (search): TemplatesSearch => ({ type: asOneOf(search.type, templateTypes), for: asOneOf(search.for, environmentTypes) }),
  component: lazyRouteComponent(withTexts(['templates'], () => import('./TemplatesPage')), 'TemplatesPage'),
});

export interface TemplateSearch {
  version?: string | undefined;
  /** The environment that it is about to be applied to, or upgraded in. */
  apply?: string | undefined;
  upgrade?: string | undefined;
}

export const templateRoute = createRoute({
  getParentRoute: () => shellRoute,
  path: '/templates/$template',
  validateSearch: (search): TemplateSearch => ({ version: asText(search.version), apply: typeof search.apply === 'string' ? search.apply : undefined, upgrade: asText(search.upgrade) }),
  component: lazyRouteComponent(withTexts(['dialogs', 'templates'], () => import('./TemplatePage')), 'TemplatePage'),
});
