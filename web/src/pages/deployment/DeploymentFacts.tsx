import { useQuery } from '@tanstack/react-query';
import type { Deployment } from '~/api/queries/deployments';
import { progressQuery } from '~/api/queries/progress';
import { Ago, Took } from '~/parts/Ago';
import { Facts } from '~/parts/Facts';
import { Go } from '~/parts/Go';
import { Section } from '~/parts/Section';
import { Hash, Version } from '~/parts/Version';
import { addresses } from '~/shell/addresses';
import { useProject } from '~/shell/use-project';
import { useFormat, useText } from '~/text/text';
import { servedMeanwhile } from './figures';

/** What, who, when, how long, with what result. */
export function DeploymentFacts({ deployment: d, shifts }: { deployment: Deployment; shifts: number }) {
  const texts = useText();
  const t = texts.deployment.facts;
  const f = useFormat();
  const project = useProject();
  const progress = useQuery({ ...progressQuery(d.id, d.status === 'running', shifts, project), enabled: d.startedAt !== undefined }).data;
  const all = progress && d.startedAt !== undefined ? servedMeanwhile(progress, d.startedAt, d.completedAt) : undefined;
  return (
    <Section title={d.completedAt === undefined ? t.title : t.report}>
      <Facts
        rows={[
          [t.release, <Go key="v" to={addresses.release(d.version)}><Version version={d.version} /></Go>],
          [t.environment, <Go key="e" to={addresses.environment(d.environment)}>{d.environment}</Go>],
          [t.revision, <Hash key="h" value={d.revisionHash} length={12} />],
          [t.strategy, d.recipe ? texts.dialogs.recipe(d.recipe.name) : texts.parts.strategy[d.strategy]],
          [t.validation, d.validationRequired ? d.validation : t.noValidation],
          [t.configuration, t.version(d.configVersion)],
          [t.by, d.startedBy],
          [t.asked, <Ago key="c" at={d.createdAt} exact />],
          [t.scheduledFor, d.scheduledFor && <Ago key="s" at={d.scheduledFor} exact />],
          [t.notAfter, d.notAfter && d.startedAt === undefined && <Ago key="n" at={d.notAfter} exact />],
          [t.approvedBy, d.approvedBy],
          [t.started, d.startedAt && <Ago key="b" at={d.startedAt} exact />],
          [t.ended, d.completedAt && <Ago key="d" at={d.completedAt} exact />],
          [t.took, d.startedAt && <Took key="t" from={d.startedAt} until={d.completedAt} />],
          [t.result, d.completedAt && texts.parts.status[d.status]],
          [t.failedRequests, all && (all.requests > 0 ? t.failedOf(f.number(all.errors), f.number(all.requests)) : t.noRequests)],
          [t.held, progress?.heldMs && f.duration(progress.heldMs)],
          [t.promotedFrom, d.promotedFrom && <Go key="p" to={addresses.environment(d.promotedFrom.environment)}>{d.promotedFrom.environment}</Go>],
          [t.takesBack, d.rollbackOf && <Go key="r" to={addresses.deployment(d.rollbackOf)}>{t.thatDeployment}</Go>],
          [t.onFailure, d.rollbackOnFailure ? undefined : t.noRollback],
          [t.forced, d.forced && t.yes],
          [t.reason, d.reason],
          [t.description, d.description],
        ]}
      />
    </Section>
  );
}
