import { useQuery } from '@tanstack/react-query';
import type { Schema } from '~/api/client';
import { deploymentQuery } from '~/api/queries/deployments';
import { Ago } from '~/parts/Ago';
import { Facts } from '~/parts/Facts';
import { Hash, Version } from '~/parts/Version';
import { useText } from '~/text/text';

/** What an operation is about, for somebody who has to decide about it. */
export function OperationSummary({ operation, environment }: { operation: Schema<'Operation'>; environment: string }) {
  return operation.kind === 'deploy' ? <OfDeployment id={operation.id} /> : <OfOther operation={operation} environment={environment} />;
}

function OfDeployment({ id }: { id: string }) {
  const t = useText();
  const d = useQuery(deploymentQuery(id)).data;
  if (!d) return null;
  return (
    <Facts
      rows={[
        [t.dialogs.release, <Version key="version" version={d.version} />],
        [t.dialogs.environment, d.environment],
        [t.dialogs.revision, <Hash key="hash" value={d.revisionHash} length={12} />],
        [t.dialogs.strategy, d.recipe ? t.dialogs.recipe(d.recipe.name) : t.parts.strategy[d.strategy]],
        [t.dialogs.config.label, t.dialogs.configVersion(d.configVersion)],
        [t.dialogs.askedBy, <span key="by">{d.startedBy}, <Ago at={d.createdAt} /></span>],
        [t.dialogs.starts, d.scheduledFor && <Ago key="at" at={d.scheduledFor} exact />],
        [t.dialogs.promotedFrom, d.promotedFrom?.environment],
        [t.dialogs.description, d.description],
        [t.dialogs.reason, d.reason],
      ]}
    />
  );
}

function OfOther({ operation, environment }: { operation: Schema<'Operation'>; environment: string }) {
  const t = useText();
  const s = operation.switch;
  return (
    <Facts
      rows={[
        [t.dialogs.what, t.dialogs.kind[operation.kind]],
        [t.dialogs.environment, s ? t.dialogs.fromTo(s.from ?? '–', s.to) : environment],
        [t.dialogs.release, s?.version && <Version key="version" version={s.version} />],
        [t.dialogs.revision, s?.revisionHash && <Hash key="hash" value={s.revisionHash} length={12} />],
        [t.dialogs.askedBy, <span key="by">{operation.createdBy}, <Ago at={operation.createdAt} /></span>],
        [t.dialogs.reason, s?.reason],
      ]}
    />
  );
}
