import { useText } from '~/text/text';

const mono = { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: '0.95em', overflowWrap: 'anywhere' } as const;

/** A release's version; in words where there is none. */
export function Version({ version }: { version: string | undefined }) {
  const t = useText().parts;
  if (!version) return <span style={{ color: 'var(--mantine-color-dimmed)' }}>{t.noVersion}</span>;
  return <span style={mono}>{version}</span>;
}

/** The beginning of a hash or an ID; all of it under the pointer. */
export function Hash({ value, length = 8 }: { value: string; length?: number }) {
  return (
    <span style={mono} title={value}>
      {value.replace(/^sha256:/, '').slice(0, length)}
    </span>
  );
}
