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
	certificateStateSchema  string
	codeSchema              string
	environmentStatusSchema string
	environmentTypeSchema   string
	hookStageSchema         string
	operationStatusSchema   string
	recipeWordSchema        string
	stepStatusSchema        string
	strategySchema          string
	verdictSchema           string
)

func (certificateStateSchema) Schema(huma.Registry) *huma.Schema {
	return enum(lockstep.CertificateStates())
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

func (operationStatusSchema) Schema(huma.Registry) *huma.Schema {
	return enum(lockstep.OperationTransitions.States())
}

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

func enum[S ~string](values []S) *huma.Schema {
	s := &huma.Schema{Type: huma.TypeString}
	for _, v := range values {
		s.Enum = append(s.Enum, string(v))
	}
	return s
}

func registerEnums(r huma.Registry) {
	for of, standIn := range map[reflect.Type]reflect.Type{
		reflect.TypeFor[lockstep.CertificateState]():  reflect.TypeFor[certificateStateSchema](),
		reflect.TypeFor[lockstep.Code]():              reflect.TypeFor[codeSchema](),
		reflect.TypeFor[lockstep.EnvironmentStatus](): reflect.TypeFor[environmentStatusSchema](),
		reflect.TypeFor[lockstep.EnvironmentType]():   reflect.TypeFor[environmentTypeSchema](),
		reflect.TypeFor[lockstep.HookStage]():         reflect.TypeFor[hookStageSchema](),
		reflect.TypeFor[lockstep.OperationStatus]():   reflect.TypeFor[operationStatusSchema](),
		reflect.TypeFor[lockstep.RecipeWord]():        reflect.TypeFor[recipeWordSchema](),
		reflect.TypeFor[lockstep.Verdict]():           reflect.TypeFor[verdictSchema](),
		reflect.TypeFor[lockstep.StepStatus]():        reflect.TypeFor[stepStatusSchema](),
		reflect.TypeFor[lockstep.Strategy]():          reflect.TypeFor[strategySchema](),
	} {
		r.RegisterTypeAlias(of, standIn)
	}
}
