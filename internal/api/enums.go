package api

import (
	"reflect"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lockstep-dev/lockstep"
)

// The vocabulary's closed sets, as the document says them. The root package
// knows nothing of schemas, so that each of its types has a stand-in here.
type (
	autoDeploySchema        string
	alertStateSchema        string
	certificateStateSchema  string
	monitorStateSchema      string
	checkKindSchema         string
	healthStatusSchema      string
	codeSchema              string
	environmentStatusSchema string
	environmentTypeSchema   string
	firingOutcomeSchema     string
	hookStageSchema         string
	ifMissedSchema          string
	operationStatusSchema   string
	permissionSchema        string
	recipeWordSchema        string
	roleSchema              string
	stepStatusSchema        string
	strategySchema          string
	switchStatusSchema      string
	templateTypeSchema      string
	syncTypeSchema          string
	syncStatusSchema        string
	differenceClassSchema   string
	verdictSchema           string
	operationKindSchema     string
	mapEdgeKindSchema       string
	serviceChangeSchema     string
	severitySchema          string
	revisionRoleSchema      string
	environmentRoleSchema   string
	historyKindSchema       string
	historyResultSchema     string
	holderWaitSchema        string
	historySentenceSchema   string
	historyActSchema        string
)

func (autoDeploySchema) Schema(huma.Registry) *huma.Schema {
	return enum(lockstep.AutoDeploys())
}
func (alertStateSchema) Schema(huma.Registry) *huma.Schema { return enum(lockstep.AlertStates()) }

func (certificateStateSchema) Schema(huma.Registry) *huma.Schema {
	return enum(lockstep.CertificateStates())
}

func (monitorStateSchema) Schema(huma.Registry) *huma.Schema { return enum(lockstep.MonitorStates()) }

func (checkKindSchema) Schema(huma.Registry) *huma.Schema { return enum(lockstep.CheckKinds()) }

func (healthStatusSchema) Schema(huma.Registry) *huma.Schema {
	return enum(lockstep.HealthStatuses())
}

func (codeSchema) Schema(huma.Registry) *huma.Schema {
	return enum(slices.Sorted(slices.Values(lockstep.Codes())))
}

func (environmentStatusSchema) Schema(huma.Registry) *huma.Schema {
	return enum(lockstep.EnvironmentTransitions.States())
}

func (environmentTypeSchema) Schema(huma.Registry) *huma.Schema {
	return enum(lockstep.EnvironmentTypes())
}

func (hookStageSchema) Schema(huma.Registry) *huma.Schema {
	return enum(lockstep.HookStages())
}

func (firingOutcomeSchema) Schema(huma.Registry) *huma.Schema {
	return enum(lockstep.FiringOutcomes())
}

func (ifMissedSchema) Schema(huma.Registry) *huma.Schema {
	return enum(lockstep.IfMissedPolicies())
}

func (operationStatusSchema) Schema(huma.Registry) *huma.Schema {
	return enum(lockstep.OperationTransitions.States())
}

func (permissionSchema) Schema(huma.Registry) *huma.Schema { return enum(lockstep.Permissions()) }

func (roleSchema) Schema(huma.Registry) *huma.Schema { return enum(lockstep.Roles()) }

func (recipeWordSchema) Schema(huma.Registry) *huma.Schema {
	return enum(lockstep.RecipeWords())
}

func (verdictSchema) Schema(huma.Registry) *huma.Schema {
	return enum(lockstep.Verdicts())
}

func (stepStatusSchema) Schema(huma.Registry) *huma.Schema {
	return enum(lockstep.StepTransitions.States())
}

func (strategySchema) Schema(huma.Registry) *huma.Schema {
	return enum(lockstep.Strategies())
}

func (switchStatusSchema) Schema(huma.Registry) *huma.Schema {
	return enum(lockstep.SwitchStatuses())
}

func (templateTypeSchema) Schema(huma.Registry) *huma.Schema {
	return enum(lockstep.TemplateTypes())
}

// B's names of a type of sync are read, too.
func (syncTypeSchema) Schema(huma.Registry) *huma.Schema {
	return enum(append(lockstep.SyncTypes(), "config", "data", "both"))
}

func (syncStatusSchema) Schema(huma.Registry) *huma.Schema { return enum(lockstep.SyncStatuses()) }

func (differenceClassSchema) Schema(huma.Registry) *huma.Schema {
	return enum(lockstep.DifferenceClasses())
}

func (operationKindSchema) Schema(huma.Registry) *huma.Schema {
	return enum(lockstep.OperationKinds())
}

func (environmentRoleSchema) Schema(huma.Registry) *huma.Schema {
	return enum(lockstep.EnvironmentRoles())
}

func (revisionRoleSchema) Schema(huma.Registry) *huma.Schema { return enum(lockstep.RevisionRoles()) }

func (severitySchema) Schema(huma.Registry) *huma.Schema { return enum(lockstep.Severities()) }

func (serviceChangeSchema) Schema(huma.Registry) *huma.Schema { return enum(lockstep.ServiceChanges()) }

