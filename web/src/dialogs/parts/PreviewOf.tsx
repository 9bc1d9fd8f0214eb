import { Group } from '@mantine/core';
import type { Schema } from '~/api/client';
import { GateAnswer } from '~/parts/GateAnswer';
import { ProblemNote } from '~/parts/ProblemNote';
import { Hash, Version } from '~/parts/Version';
import { Waiting } from '~/parts/Waiting';
import { useText } from '~/text/text';
import { PlannedSteps } from './PlannedSteps';
import type { Preview } from './use-preview';

/** What the gate says to a deployment, what exactly it would bring, and how: or why that cannot be said. */
export function PreviewOf({ preview }: { preview: Preview<Schema<'DeploymentPreview'>> }) {
  const t = useText();
  if (preview.error) return <ProblemNote error={preview.error} onRetry={preview.again} />;
  if (!preview.answer) return <Waiting for={t.parts.gate.asking} />;
  const { deployment, gate, plan } = preview.answer;
  return (
    <div style={{ display: 'grid', gap: 12, opacity: preview.current ? 1 : 0.6 }} aria-busy={!preview.current}>
      <GateAnswer gate={gate} />
      {deployment.version !== '' && (
        <Group gap="lg" fz="sm" wrap="wrap">
          <span>
            {t.dialogs.release} <Version version={deployment.version} />
          </span>
          {deployment.revisionHash !== '' && (
            <span>
              {t.dialogs.revision} <Hash value={deployment.revisionHash} length={12} />
            </span>
          )}
          <span>{t.dialogs.configVersion(deployment.configVersion)}</span>
        </Group>
      )}
      <PlannedSteps steps={plan.steps} />
    </div>
  );
}
