package coverage

// What B has, section by section and in its order.

const matrixKeys = `
environments
environments.<name>
environments.<name>.regions
environments.<name>.regions.primary
environments.<name>.regions.secondary
environments.<name>.clusters
environments.<name>.clusters[].name
environments.<name>.clusters[].region
environments.<name>.clusters[].node_groups
environments.<name>.clusters[].node_groups[].name
environments.<name>.clusters[].node_groups[].instance_type
environments.<name>.clusters[].node_groups[].min_size
environments.<name>.clusters[].node_groups[].max_size
environments.<name>.clusters[].node_groups[].desired_size
environments.<name>.databases
environments.<name>.databases.primary
environments.<name>.databases.primary.engine
environments.<name>.databases.primary.version
environments.<name>.databases.primary.instance_class
environments.<name>.databases.primary.multi_az
environments.<name>.databases.primary.backup_retention
environments.<name>.databases.cache
environments.<name>.databases.cache.engine
environments.<name>.databases.cache.node_type
environments.<name>.databases.cache.num_cache_nodes
environments.<name>.storage
environments.<name>.storage.type
environments.<name>.storage.versioning
environments.<name>.storage.encryption
environments.<name>.storage.lifecycle_policies
environments.<name>.networking
environments.<name>.networking.vpc_cidr
environments.<name>.networking.availability_zones
environments.<name>.networking.public_subnets
environments.<name>.networking.private_subnets
environments.<name>.networking.nat_gateways
environments.<name>.monitoring
environments.<name>.monitoring.prometheus
environments.<name>.monitoring.grafana
environments.<name>.monitoring.jaeger
environments.<name>.monitoring.elk_stack
environments.<name>.security
environments.<name>.security.kms_encryption
environments.<name>.security.secrets_manager
environments.<name>.security.iam_roles
environments.<name>.security.network_policies
deployment_strategies
deployment_strategies.<name>
deployment_strategies.<name>.primary
deployment_strategies.<name>.alternatives
deployment_strategies.<name>.validation_required
deployment_strategies.<name>.approval_required
`

// controller lists the actions and flags of B's controller, then its methods' parts.
const controller = `
create
create --environment
create -e
destroy
destroy --environment
destroy -e
destroy --force
sync
sync --source
sync --target
sync --sync-type
sync: type config
sync: type data
sync: type both
list
validate
validate --environment
validate -e
info
info --environment
info -e
exit status 1 when an action fails
read the environment matrix
create_environment: only what the matrix names
create_environment: another region
create_environment: infrastructure, applications, monitoring, validation
provision_infrastructure: terraform init, plan, apply
generate_terraform_config: from a template, with environment, configuration, region and timestamp
deploy_applications: the namespace <project>-<environment>
apply_kubernetes_manifests
wait_for_deployments: until all are ready, with a timeout
setup_monitoring: Prometheus
setup_monitoring: Grafana
setup_monitoring: Jaeger
destroy_environment: ask first
destroy_environment: applications, then infrastructure
sync_configuration
sync_data
get_environment_info: name
get_environment_info: status
get_environment_info: region
get_environment_info: cluster
get_environment_info: applications, ready and desired
get_environment_info: last_deployment
get_environment_info: error
`

// lifecycle lists the commands of B's lifecycle script with their arguments, then its functions' parts.
const lifecycle = `
create <env-name> [template]
update <env-name>
destroy <env-name> [--force]
clone <source> <target> [data]
backup <env-name> [type]
restore <env-name> <backup-id>
list
usage for an unknown command
create: validate the name, 3 to 30 of a-z, 0-9 and hyphens
create: refuse a name that exists
create: a directory with terraform, kubernetes, config and secrets
create: configuration from a template, placeholders replaced
create: infrastructure with a state of its own
create: deploy, set up monitoring, validate
clone: source must exist, target must not
clone: configuration under the new name
clone: data on request
backup: type config
backup: type data
backup: type full
backup: identifier backup-<environment>-<time>
backup: manifest
backup: Kubernetes objects
backup: Terraform state
backup: database snapshot
backup: Redis dump
backup: bucket
get_environment_status: infrastructure status
get_environment_status: application status
list: a line for each environment, with icons
`

const validation = `
infrastructure: the cluster exists and is active
applications: every instance runs
networking
security
monitoring
level basic
level standard
level comprehensive
`

// templates lists B's configuration templates: their keys, files and placeholders.
const templates = `
app-config
app-config: NODE_ENV
app-config: LOG_LEVEL
app-config: API_RATE_LIMIT
app-config: DATABASE_POOL_SIZE
app-config: REDIS_CLUSTER_MODE
app-config: CACHE_TTL
app-config: MONITORING_ENABLED
app-config: METRICS_ENDPOINT
app-config: HEALTH_CHECK_INTERVAL
app-config: DEPLOYMENT_ENVIRONMENT
app-config: FEATURE_FLAGS
app-config: PERFORMANCE_SETTINGS
app-config: SECURITY_SETTINGS
backend-config
backend-config: server.json
backend-config: database.json
backend-config: redis.json
frontend-config
frontend-config: nginx.conf
frontend-config: nginx.conf: API proxy
frontend-config: nginx.conf: WebSocket proxy
frontend-config: nginx.conf: static files
frontend-config: nginx.conf: health check
frontend-config: env.js
{{ENVIRONMENT_NAME}}
{{TIMESTAMP}}
{{CREATOR}}
{{VERSION}}
{{SENTRY_DSN}}
{{ANALYTICS_ID}}
`

const headings = `
Objective: environment consistency
Objective: automated provisioning
Objective: resource optimization
Objective: security compliance
Objective: rapid recovery
Hierarchy: production, primary region
Hierarchy: production cluster
Hierarchy: blue environment
Hierarchy: green environment
Hierarchy: secondary region, disaster recovery cluster
Hierarchy: edge locations, CDN endpoints
Hierarchy: edge locations, edge computing nodes
Hierarchy: staging, full production mirror
Hierarchy: staging, performance testing
Hierarchy: development, feature development
Hierarchy: development, integration testing
Hierarchy: ephemeral, feature branches
Hierarchy: ephemeral, pull request previews
Hierarchy: ephemeral, testing sandboxes
Environment architecture
Environment lifecycle management
Configuration management
Environment promotion pipeline
Infrastructure as code
Environment validation and testing
Resource management and optimization
`
