import { lazy, type ComponentType, type LazyExoticComponent } from 'react';
import type { EnvironmentTab } from '~/shell/addresses';
import { withTexts } from '~/text/with-texts';

export interface TabProps {
  /** Its name, or its ID: as it stands in the address. */
  environment: string;
}

interface Tab {
  Content: LazyExoticComponent<ComponentType<TabProps>>;
  /** Begins to load it, before there is anything to show around it. */
  load: () => Promise<unknown>;
}

function tab<Module>(load: () => Promise<Module>, pick: (module: Module) => ComponentType<TabProps>): Tab {
  return { load, Content: lazy(async () => ({ default: pick(await load()) })) };
}

/** The tabs that there are, each loaded when it is looked at. One that is not here is not shown. */
export const tabs: Partial<Record<EnvironmentTab, Tab>> = {
  overview: tab(withTexts(['environment'], () => import('./overview/OverviewTab')), ({ OverviewTab }) => OverviewTab),
  deployments: tab(withTexts(['environment'], () => import('./deployments/DeploymentsTab')), ({ DeploymentsTab }) => DeploymentsTab),
  health: tab(withTexts(['environment'], () => import('./health/HealthTab')), ({ HealthTab }) => HealthTab),
  logs: tab(withTexts(['environment'], () => import('./logs/LogsTab')), ({ LogsTab }) => LogsTab),
  activity: tab(withTexts(['environment', 'history'], () => import('./activity/ActivityTab')), ({ ActivityTab }) => ActivityTab),
  configuration: tab(withTexts(['configuration', 'sync', 'variables'], () => import('./configuration/ConfigurationTab')), ({ ConfigurationTab }) => ConfigurationTab),
  variables: tab(withTexts(['variables'], () => import('./variables/VariablesTab')), ({ VariablesTab }) => VariablesTab),
  settings: tab(withTexts(['environment'], () => import('./settings/SettingsTab')), ({ SettingsTab }) => SettingsTab),
};
