import { Text } from '@mantine/core';
import type { Approval } from '~/api/queries/approvals';
import { useDialog } from '~/dialogs/use-dialog';
import { Ago } from '~/parts/Ago';
import { Allowed } from '~/parts/Allowed';
import { Go } from '~/parts/Go';
import { Icon } from '~/parts/icons';
import { Section } from '~/parts/Section';
import { Version } from '~/parts/Version';
import { addresses } from '~/shell/addresses';
import { useText } from '~/text/text';
import classes from './Lists.module.css';

/** What waits for a word: mine first. Nothing at all where nothing waits. */
export function WaitingForMe({ approvals }: { approvals: readonly Approval[] }) {
  const t = useText().overview.approvals;
  if (approvals.length === 0) return null;
  const mineFirst = [...approvals].sort((a, b) => Number(b.mayApprove) - Number(a.mayApprove) || a.since.localeCompare(b.since));
  return (
    <Section title={t.title} flush actions={<Go to={addresses.approvals}>{t.all}</Go>}>
      <ul className={classes.list}>
        {mineFirst.map((approval) => (
          <li key={`${approval.operationId} ${approval.step ?? ''}`} className={classes.row}>
            <One approval={approval} />
          </li>
        ))}
      </ul>
    </Section>
  );
}

function One({ approval }: { approval: Approval }) {
  const t = useText();
  const words = t.overview.approvals;
  const { open } = useDialog();
  const { operationId, kind, environment, version, strategy, text, askedBy, since, until, scheduledFor, description, mayApprove, whyNot } = approval;
  const blocked = mayApprove ? undefined : (whyNot ?? words.notMine);
  const preset = { environment, id: operationId };
  return (
    <>
      <Icon name="approvals" style={{ color: 'var(--state-warn)', marginTop: 2 }} />
      <div className={classes.words}>
        <div>
          {kind === 'deploy' ? <Go to={addresses.deployment(operationId)} fw={600}>{text}</Go> : <b>{text}</b>} {version !== undefined && !text.includes(version) && <Version version={version} />}
        </div>
        <Text size="sm" c="dimmed" component="div">
          {strategy !== undefined && `${t.parts.strategy[strategy]} · `}
          {words.asked(askedBy)} <Ago at={since} />
          {scheduledFor !== undefined && (
            <>
              {' · '}
              {words.starts} <Ago at={scheduledFor} />
            </>
          )}
          {until !== undefined && (
            <>
              {' · '}
              {words.until} <Ago at={until} exact />
            </>
          )}
          {description !== undefined && ` · ${description}`}
        </Text>
      </div>
      <div className={classes.acts}>
        <Allowed needs="approve" size="compact-sm" blocked={blocked} aria-label={words.approveOf(text)} onClick={() => open('approve', preset)}>
          {words.approve}
        </Allowed>
        <Allowed needs="approve" size="compact-sm" variant="default" blocked={blocked} aria-label={words.rejectOf(text)} onClick={() => open('reject', preset)}>
          {words.reject}
        </Allowed>
      </div>
    </>
  );
}
