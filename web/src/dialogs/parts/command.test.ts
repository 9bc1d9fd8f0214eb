import { expect, test } from 'vitest';
import { commandLine, flag } from './command';

test('a command is what one would type, and a shell takes nothing of it apart', () => {
  expect(commandLine(undefined, 'deploy', 'staging', '1.0.0')).toBe('lockstep deploy staging 1.0.0');
  expect(commandLine('sunday', 'deploy', 'staging', ...flag('reason', `it's $(due); now`), false, ...flag('strategy', ''))).toBe(
    `lockstep deploy staging --reason 'it'\\''s $(due); now' --project sunday`,
  );
});
