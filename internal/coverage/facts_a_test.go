package coverage

import (
	"slices"
	"strings"
)

// What A has, section by section and in its order; a section's items are the first cells of its rows.

// entities lists A's interfaces with their fields, and after them those that A uses without declaring them.
const entities = `
EnvironmentSystem: environments currentEnvironment configurationManager deploymentManager isolationManager syncManager validationEngine monitoringConfig
Environment: id name type status description config variables services database cache storage security monitoring deployment isolation metadata
EnvironmentConfig: general application infrastructure integrations features performance logging backup maintenance
EnvironmentVariable: key value type scope sensitive required description defaultValue validation environment source lastModified modifiedBy
EnvironmentService: id name type enabled config endpoints dependencies healthCheck monitoring scaling
DeploymentConfig: strategy automation rollback validation notifications hooks approvals schedule
EnvironmentDeploymentRequest: environmentId version strategy deployedBy description rollbackOnFailure validationRequired notificationChannels
DeploymentResult: id environmentId version strategy status steps startedAt completedAt duration startedBy error rollback
SyncResult: id sourceEnvironmentId targetEnvironmentId syncType status changes startedAt completedAt duration startedBy error
SwitchResult: id fromEnvironmentId toEnvironmentId status steps startedAt completedAt duration startedBy error
ConfigUpdateOptions: updatedBy description applyImmediately createBackup validateBeforeApply
ConfigUpdateResult: environmentId changes version success validationResult error
ConfigTemplate: id name description type environmentTypes template variables validation metadata
DeploymentExecutor: execute
StrategyExecutionResult: strategy success steps error
DeploymentStep: name status startedAt completedAt duration output error
EnvironmentSystemInitResult: environments currentEnvironment services status error
EnvironmentMetadata: createdAt createdBy version tags lastDeployment lastModified modifiedBy
LastDeployment: version deployedAt deployedBy deploymentId
StatusReport: id name type status health services variables lastDeployment monitoring metrics
DeploymentHook: name stage required
HookResult: success startedAt completedAt duration output error
DeploymentError: message stack timestamp
RollbackConfig: automatic
ApprovalConfig: required
ConfigSyncOptions: syncType syncedBy
ConfigChange: type path oldValue newValue status error
EnvironmentSwitchOptions: switchedBy
SwitchStep: name required success
TemplateMetadata: createdAt createdBy version
TemplateApplyResult: environmentId templateId success appliedConfig changes error
`

// values lists A's unions and other closed sets of words.
const values = `
EnvironmentType: development testing staging production preview custom
EnvironmentStatus: active inactive maintenance deploying failed archived
VariableType: string number boolean json secret file url
VariableScope: global service feature deployment
VariableSource: manual sync import generated inherited
ServiceType: database cache storage queue api cdn monitoring custom
DeploymentStrategy: blue_green rolling canary recreate custom
DeploymentStatus: pending pending_approval running completed failed cancelled rolled_back
DeploymentStepStatus: completed failed skipped
SyncType: full partial variables_only services_only config_only
SyncStatus: running completed failed cancelled
SwitchStatus: running completed failed rolled_back
TemplateType: full_environment service_config variables_only infrastructure custom
HookStage: pre-deployment post-deployment
ConfigChangeStatus: applied failed
SystemStatus: initializing active failed
AuditAction: environment_created deployment_executed
`

// tables lists A's tables with their columns, and its indexes.
const tables = `
environments: id name type status description config variables services database cache storage security monitoring deployment isolation metadata created_at updated_at
environment_variables: id environment_id key value type scope sensitive required description default_value validation source created_at updated_at
environment_services: id environment_id name type enabled config endpoints dependencies health_check monitoring scaling created_at updated_at
deployments: id environment_id version strategy status steps started_at completed_at duration started_by error rollback
config_templates: id name description type environment_types template variables validation metadata created_at updated_at
config_sync_history: id source_environment_id target_environment_id sync_type status changes started_at completed_at duration started_by error
environment_health_checks: id environment_id service_name status response_time error_message checked_at metadata
`

const indexes = `
idx_environments_type
idx_environments_status
idx_environment_variables_env_id
idx_environment_variables_key
idx_environment_services_env_id
idx_environment_services_type
idx_deployments_environment_id
idx_deployments_status
idx_deployments_started_at
idx_config_templates_type
idx_config_sync_history_source_target
idx_environment_health_checks_env_id
idx_environment_health_checks_checked_at
`

const endpoints = `
GET /api/system/environments
POST /api/system/environments
GET /api/system/environments/{id}
PUT /api/system/environments/{id}
DELETE /api/system/environments/{id}
POST /api/system/environments/{id}/clone
GET /api/system/environments/{id}/config
PUT /api/system/environments/{id}/config
POST /api/system/environments/{id}/sync
GET /api/system/environments/{id}/variables
PUT /api/system/environments/{id}/variables
POST /api/system/environments/{id}/deploy
GET /api/system/environments/{id}/deployments
GET /api/system/deployments/{id}
POST /api/system/deployments/{id}/rollback
POST /api/system/deployments/{id}/approve
POST /api/system/environments/switch
GET /api/system/environments/current
GET /api/system/environments/{id}/status
GET /api/system/config/templates
POST /api/system/config/templates
GET /api/system/config/templates/{id}
PUT /api/system/config/templates/{id}
POST /api/system/config/templates/{id}/apply
GET /api/system/environments/{id}/health
GET /api/system/environments/{id}/metrics
GET /api/system/environments/{id}/logs
`

