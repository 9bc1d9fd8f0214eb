import { Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { securityQuery } from '~/api/queries/monitoring';
import { Ago } from '~/parts/Ago';
import { Icon } from '~/parts/icons';
import { ProblemNote } from '~/parts/ProblemNote';
import { Section } from '~/parts/Section';
import { Waiting } from '~/parts/Waiting';
import { useProject } from '~/shell/use-project';
import { useFormat, useText } from '~/text/text';
import classes from './Security.module.css';

const severities = ['critical', 'high', 'medium', 'low'] as const;

/** Weak spots in how the environment is run, the worst first, each with what to do. */
export function Security({ environment }: { environment: string }) {
  const t = useText().environment;
  const f = useFormat();
  const security = useQuery(securityQuery(environment, useProject()));
  const { data } = security;
  return (
    <Section title={t.security.title} actions={data && <Text size="sm" c="dimmed">{t.security.checked} <Ago at={data.checkedAt} /></Text>}>
      <ProblemNote error={security.error} onRetry={() => void security.refetch()} />
      {security.isPending && <Waiting for={t.loading.security} />}
      {data && (
        <>
          <Text mb="sm">
            {data.findings.length === 0
              ? t.security.none(f.number(data.checks.length))
              : severities.filter((each) => (data.counts[each] ?? 0) > 0).map((each) => `${f.number(data.counts[each] ?? 0)} ${t.security.severities[each]}`).join(', ')}
          </Text>
          <ul className={classes.list}>
            {data.findings.map((finding) => (
              <li key={`${finding.check} ${finding.subject} ${finding.message}`} className={classes.finding} data-severity={finding.severity}>
                <span className={classes.severity}>
                  <Icon name={finding.severity === 'low' ? 'info' : 'warn'} size={14} /> {t.security.severities[finding.severity]}
                </span>
                <div>
                  <strong>{finding.subject}</strong>: {finding.message}
                  <Text size="sm" c="dimmed">
                    {finding.do}
                  </Text>
                </div>
              </li>
            ))}
          </ul>
          {data.more !== undefined && data.more > 0 && <Text c="dimmed">{t.security.more(f.number(data.more))}</Text>}
          {data.checks.filter(({ unknown }) => unknown).map((check) => (
            <Text key={check.name} size="sm" c="dimmed" mt="sm">
              {t.security.unknown(check.title)} {check.unknown}
            </Text>
          ))}
          <Text size="sm" c="dimmed" mt="md">
            {t.security.says}
          </Text>
        </>
      )}
    </Section>
  );
}
