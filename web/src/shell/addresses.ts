// Every address of the dashboard, in one place: pages link to each other by these, whether or not the other is there.

const segment = encodeURIComponent;

export const environmentTabs = ['overview', 'configuration', 'variables', 'deployments', 'health', 'logs', 'activity', 'settings'] as const;
export type EnvironmentTab = (typeof environmentTabs)[number];

export const addresses = {
  overview: '/',
  map: '/map',
  environments: '/environments',
  environment: (name: string, tab: EnvironmentTab = 'overview') => `/environments/${segment(name)}${tab === 'overview' ? '' : `/${tab}`}`,
  deployment: (id: string) => `/deployments/${segment(id)}`,
  operation: (id: string) => `/operations/${segment(id)}`,
  compare: '/compare',
  releases: '/releases',
  release: (version: string) => `/releases/${segment(version)}`,
  templates: '/templates',
  template: (id: string) => `/templates/${segment(id)}`,
  approvals: '/approvals',
  schedules: '/schedules',
  activity: '/activity',
  tokens: '/tokens',
  settings: '/settings',
  signIn: '/sign-in',
} as const;
