import { useQuery } from '@tanstack/react-query';
import { healthQuery, statusQuery } from '~/api/queries/environments';
import { ProblemNote } from '~/parts/ProblemNote';
import { Section } from '~/parts/Section';
import { Waiting } from '~/parts/Waiting';
import { useProject } from '~/shell/use-project';
import { useText } from '~/text/text';
import classes from '../overview/OverviewTab.module.css';
import { ResourceBars } from '../ResourceBars';
import type { TabProps } from '../tabs';
import { Alerts } from './Alerts';
import { Changes } from './Changes';
import { Charts } from './Charts';
import { Monitoring } from './Monitoring';
import { Score } from './Score';
import { Security } from './Security';
import { ServicesHealth } from './ServicesHealth';

/** How well an environment is, and how well it was. */
export function HealthTab({ environment }: TabProps) {
  const t = useText().environment;
  const project = useProject();
  const health = useQuery(healthQuery(environment, project));
  const status = useQuery(statusQuery(environment, project));
  if (!health.data) {
    return health.error ? <ProblemNote error={health.error} onRetry={() => void health.refetch()} /> : <Waiting for={t.loading.health} />;
  }
  return (
    <div className={classes.tab}>
      {health.error && <ProblemNote error={health.error} onRetry={() => void health.refetch()} />}
      <Alerts environment={environment} alerts={health.data.alerts} />
      <div className={classes.columns}>
        <Score health={health.data} />
        <Monitoring health={health.data} status={status.data} />
      </div>
      <ServicesHealth services={health.data.services} />
      <Charts environment={environment} />
      <div className={classes.columns}>
        <div className={classes.column}>
          <Section title={t.resources.title}>
            <ResourceBars metrics={status.data?.metrics} />
          </Section>
          <Changes changes={health.data.changes} />
        </div>
        <Security environment={environment} />
      </div>
    </div>
  );
}
