import { ActionIcon, CopyButton } from '@mantine/core';
import { list, type Schema } from '~/api/client';
import { Icon } from '~/parts/icons';
import { Hash } from '~/parts/Version';
import { useText } from '~/text/text';
import classes from './Services.module.css';

/** The services of a release: their files by digest, and how they run. */
export function Services({ release }: { release: Schema<'Release'> }) {
  const texts = useText();
  const t = texts.releases;
  return (
    <ul className={classes.services}>
      {list(release.services).map((service) => (
        <li key={service.name} className={classes.service}>
          <h3 className={classes.name}>{service.name}</h3>
          <dl className={classes.facts}>
            {service.artifact !== undefined && (
              <div>
                <dt>{t.files}</dt>
                <dd>
                  <Hash value={service.artifact} length={16} />
                  <CopyButton value={service.artifact}>
                    {({ copied, copy }) => (
                      <ActionIcon data-tip={copied ? texts.parts.copied : t.copyDigest(service.name)} variant="subtle" color="gray" size="sm" onClick={copy} aria-label={copied ? texts.parts.copied : t.copyDigest(service.name)}>
                        <Icon name={copied ? 'check' : 'copy'} size={14} />
                      </ActionIcon>
                    )}
                  </CopyButton>
                </dd>
              </div>
            )}
            <Fact name={t.image} value={service.image} />
            <Fact name={t.command} value={list(service.command).join(' ')} />
            <Fact name={t.routes} value={list(service.routes).join(', ')} />
            <Fact name={t.port} value={service.port === undefined ? undefined : String(service.port)} />
            <Fact name={t.health} value={service.health.path} />
            <Fact name={t.dependsOn} value={list(service.dependsOn).join(', ')} />
          </dl>
        </li>
      ))}
    </ul>
  );
}

function Fact({ name, value }: { name: string; value: string | undefined }) {
  if (value === undefined || value === '') return null;
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        <code>{value}</code>
      </dd>
    </div>
  );
}
