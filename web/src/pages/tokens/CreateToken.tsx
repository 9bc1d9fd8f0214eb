import { Button, Group, Modal, Radio, Stack, Text, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { answer, api } from '~/api/client';
import { Problem } from '~/api/problem';
import { roles, type Role } from '~/api/queries/tokens';
import { Select } from '~/parts/Choice';
import { CommandToCopy } from '~/parts/CommandToCopy';
import { ProblemNote } from '~/parts/ProblemNote';
import { useText } from '~/text/text';
import { ShownOnce } from './ShownOnce';

const expiries = ['1d', '7d', '30d', '90d', '365d', 'never'] as const;
type Expiry = (typeof expiries)[number];

/** Makes a token; what it is, is shown this once. */
export function CreateToken({ onClose }: { onClose: () => void }) {
  const texts = useText();
  const t = texts.tokens;
  const [name, setName] = useState('');
  const [role, setRole] = useState<Role>('operator');
  const [expires, setExpires] = useState<Expiry>('90d');
  const expiresIn = expires === 'never' ? undefined : expires;
  const create = useMutation({
    mutationFn: () => answer(api.POST('/api/system/tokens', { body: { name: name.trim(), role, expiresIn } })),
  });
  const wrong = create.error instanceof Problem && create.error.field === 'name' ? create.error.message : undefined;
  if (create.data) return <ShownOnce token={create.data} onClose={onClose} />;
  return (
    <Modal opened onClose={onClose} title={t.create} closeButtonProps={{ 'aria-label': texts.parts.close }}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          create.mutate();
        }}
      >
        <Stack gap="lg">
          <TextInput
            label={t.name}
            description={t.nameHint}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            error={wrong}
            required
            maxLength={64}
            autoComplete="off"
            autoCapitalize="none"
            spellCheck={false}
            data-autofocus
          />
          <Radio.Group label={t.role} value={role} onChange={(value) => setRole(value)}>
            <Stack gap="sm" mt={4}>
              {roles.map((each) => (
                <Radio key={each} value={each} label={t.roles[each]} description={t.may[each]} />
              ))}
            </Stack>
          </Radio.Group>
          <Select
            label={t.expires}
            value={expires}
            onChange={(value) => setExpires(expiries.find((e) => e === value) ?? '90d')}
            data={expiries.map((value) => ({ value, label: t.expiries[value] }))}
            allowDeselect={false}
          />
          <CommandToCopy command={`lockstep token create ${name.trim() || 'NAME'} --role ${role}${expiresIn ? ` --expires ${expiresIn}` : ''}`} />
          {wrong === undefined && <ProblemNote error={create.error} />}
          <Group justify="flex-end" gap="sm">
            <Text size="sm" c="dimmed" mr="auto" aria-live="polite">
              {create.isPending && `${t.creating} …`}
            </Text>
            <Button variant="default" onClick={onClose}>
              {texts.parts.cancel}
            </Button>
            <Button type="submit" disabled={name.trim() === ''} loading={create.isPending}>
              {t.create}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
