import { useQuery } from '@tanstack/react-query';
import type { Schema } from '~/api/client';
import { statusQuery } from '~/api/queries/environments';
import { Facts } from '~/parts/Facts';
import { Hash, Version } from '~/parts/Version';
import { useProject } from '~/shell/use-project';
import { useText } from '~/text/text';

/** What returns with a rollback: release, configuration and secrets, each from what to what. */
export function BringsBack({ deployment, environment }: { deployment: Schema<'Deployment'>; environment: string }) {
  const t = useText().dialogs.rollback;
  const project = useProject();
  const status = useQuery(statusQuery(environment, project)).data;
  const runs = status?.revision?.content;
  const warm = status?.warm?.hash === deployment.revisionHash;
  const then = warm ? status.warm?.content : undefined;
  const secrets = Object.entries(then?.secrets ?? {}).filter(([name, version]) => runs?.secrets?.[name] !== version);
  if (deployment.version === '') return null;
  return (
    <Facts
      rows={[
        [
          t.release,
          <span key="release">
            <Version version={runs?.release} /> → <Version version={deployment.version} />
          </span>,
        ],
        [
          t.configuration,
          runs === undefined ? undefined : runs.config === deployment.configVersion ? t.sameConfig(runs.config) : t.fromTo(runs.config, deployment.configVersion),
        ],
        [t.secretsOf, then === undefined ? t.secretsThen : secrets.length === 0 ? t.secretsSame : secrets.map(([name, version]) => t.secret(name, version)).join(', ')],
        [t.revision, <Hash key="hash" value={deployment.revisionHash} length={12} />],
        [t.how, warm ? t.warm : t.cold],
      ]}
    />
  );
}
