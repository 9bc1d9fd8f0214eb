import { useQuery } from '@tanstack/react-query';
import { environmentQuery, healthQuery, statusQuery } from '~/api/queries/environments';
import { Go } from '~/parts/Go';
import { ProblemNote } from '~/parts/ProblemNote';
import { Section } from '~/parts/Section';
import { Waiting } from '~/parts/Waiting';
import { addresses } from '~/shell/addresses';
import { useProject } from '~/shell/use-project';
import { useText } from '~/text/text';
import { changeSearch } from '../change/change-search';
import { ChangeDialog } from '../change/ChangeDialog';
import { ResourceBars } from '../ResourceBars';
import { tabs, type TabProps } from '../tabs';
import { useTabSearch } from '../use-tab-search';
import { Deploying } from './Deploying';
import classes from './OverviewTab.module.css';
import { Revision } from './Revision';
import { Services } from './Services';
import { Settings } from './Settings';
import { Tags } from './Tags';

/** An environment at a glance, and the switches of the whole and of each service. */
export function OverviewTab({ environment: name }: TabProps) {
  const t = useText().environment;
  const project = useProject();
  const environment = useQuery(environmentQuery(name, project));
  const status = useQuery(statusQuery(name, project));
  const health = useQuery(healthQuery(name, project));
  const [, setSearch] = useTabSearch(changeSearch);
  if (!status.data || !environment.data) {
    const error = status.error ?? environment.error;
    return error ? <ProblemNote error={error} onRetry={() => void status.refetch()} /> : <Waiting for={t.loading.status} />;
  }
  return (
    <div className={classes.tab}>
      {status.error && <ProblemNote error={status.error} onRetry={() => void status.refetch()} />}
      <Services services={status.data.services} health={health.data?.services} onChange={setSearch} />
      <div className={classes.columns}>
        <div className={classes.column}>
          <Revision name={environment.data.name} status={status.data} />
          <Settings environment={environment.data} status={status.data} onChange={setSearch} />
        </div>
        <div className={classes.column}>
          <Deploying environment={environment.data} />
          <Section title={t.resources.title} actions={tabs.health && <Go to={addresses.environment(name, 'health')} size="sm">{t.resources.more}</Go>}>
            <ResourceBars metrics={status.data.metrics} />
          </Section>
          <Tags environment={environment.data} />
        </div>
      </div>
      <ChangeDialog environment={environment.data} status={status.data} />
    </div>
  );
}
