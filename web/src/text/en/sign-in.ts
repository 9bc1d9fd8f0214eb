export const signIn = {
  title: 'Sign in',
  says: 'With a token of this server, or by a one-time address.',
  token: 'Token',
  tokenHint: 'What lockstep token create printed; the server’s first one is in the file token of its data folder.',
  submit: 'Sign in',
  signingIn: 'Signing in',
  withCode: 'Signing you in by the one-time address',
  easier: 'Easier: on the server’s machine, this opens the dashboard and signs you in:',
  empty: 'Paste a token first.',
  codeFailed: 'The one-time address is used or too old',
  codeAgain: 'Make another one:',
};
