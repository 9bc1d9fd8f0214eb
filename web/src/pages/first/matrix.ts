/** What a newcomer may begin with: one program, in two environments. */
export const firstMatrix = `project: shop
pipeline: [development, production]
services:
  web:
    artifact: ./web # your program, as you built it
    command: [./web, --port, "{{port}}"]
    routes: [/]
    health: {path: /health}
environments:
  development: {}
  production:
    approvals: {required: true}
`;