// operations lists what A's services do, each with its phases.
const operations = `
initializeEnvironmentSystem: load the environments
initializeEnvironmentSystem: determine the current environment
initializeEnvironmentSystem: initialize its enabled services
initializeEnvironmentSystem: start monitoring
createEnvironment: validate the configuration, all errors at once
createEnvironment: inactive until it works
createEnvironment: isolation
createEnvironment: initialize services
createEnvironment: set up variables
createEnvironment: configure monitoring
createEnvironment: store it
createEnvironment: audit
createEnvironment: notification
deployToEnvironment: unknown environment
deployToEnvironment: the environment's strategy by default
deployToEnvironment: prerequisites
deployToEnvironment: approvals
deployToEnvironment: pre-deployment hooks
deployToEnvironment: a required hook's failure stops it
deployToEnvironment: execute the strategy
deployToEnvironment: post-deployment hooks
deployToEnvironment: deployment-validation
deployToEnvironment: update version and last deployment
deployToEnvironment: notification
deployToEnvironment: automatic rollback
deployToEnvironment: store result, steps and duration
deployToEnvironment: audit
syncEnvironmentConfiguration: plan
syncEnvironmentConfiguration: execute, old and new value of each change
syncEnvironmentConfiguration: validate the result
syncEnvironmentConfiguration: update the target
getEnvironmentStatus: health
getEnvironmentStatus: services
getEnvironmentStatus: monitoring
getEnvironmentStatus: metrics of 24 hours
switchEnvironment: validate prerequisites
switchEnvironment: plan and execute steps
switchEnvironment: set the current environment
switchEnvironment: roll back when it fails half way
getEnvironmentConfiguration: sensitive values are redacted
getEnvironmentConfiguration: include secrets
updateEnvironmentConfiguration: keep the version before
updateEnvironmentConfiguration: apply changes
updateEnvironmentConfiguration: validate
updateEnvironmentConfiguration: encrypt sensitive variables
updateEnvironmentConfiguration: new version with author and description
updateEnvironmentConfiguration: apply to running services at once
createConfigurationTemplate: validate and store
applyConfigurationTemplate: compatible environment types
applyConfigurationTemplate: fill in variables
applyConfigurationTemplate: update the configuration
executeDeployment: blue_green
executeDeployment: rolling
executeDeployment: canary
executeDeployment: recreate
executeDeployment: custom
validateDeployment
rollbackDeployment
blue-green: prepare the green environment
blue-green: deploy to green
blue-green: validate green
blue-green: switch traffic to green
blue-green: clean blue up
`

// dashboard lists A's panels: figures, lists and buttons.
const dashboard = `
Header: Create
Header: Deploy
Header: Settings
Overview: current environment
Overview: status, version and health
Overview: available environments
Overview: active users and sessions
Overview: recent activity
Overview: Switch Environment
Overview: View All
Overview: Environment Map
Configuration: environment type
Configuration: region
Configuration: timezone
Configuration: debug mode
Configuration: maintenance mode
Configuration: service status of the database
Configuration: service status of the cache
Configuration: service status of the storage
Configuration: service status of the CDN
Configuration: service status of the queue
Configuration: service status of the search
Configuration: number of variables
Configuration: public and sensitive variables
Configuration: Edit Configuration
Configuration: Sync Config
Configuration: Export
Deployment: scheduled deployments
Deployment: strategy and approval of a scheduled one
Deployment: estimated downtime
Deployment: rollback plan
Deployment: View Details
Deployment: Modify
Deployment: Cancel
Deployment: recent deployments
Deployment: duration, strategy and who
Deployment: rolled back, why and by whom
Deployment: available strategies
Deployment: Deploy Now
Deployment: Schedule Deployment
Deployment: View History
Health: overall score
Health: application response time
Health: database query time
Health: cache hit ratio
Health: storage capacity
Health: CDN uptime
Health: CPU usage
Health: memory usage
Health: storage usage
Health: network usage
Health: uptime monitoring
Health: performance monitoring
Health: security monitoring
Health: log aggregation
Health: Health Details
Health: Monitoring Dashboard
Health: Alerts
`

// lines are the lines of a list.
func lines(list string) []string { return strings.Split(strings.TrimSpace(list), "\n") }

// members turns "Type: a b" into Type<sep>a and Type<sep>b.
func members(list, sep string) []string {
	var out []string
	for _, line := range lines(list) {
		owner, names, _ := strings.Cut(line, ": ")
		for name := range strings.FieldsSeq(names) {
			out = append(out, owner+sep+name)
		}
	}
	return out
}

// owners are the names before the colons.
func owners(list string) []string {
	var out []string
	for _, line := range lines(list) {
		owner, _, _ := strings.Cut(line, ": ")
		out = append(out, owner)
	}
	return out
}

// facts are all sections of A and B.
func facts() map[string][]string {
	return map[string][]string{
		"A: entities":                           members(entities, "."),
		"A: values":                             members(values, ": "),
		"A: operations":                         lines(operations),
		"A: endpoints":                          lines(endpoints),
		"A: tables":                             slices.Concat(owners(tables), members(tables, "."), lines(indexes)),
		"A: dashboard":                          lines(dashboard),
		"B: matrix":                             lines(matrixKeys),
		"B: controller":                         lines(controller),
		"B: lifecycle":                          lines(lifecycle),
		"B: validation":                         lines(validation),
		"B: configuration templates":            lines(templates),
		"B: objectives, hierarchy and headings": lines(headings),
	}
}
