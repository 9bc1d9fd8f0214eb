import { Text } from '@mantine/core';
import { useSession } from '~/api/session';
import { Ago } from '~/parts/Ago';
import { Facts } from '~/parts/Facts';
import { Section } from '~/parts/Section';
import { useText } from '~/text/text';

/** Who I am to the server, and what I may do. */
export function Me() {
  const texts = useText();
  const t = texts.settings;
  const session = useSession();
  if (!session) return null;
  return (
    <Section title={t.me}>
      <Facts
        rows={[
          [t.name, session.name],
          [t.role, session.role],
          [t.may, session.permissions.map((p) => t.permissions[p]).join(', ')],
          [t.sessionEnds, session.expiresAt === undefined ? <Text key="never">{t.never}</Text> : <Ago key="at" at={session.expiresAt} />],
        ]}
      />
    </Section>
  );
}
