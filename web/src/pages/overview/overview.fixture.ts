import type { Overview } from '~/api/queries/overview';

/** As a server answered it: production runs 1.3.0 with a deployment that waits, quality failed, staging is degraded. */
export const overviewFixture: Overview = {
  projectId: '01a204c6-3923-7dd6-bfb2-f03777425e66',
  project: 'sunday',
  at: '2026-11-22T20:04:12.337443Z',
  pipeline: [
    'development',
    'staging',
    'production'
  ],
  live: {
    host: 'sunday.localhost',
    environmentId: '01a204c6-3926-7a03-a009-9a1cef7d4480',
    environment: 'production',
    epoch: 1,
    since: '2026-11-22T19:40:51.168282Z',
    by: 'admin'
  },
  counts: {
    environments: 9,
    active: 6,
    deploying: 0,
    unwell: 2,
    alerts: 0,
    approvals: 2,
    scheduled: 1
  },
  environments: [
    {
      id: '01a204c6-3927-7015-b0cd-02b1a4980ad4',
      name: 'staging',
      type: 'staging',
      status: 'active',
      role: 'stage',
      stage: 2,
      region: 'us-east-1',
      current: false,
      version: '2.0.0',
      revisionId: '01a204db-d8fb-7869-9764-f58833237223',
      health: {
        status: 'degraded',
        score: 67,
        worst: 'backend',
        ready: 2,
        desired: 4
      },
      behind: {
        environment: 'development',
        releases: 0,
        newest: '2.0.0'
      },
      traffic: [
        {
          version: '2.0.0',
          hash: '9dc9c5e72ca4',
          percent: 100
        }
      ],
      requestsPerSecond: 2.0239637305699483,
      errorsPerSecond: 0,
      activeUsers: 1,
      lastDeployment: {
        version: '2.0.0',
        deployedAt: '2026-11-22T20:04:11.106513Z',
        deployedBy: 'admin',
        deploymentId: '01a204db-d8fb-7b17-8dae-d5b1f98f99e0'
      },
      lastActivity: {
        seq: 721,
        at: '2026-11-22T20:04:11.106513Z',
        kind: 'deployment',
        type: 'operation.finished',
        text: 'Deployed 2.0.0 to staging',
        sentence: 'deployed',
        words: { act: 'deployment', version: '2.0.0', environment: 'staging' },
        result: 'success',
        actor: 'admin',
        environment: 'staging',
        environmentId: '01a204c6-3927-7015-b0cd-02b1a4980ad4',
        operationId: '01a204db-d8fb-7b17-8dae-d5b1f98f99e0',
        operationKind: 'deploy',
        version: '2.0.0',
        strategy: 'rolling',
        duration: 4569
      }
    },
    {
      id: '01a204c6-3926-7a03-a009-9a1cef7d4480',
      name: 'production',
      type: 'production',
      status: 'active',
      role: 'live',
      stage: 3,
      region: 'us-east-1',
      secondaryRegion: 'us-west-2',
      current: true,
      version: '1.3.0',
      revisionId: '01a204c7-ec0c-76f7-b9f9-cd4725e07abd',
      approvalRequired: true,
      health: {
        status: 'healthy',
        score: 100,
        ready: 4,
        desired: 4
      },
      behind: {
        environment: 'staging',
        releases: 1,
        newest: '2.0.0'
      },
      traffic: [
        {
          version: '1.3.0',
          hash: '21266989b50f',
          percent: 100
        }
      ],
      requestsPerSecond: 11.091321243523316,
      errorsPerSecond: 0,
      activeUsers: 1,
      operation: {
        id: '01a204db-eb53-71a4-a266-bfe2e219f4d1',
        kind: 'deploy',
        status: 'pending_approval',
        since: '2026-11-22T20:04:11.218747Z'
      },
      lastDeployment: {
        version: '1.3.0',
        deployedAt: '2026-11-22T19:50:57.641151Z',
        deployedBy: 'admin',
        deploymentId: '01a204c7-ec0c-7ae0-bf01-c2daccaf3e77'
      },
      lastActivity: {
        seq: 722,
        at: '2026-11-22T20:04:11.219211Z',
        kind: 'deployment',
        type: 'operation.requested',
        text: 'Deployment of 2.0.0 to production waits for an approval',
        result: 'waiting',
        actor: 'admin',
        environment: 'production',
        environmentId: '01a204c6-3926-7a03-a009-9a1cef7d4480',
        operationId: '01a204db-eb53-71a4-a266-bfe2e219f4d1',
        operationKind: 'deploy',
        version: '2.0.0',
        strategy: 'canary'
      },
      approvals: 2
    },
    {
      id: '01a204c6-d4b2-77c3-bf71-3057b7f6da6f',
      name: 'dr-west',
      type: 'production',
      status: 'inactive',
      description: 'from template production, by admin, 2026-11-22 19:41 UTC',
      tags: [
        'role=disaster-recovery'
      ],
      role: 'disaster_recovery',
      current: false,
      approvalRequired: true,
      traffic: [],
      requestsPerSecond: 0,
      errorsPerSecond: 0,
      activeUsers: 0,
      lastActivity: {
        seq: 137,
        at: '2026-11-22T19:41:09.170782Z',
        kind: 'environment',
        type: 'environment.created',
        text: 'Created dr-west',
        actor: 'admin',
        environment: 'dr-west',
        environmentId: '01a204c6-d4b2-77c3-bf71-3057b7f6da6f'
      }
    },
    {
      id: '01a204c6-d243-76ca-bb38-52af6b366e82',
      name: 'quality',
      type: 'testing',
      status: 'failed',
      description: 'from template standard, by admin, 2026-11-22 19:41 UTC',
      role: 'other',
      current: false,
      version: '1.3.0',
      revisionId: '01a204c7-d659-7af0-b1bd-f571aaf0a3ca',
      health: {
        status: 'healthy',
        score: 100,
        ready: 2,
        desired: 2
      },
      traffic: [
        {
          version: '1.3.0',
          hash: '21266989b50f',
          percent: 100
        }
      ],
      requestsPerSecond: 0,
      errorsPerSecond: 0,
      activeUsers: 0,
      lastDeployment: {
        version: '1.3.0',
        deployedAt: '2026-11-22T19:42:19.397767Z',
        deployedBy: 'admin',
        deploymentId: '01a204c7-d659-7c68-b1d9-9c6a5c370959'
      },
      lastActivity: {
        seq: 725,
        at: '2026-11-22T20:04:11.393908Z',
        kind: 'deployment',
        type: 'operation.finished',
        text: 'Deployment of 3.0.0 to quality failed',
        result: 'failed',
        actor: 'admin',
        environment: 'quality',
        environmentId: '01a204c6-d243-76ca-bb38-52af6b366e82',
        operationId: '01a204db-d780-780e-a6ee-ba73b5e4c3bc',
        operationKind: 'deploy',
        version: '3.0.0',
        strategy: 'blue_green',
        duration: 5224,
        reason: 'backend-a4435482a5fb-0 is not ready after 5s: GET /health answered 503'
      }
    },
    {
      id: '01a204c6-3924-7087-b75d-bbb6057e671b',
      name: 'standby',
      type: 'production',
      status: 'active',
      role: 'standby',
      current: false,
      version: '1.0.0',
      revisionId: '01a204c6-917e-7689-93ee-e80361e1b0e9',
      health: {
        status: 'healthy',
        score: 100,
        ready: 3,
        desired: 3
      },
      traffic: [
        {
          version: '1.0.0',
          hash: '8a9c319500a1',
          percent: 100
        }
      ],
      requestsPerSecond: 0,
      errorsPerSecond: 0,
      activeUsers: 0,
      lastDeployment: {
        version: '1.0.0',
        deployedAt: '2026-11-22T19:41:07.682021Z',
        deployedBy: 'admin',
        deploymentId: '01a204c6-917e-7883-81a1-c48b7d19bdd1'
      },
      lastActivity: {
        seq: 646,
        at: '2026-11-22T19:52:23.495718Z',
        kind: 'deployment',
        type: 'operation.finished',
        text: 'Deployment of 1.3.0 to standby was rolled back',
        result: 'rolled_back',
        actor: 'admin',
        environment: 'standby',
        environmentId: '01a204c6-3924-7087-b75d-bbb6057e671b',
        operationId: '01a204c7-eb5f-7863-934a-474e204feee7',
        operationKind: 'deploy',
        version: '1.3.0',
        strategy: 'custom',
        duration: 602938,
        reason: 'no verdict after 10m0s: 0 requests to the canary and 0 to the baseline, of at least 100 each; send it more requests, give it a larger share (weights) or more time (analysis.deadline)'
      }
    }
  ],
  recent: [
    {
      seq: 725,
      at: '2026-11-22T20:04:11.393908Z',
      kind: 'deployment',
      type: 'operation.finished',
      text: 'Deployment of 3.0.0 to quality failed',
      result: 'failed',
      actor: 'admin',
      environment: 'quality',
      environmentId: '01a204c6-d243-76ca-bb38-52af6b366e82',
      operationId: '01a204db-d780-780e-a6ee-ba73b5e4c3bc',
      operationKind: 'deploy',
      version: '3.0.0',
      strategy: 'blue_green',
      duration: 5224,
      reason: 'backend-a4435482a5fb-0 is not ready after 5s: GET /health answered 503'
    },
    {
      seq: 722,
      at: '2026-11-22T20:04:11.219211Z',
      kind: 'deployment',
      type: 'operation.requested',
      text: 'Deployment of 2.0.0 to production waits for an approval',
      result: 'waiting',
      actor: 'admin',
      environment: 'production',
      environmentId: '01a204c6-3926-7a03-a009-9a1cef7d4480',
      operationId: '01a204db-eb53-71a4-a266-bfe2e219f4d1',
      operationKind: 'deploy',
      version: '2.0.0',
      strategy: 'canary'
    },
    {
      seq: 721,
      at: '2026-11-22T20:04:11.106513Z',
      kind: 'deployment',
      type: 'operation.finished',
      text: 'Deployed 2.0.0 to staging',
        sentence: 'deployed',
        words: { act: 'deployment', version: '2.0.0', environment: 'staging' },
      result: 'success',
      actor: 'admin',
      environment: 'staging',
      environmentId: '01a204c6-3927-7015-b0cd-02b1a4980ad4',
      operationId: '01a204db-d8fb-7b17-8dae-d5b1f98f99e0',
      operationKind: 'deploy',
      version: '2.0.0',
      strategy: 'rolling',
      duration: 4569
    }
  ],
  approvals: [
    {
      operationId: '01a204c7-e73b-7b96-a765-ce8143420b73',
      kind: 'deploy',
      environment: 'production',
      environmentId: '01a204c6-3926-7a03-a009-9a1cef7d4480',
      text: 'deployment of 1.1.0 to production',
      waitsFor: 'an approval before it begins',
      askedBy: 'admin',
      since: '2026-11-22T19:42:19.451308Z',
      until: '2026-11-23T01:57:19.449791Z',
      scheduledFor: '2026-11-23T01:42:19.449791Z',
      version: '1.1.0',
      strategy: 'blue_green',
      revisionHash: 'sha256:db2c0458a0fe61d94f1718b4da95360183ac1035aa9d06f3ad291666c725a98b',
      description: 'prices',
      mayApprove: true
    },
    {
      operationId: '01a204db-eb53-71a4-a266-bfe2e219f4d1',
      kind: 'deploy',
      environment: 'production',
      environmentId: '01a204c6-3926-7a03-a009-9a1cef7d4480',
      text: 'deployment of 2.0.0 to production',
      waitsFor: 'an approval before it begins',
      askedBy: 'admin',
      since: '2026-11-22T20:04:11.218747Z',
      version: '2.0.0',
      strategy: 'canary',
      revisionHash: 'sha256:9dc9c5e72ca459f3560e212881bdf5879afb2c9bf14222922cd8b74e81b65d9d',
      mayApprove: true
    }
  ]
};