func (mapEdgeKindSchema) Schema(huma.Registry) *huma.Schema { return enum(lockstep.MapEdgeKinds()) }

func (historyKindSchema) Schema(huma.Registry) *huma.Schema { return enum(lockstep.HistoryKinds()) }

func (holderWaitSchema) Schema(huma.Registry) *huma.Schema { return enum(lockstep.HolderWaits()) }

func (historyResultSchema) Schema(huma.Registry) *huma.Schema {
	return enum(lockstep.HistoryResults())
}

func (historySentenceSchema) Schema(huma.Registry) *huma.Schema {
	return enum(lockstep.HistorySentences())
}

func (historyActSchema) Schema(huma.Registry) *huma.Schema {
	return enum(lockstep.HistoryActs())
}

func enum[S ~string](values []S) *huma.Schema {
	s := &huma.Schema{Type: huma.TypeString}
	for _, v := range values {
		s.Enum = append(s.Enum, string(v))
	}
	return s
}

func registerEnums(r huma.Registry) {
	for of, standIn := range map[reflect.Type]reflect.Type{
		reflect.TypeFor[lockstep.AutoDeploy]():        reflect.TypeFor[autoDeploySchema](),
		reflect.TypeFor[lockstep.AlertState]():        reflect.TypeFor[alertStateSchema](),
		reflect.TypeFor[lockstep.CertificateState]():  reflect.TypeFor[certificateStateSchema](),
		reflect.TypeFor[lockstep.MonitorState]():      reflect.TypeFor[monitorStateSchema](),
		reflect.TypeFor[lockstep.CheckKind]():         reflect.TypeFor[checkKindSchema](),
		reflect.TypeFor[lockstep.HealthStatus]():      reflect.TypeFor[healthStatusSchema](),
		reflect.TypeFor[lockstep.Code]():              reflect.TypeFor[codeSchema](),
		reflect.TypeFor[lockstep.EnvironmentStatus](): reflect.TypeFor[environmentStatusSchema](),
		reflect.TypeFor[lockstep.EnvironmentType]():   reflect.TypeFor[environmentTypeSchema](),
		reflect.TypeFor[lockstep.HookStage]():         reflect.TypeFor[hookStageSchema](),
		reflect.TypeFor[lockstep.FiringOutcome]():     reflect.TypeFor[firingOutcomeSchema](),
		reflect.TypeFor[lockstep.IfMissed]():          reflect.TypeFor[ifMissedSchema](),
		reflect.TypeFor[lockstep.OperationStatus]():   reflect.TypeFor[operationStatusSchema](),
		reflect.TypeFor[lockstep.Permission]():        reflect.TypeFor[permissionSchema](),
		reflect.TypeFor[lockstep.Role]():              reflect.TypeFor[roleSchema](),
		reflect.TypeFor[lockstep.RecipeWord]():        reflect.TypeFor[recipeWordSchema](),
		reflect.TypeFor[lockstep.Verdict]():           reflect.TypeFor[verdictSchema](),
		reflect.TypeFor[lockstep.StepStatus]():        reflect.TypeFor[stepStatusSchema](),
		reflect.TypeFor[lockstep.SwitchStatus]():      reflect.TypeFor[switchStatusSchema](),
		reflect.TypeFor[lockstep.TemplateType]():      reflect.TypeFor[templateTypeSchema](),
		reflect.TypeFor[lockstep.SyncType]():          reflect.TypeFor[syncTypeSchema](),
		reflect.TypeFor[lockstep.SyncStatus]():        reflect.TypeFor[syncStatusSchema](),
		reflect.TypeFor[lockstep.DifferenceClass]():   reflect.TypeFor[differenceClassSchema](),
		reflect.TypeFor[lockstep.HistoryKind]():       reflect.TypeFor[historyKindSchema](),
		reflect.TypeFor[lockstep.HolderWait]():        reflect.TypeFor[holderWaitSchema](),
		reflect.TypeFor[lockstep.HistoryResult]():     reflect.TypeFor[historyResultSchema](),
		reflect.TypeFor[lockstep.HistorySentence]():   reflect.TypeFor[historySentenceSchema](),
		reflect.TypeFor[lockstep.HistoryAct]():        reflect.TypeFor[historyActSchema](),
		reflect.TypeFor[lockstep.EnvironmentRole]():   reflect.TypeFor[environmentRoleSchema](),
		reflect.TypeFor[lockstep.RevisionRole]():      reflect.TypeFor[revisionRoleSchema](),
		reflect.TypeFor[lockstep.Severity]():          reflect.TypeFor[severitySchema](),
		reflect.TypeFor[lockstep.ServiceChange]():     reflect.TypeFor[serviceChangeSchema](),
		reflect.TypeFor[lockstep.MapEdgeKind]():       reflect.TypeFor[mapEdgeKindSchema](),
		reflect.TypeFor[lockstep.OperationKind]():     reflect.TypeFor[operationKindSchema](),
		reflect.TypeFor[lockstep.Strategy]():          reflect.TypeFor[strategySchema](),
	} {
		r.RegisterTypeAlias(of, standIn)
	}
}
