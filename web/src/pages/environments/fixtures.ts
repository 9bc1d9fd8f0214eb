// What a server answered: the environments of the Sunday example.
import type { Schema } from '~/api/client';

export const environments: Schema<'Environment'>[] = [
  {
    "id": "01a204b0-dc6f-72e7-a65b-6136ccd67fd5",
    "projectId": "01a204b0-dc6d-7cd6-bf03-341ce6ba8a1f",
    "project": "sunday",
    "name": "development",
    "type": "development",
    "status": "active",
    "description": "",
    "spec": {
      "runtime": "process",
      "region": "us-east-1",
      "strategy": {
        "primary": "recreate",
        "alternatives": [
          "rolling"
        ]
      },
      "validation": "basic",
      "approvalRequired": false,
      "replicas": {
        "backend": 1,
        "frontend": 1
      }
    },
    "hostId": "c5871bc7-5313-4102-ad84-a7e8594f53ba",
    "activeRevisionId": "01a204b0-e335-7627-a521-e7dcd52413b7",
    "metadata": {
      "createdAt": "2026-11-22T19:17:09.359189Z",
      "createdBy": "admin",
      "version": "2.0.0",
      "lastDeployment": {
        "version": "2.0.0",
        "deployedAt": "2026-11-22T19:17:15.612677Z",
        "deployedBy": "admin",
        "deploymentId": "01a204b0-e336-7323-a336-518df578719a"
      }
    },
    "health": {
      "status": "healthy",
      "score": 100,
      "ready": 2,
      "desired": 2
    },
    "createdAt": "2026-11-22T19:17:09.359189Z",
    "updatedAt": "2026-11-22T19:17:15.612677Z"
  },
  {
    "id": "01a204b0-dc6e-7a45-aad6-7fba08a26914",
    "projectId": "01a204b0-dc6d-7cd6-bf03-341ce6ba8a1f",
    "project": "sunday",
    "name": "production",
    "type": "production",
    "status": "active",
    "description": "Where the shop's customers are",
    "spec": {
      "runtime": "process",
      "region": "us-east-1",
      "strategy": {
        "primary": "blue_green",
        "alternatives": [
          "canary"
        ],
        "weights": [
          20,
          50,
          100
        ],
        "pause": 3000
      },
      "validation": "comprehensive",
      "approvalRequired": true,
      "hooks": [
        {
          "name": "migrate",
          "stage": "pre-deployment",
          "run": [
            "sh",
            "-c",
            "echo schema of $LOCKSTEP_RELEASE"
          ],
          "required": true,
          "timeout": 30000
        }
      ],
      "alerts": [
        {
          "name": "cache-down",
          "when": "services.cache.status == \"unhealthy\"",
          "for": 5000
        }
      ],
      "replicas": {
        "backend": 2,
        "frontend": 2
      }
    },
    "hostId": "c5871bc7-5313-4102-ad84-a7e8594f53ba",
    "activeRevisionId": "01a204c0-6511-77f1-afb7-598111506dcf",
    "metadata": {
      "createdAt": "2026-11-22T19:17:09.358672Z",
      "createdBy": "admin",
      "version": "2.4.0",
      "tags": [
        "team=payments",
        "tier=1"
      ],
      "lastDeployment": {
        "version": "2.4.0",
        "deployedAt": "2026-11-22T19:43:09.04695Z",
        "deployedBy": "admin",
        "deploymentId": "01a204c0-6511-7b2b-964b-178a195cc92d"
      },
      "lastModified": "2026-11-22T19:17:45.863806Z",
      "modifiedBy": "admin"
    },
    "health": {
      "status": "healthy",
      "score": 92,
      "worst": "cache",
      "ready": 4,
      "desired": 4
    },
    "behind": {
      "environment": "staging",
      "releases": 0,
      "newest": "2.4.0"
    },
    "createdAt": "2026-11-22T19:17:09.358672Z",
    "updatedAt": "2026-11-22T19:53:09.371998Z"
  },
  {
    "id": "01a204b0-dc6e-7eb8-aa0d-22b32c909027",
    "projectId": "01a204b0-dc6d-7cd6-bf03-341ce6ba8a1f",
    "project": "sunday",
    "name": "staging",
    "type": "staging",
    "status": "active",
    "description": "",
    "spec": {
      "runtime": "process",
      "region": "us-east-1",
      "strategy": {
        "primary": "rolling",
        "alternatives": [
          "blue_green"
        ]
      },
      "validation": "standard",
      "approvalRequired": false,
      "replicas": {
        "backend": 3,
        "frontend": 1
      }
    },
    "hostId": "c5871bc7-5313-4102-ad84-a7e8594f53ba",
    "activeRevisionId": "01a204c0-5306-7321-bc27-a0e4258865dc",
    "metadata": {
      "createdAt": "2026-11-22T19:17:09.358964Z",
      "createdBy": "admin",
      "version": "2.4.0",
      "lastDeployment": {
        "version": "2.4.0",
        "deployedAt": "2026-11-22T19:43:21.658883Z",
        "deployedBy": "admin",
        "deploymentId": "01a204c8-c390-7cc4-b4d8-038b4711abd9"
      }
    },
    "health": {
      "status": "healthy",
      "score": 100,
      "ready": 4,
      "desired": 4
    },
    "behind": {
      "environment": "development",
      "releases": 0,
      "newest": "2.0.0"
    },
    "createdAt": "2026-11-22T19:17:09.358964Z",
    "updatedAt": "2026-11-22T19:43:21.658883Z"
  },
  {
    "id": "01a204b0-dc6d-7e5f-b209-889f12900f0e",
    "projectId": "01a204b0-dc6d-7cd6-bf03-341ce6ba8a1f",
    "project": "sunday",
    "name": "standby",
    "type": "production",
    "status": "active",
    "description": "",
    "spec": {
      "runtime": "process",
      "strategy": {
        "primary": "custom",
        "alternatives": [
          "blue_green"
        ],
        "recipes": [
          {
            "name": "careful",
            "description": "a fifth of the requests, somebody's word, all of them",
            "steps": [
              {
                "do": "start"
              },
              {
                "do": "verify"
              },
              {
                "do": "shift_traffic",
                "weight": 20
              },
              {
                "do": "analyze",
                "for": 2000
              },
              {
                "do": "approve",
                "timeout": 14400000,
                "message": "Do the orders look right?"
              },
              {
                "do": "shift_traffic",
                "weight": 100
              },
              {
                "do": "verify"
              }
            ]
          }
        ]
      },
      "validation": "comprehensive",
      "approvalRequired": false,
      "hooks": [
        {
          "name": "migrate",
          "stage": "pre-deployment",
          "run": [
            "sh",
            "-c",
            "echo \"schema of $LOCKSTEP_RELEASE, after ${LOCKSTEP_PREVIOUS_RELEASE:-none}\"; echo SCHEMA=7 >> \"$LOCKSTEP_RESULTS\""
          ],
          "required": true,
          "timeout": 30000
        },
        {
          "name": "announce",
          "stage": "post-deployment",
          "run": [
            "sh",
            "-c",
            "echo \"$LOCKSTEP_RELEASE serves, on schema $LOCKSTEP_RESULT_MIGRATE_SCHEMA\""
          ],
          "required": false
        }
      ],
      "replicas": {
        "backend": 2,
        "frontend": 1
      }
    },
    "hostId": "c5871bc7-5313-4102-ad84-a7e8594f53ba",
    "activeRevisionId": "01a204b1-1ca2-798e-84a0-a5485d3c3181",
    "metadata": {
      "createdAt": "2026-11-22T19:17:09.357941Z",
      "createdBy": "admin",
      "version": "2.0.0",
      "lastDeployment": {
        "version": "2.0.0",
        "deployedAt": "2026-11-22T19:17:30.959821Z",
        "deployedBy": "admin",
        "deploymentId": "01a204b1-1ca2-7bdb-b1d1-77b95901a2a9"
      }
    },
    "health": {
      "status": "healthy",
      "score": 100,
      "ready": 3,
      "desired": 3
    },
    "createdAt": "2026-11-22T19:17:09.357941Z",
    "updatedAt": "2026-11-22T19:17:30.959821Z"
  }
];

