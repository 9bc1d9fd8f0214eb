type Part = string | number | false | undefined;

/** A command of the command line, as one would type it: what a shell would take apart is quoted, what is absent left out. */
export function commandLine(project: string | undefined, ...parts: readonly Part[]): string {
  const words = ['lockstep', ...parts.filter((part) => part !== false && part !== undefined && part !== '').map(String)];
  if (project !== undefined) words.push('--project', project);
  return words.map(quoted).join(' ');
}

/** A flag with its value; nothing where there is none. */
export function flag(name: string, value: string | undefined): Part[] {
  return value === undefined || value === '' ? [] : [`--${name}`, value];
}

function quoted(word: string): string {
  if (/^[\w@%+=:,./-]+$/.test(word)) return word;
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
