export const first = {
  title: 'There is no project yet',
  elsewhere: 'What this address is of belongs to a project, and there is none on this server.',
  before: 'First record which environments there are and what runs in them:',
  apply: 'lockstep apply -f environment-matrix.yaml',
  all: 'All first steps, with a matrix to begin with',
  matrix: 'Write down what runs where, in a file named environment-matrix.yaml. This is enough to begin with:',
  copyMatrix: 'Copy the matrix',
  pages: {
    map: {
      says: 'The map draws an environment: its services, what they need, and who leads requests where.',
      then: 'Then bring a release into one, and there is something to draw:',
      command: 'lockstep deploy development 1.0.0',
    },
    environments: {
      says: 'An environment is a place where all your services run together: development, staging, production. The matrix names them.',
      then: 'Then they stand here. On the command line:',
      command: 'lockstep list',
    },
    releases: {
      says: 'A release is one version of all services, made once, and brought from environment to environment as it is.',
      then: 'Then make one of what you built:',
      command: 'lockstep release create 1.0.0',
    },
    compare: {
      says: 'Two environments side by side: in what they differ, why, and what to bring over.',
      then: 'Then compare two of them:',
      command: 'lockstep diff development production',
    },
    approvals: {
      says: 'Where an environment asks for approval, a deployment waits here for the word of a second person.',
      then: 'Then deploy to one that asks for it (approvals: {required: true} in the matrix):',
      command: 'lockstep deploy production 1.0.0',
    },
    schedules: {
      says: 'A deployment can wait for its time, or be made by a rule: every night, every Tuesday at nine.',
      then: 'Then make a rule:',
      command: 'lockstep schedule create nightly --environment development --rule "0 2 * * 1-5"',
    },
    templates: {
      says: 'A template is what the configuration of many environments is made from. Some come with Lockstep.',
      then: 'Then see which there are:',
      command: 'lockstep template list',
    },
    activity: {
      says: 'Everything that happens to a project is written down here: who did what, where, and what came of it.',
      then: 'That is the first thing that happens. On the command line:',
      command: 'lockstep history',
    },
  },
};
