import { ActionIcon, Anchor, CopyButton, Group } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Schema } from '~/api/client';
import type { Environment } from '~/api/queries/environments';
import { liveQuery } from '~/api/queries/live';
import { Icon } from '~/parts/icons';
import { useProject } from '~/shell/use-project';
import { useText } from '~/text/text';
import classes from './Addresses.module.css';

/** Where an environment is reached, to open and to copy; the live address too where it leads here. */
export function Addresses({ environment, status }: { environment: Environment; status: Schema<'StatusReport'> | undefined }) {
  const { parts, environment: t } = useText();
  const live = useQuery(liveQuery(useProject())).data;
  if (!status) return null;
  const liveHost = live?.environment?.id === environment.id ? live.host : undefined;
  return (
    <Group component="ul" gap="lg" className={classes.addresses} aria-label={t.headline.addresses}>
      {status.addresses.map((address) => (
        <li key={address} className={classes.address}>
          <Anchor href={address} target="_blank" rel="noreferrer" size="sm">
            {address.replace(/\/$/, '')}
          </Anchor>
          {liveHost !== undefined && hostOf(address) === liveHost && <span className={classes.note}>{t.headline.live}</span>}
          <CopyButton value={address}>
            {({ copied, copy }) => (
              <ActionIcon data-tip={copied ? parts.copied : t.headline.copy(address)} variant="subtle" color="gray" size="sm" onClick={copy} aria-label={copied ? parts.copied : t.headline.copy(address)}>
                <Icon name={copied ? 'check' : 'copy'} size={14} />
              </ActionIcon>
            )}
          </CopyButton>
        </li>
      ))}
    </Group>
  );
}

function hostOf(address: string): string | undefined {
  return URL.canParse(address) ? new URL(address).hostname : undefined;
}
