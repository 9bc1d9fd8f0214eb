import { screen, within } from '@testing-library/react';
import { useState } from 'react';
import { expect, it, vi } from 'vitest';
import { Problem } from '~/api/problem';
import { render } from '~/tests/render';
import { Ago, Took } from './Ago';
import { Allowed } from './Allowed';
import { CommandToCopy } from './CommandToCopy';
import { ConfirmName } from './ConfirmName';
import { GateAnswer } from './GateAnswer';
import { Go } from './Go';
import { Meter } from './Meter';
import { PlanView } from './PlanView';
import { ProblemNote } from './ProblemNote';
import { Table } from './Table';
import { TrafficBar } from './TrafficBar';

const step = { do: {}, attempts: 1, duration: 0, phase: 'forward', kind: 'start' } as const;

it('says when something was, relative and exact', async () => {
  await render(<Ago at={new Date(Date.now() - 3 * 3_600_000).toISOString()} />);
  const time = screen.getByText('3 hr. ago');
  expect(time).toHaveAccessibleName(/3 hr\. ago, .*\d{4}/);
});

it('says how long it took', async () => {
  await render(<Took from="2026-01-01T10:00:00Z" until="2026-01-01T10:04:23Z" />);
  expect(screen.getByText('4m 23s')).toBeInTheDocument();
});

it('lets who may, and tells who may not why', async () => {
  const act = vi.fn();
  const { user } = await render(
    <>
      <Allowed needs="approve" onClick={act}>
        Approve
      </Allowed>
      <Allowed needs="read" onClick={act}>
        Look
      </Allowed>
    </>,
    { may: ['read'] },
  );
  const approve = screen.getByRole('button', { name: 'Approve' });
  expect(approve).toHaveAccessibleDescription(/operator or admin/);
  approve.click();
  expect(act).not.toHaveBeenCalled();
  await user.click(screen.getByRole('button', { name: 'Look' }));
  expect(act).toHaveBeenCalledTimes(1);
});

it('copies a command', async () => {
  const { user } = await render(<CommandToCopy command="lockstep deploy staging 2.1.0" />);
  await user.click(screen.getByRole('button', { name: 'Copy the command' }));
  expect(await navigator.clipboard.readText()).toBe('lockstep deploy staging 2.1.0');
});

it('wants the whole name', async () => {
  const match = vi.fn();
  const { user } = await render(<ConfirmName name="production" onMatch={match} />);
  const input = screen.getByLabelText('Type production to confirm');
  await user.type(input, 'prod');
  expect(match).not.toHaveBeenCalledWith(true);
  await user.type(input, 'uction');
  expect(match).toHaveBeenLastCalledWith(true);
  await user.type(input, 's');
  expect(match).toHaveBeenLastCalledWith(false);
  expect(screen.getByText('This is not production.')).toBeInTheDocument();
});

it('gives the gate’s answer with its reasons', async () => {
  await render(<GateAnswer gate={{ subject: 'deploy', allowed: false, requiresApproval: false, reasons: [{ code: 'frozen', message: 'a freeze until Monday' }] }} />);
  const answer = screen.getByRole('status');
  expect(answer).toHaveTextContent('The gate says no');
  expect(answer).toHaveTextContent('a freeze until Monday');
});

it('links to pages that there are, and only names the others', async () => {
  await render(
    <>
      <Go to="/">Overview</Go>
      <Go to="/nowhere/at/all">Nowhere</Go>
    </>,
  );
  expect(screen.getByRole('link', { name: 'Overview' })).toBeInTheDocument();
  expect(screen.queryByRole('link', { name: 'Nowhere' })).not.toBeInTheDocument();
  expect(screen.getByText('Nowhere')).toBeInTheDocument();
});

it('says of how much a figure is', async () => {
  await render(<Meter label="Memory" value={512} of={1024} />);
  expect(screen.getByRole('meter', { name: 'Memory' })).toHaveAttribute('aria-valuetext', '512 of 1,024');
  expect(screen.getByText('50 %')).toBeInTheDocument();
});

it('does not make up a figure', async () => {
  await render(<Meter label="CPU" value={undefined} of={undefined} />);
  expect(screen.getByText('unknown')).toBeInTheDocument();
});

it('shows a plan in order, with what failed and why', async () => {
  await render(
    <PlanView
      steps={[
        { ...step, seq: 1, name: 'Start backend', status: 'completed' },
        { ...step, seq: 2, name: 'Verify', status: 'failed', error: { code: 'failed', message: 'it never got healthy', timestamp: '' } },
        { ...step, seq: 1, phase: 'undo', name: 'Stop backend', status: 'pending' },
      ]}
    />,
  );
  const items = within(screen.getByRole('list', { name: 'What will happen' })).getAllByRole('listitem');
  expect(items.map((item) => item.textContent)).toEqual(['Start backendcompleted', 'Verifyfailedit never got healthy', 'On the way backStop backendpending']);
});

it('says what went wrong, what to do, and tries again', async () => {
  const retry = vi.fn();
  const { user } = await render(<ProblemNote error={new Problem({ code: 'internal', detail: 'an internal error', reference: 'a1b2' })} onRetry={retry} />);
  const alert = screen.getByRole('alert');
  expect(alert).toHaveTextContent('The server made a mistake');
  expect(alert).toHaveTextContent('a1b2');
  await user.click(screen.getByRole('button', { name: 'Try again' }));
  expect(retry).toHaveBeenCalled();
});

it('keeps a table of thousands small, and sorts it', async () => {
  const rows = Array.from({ length: 5000 }, (_, i) => ({ id: String(i), n: (i * 7919) % 5000 }));
  const { user } = await render(
    <Table label="Numbers" rows={rows} rowKey={(row) => row.id} columns={[{ id: 'n', title: 'N', cell: (row) => row.n, sort: (row) => row.n, align: 'right' }]} />,
  );
  const table = screen.getByRole('table', { name: 'Numbers' });
  expect(table).toHaveAttribute('aria-rowcount', '5001');
  expect(within(table).getAllByRole('row').length).toBeLessThan(100);
  await user.click(screen.getByRole('button', { name: 'N' }));
  expect(screen.getByRole('columnheader')).toHaveAttribute('aria-sort', 'ascending');
  expect(within(table).getAllByRole('cell')[0]).toHaveTextContent(/^0$/);
});

it('gives rows the room that they ask for now', async () => {
  function Turned() {
    const [narrow, setNarrow] = useState(false);
    return (
      <>
        <button onClick={() => setNarrow(true)}>Turn</button>
        <Table label="Numbers" rows={['a', 'b', 'c']} rowKey={(row) => row} columns={[{ id: 'n', title: 'N', cell: (row) => row }]} rowHeight={narrow ? 64 : 44} />
      </>
    );
  }
  const { user } = await render(<Turned />);
  const third = () => screen.getAllByRole('row')[3];
  expect(third()).toHaveStyle({ height: '44px', transform: 'translateY(88px)' });
  await user.click(screen.getByRole('button', { name: 'Turn' }));
  expect(third()).toHaveStyle({ height: '64px', transform: 'translateY(128px)' });
});

it('says in words who gets how much', async () => {
  await render(
    <TrafficBar
      shares={[
        { name: '2.0.0', weight: 75 },
        { name: '2.1.0', weight: 25, incoming: true },
      ]}
    />,
  );
  expect(screen.getByRole('img')).toHaveAccessibleName('Traffic: 2.0.0 gets 75 %, 2.1.0 gets 25 %');
});
