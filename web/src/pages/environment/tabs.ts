import { lazy, type ComponentType, type LazyExoticComponent } from 'react';
import type { EnvironmentTab } from '~/shell/addresses';

export interface TabProps {
  /** Its name, or its ID: as it stands in the address. */
  environment: string;
}

type Tab = LazyExoticComponent<ComponentType<TabProps>>;

/** The tabs that there are, each loaded when it is looked at. One that is not here is not shown. */
export const tabs: Partial<Record<EnvironmentTab, Tab>> = {
  overview: lazy(() => import('./overview/OverviewTab').then(({ OverviewTab }) => ({ default: OverviewTab }))),
  deployments: lazy(() => import('./deployments/DeploymentsTab').then(({ DeploymentsTab }) => ({ default: DeploymentsTab }))),
  health: lazy(() => import('./health/HealthTab').then(({ HealthTab }) => ({ default: HealthTab }))),
  logs: lazy(() => import('./logs/LogsTab').then(({ LogsTab }) => ({ default: LogsTab }))),
  activity: lazy(() => import('./activity/ActivityTab').then(({ ActivityTab }) => ({ default: ActivityTab }))),
  configuration: lazy(() => import('./configuration/ConfigurationTab').then(({ ConfigurationTab }) => ({ default: ConfigurationTab }))),
  variables: lazy(() => import('./variables/VariablesTab').then(({ VariablesTab }) => ({ default: VariablesTab }))),
  settings: lazy(() => import('./settings/SettingsTab').then(({ SettingsTab }) => ({ default: SettingsTab }))),
};
