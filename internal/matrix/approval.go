package matrix

import (
	"slices"

	"github.com/lockstep-dev/lockstep"
)

// approvals is what environments.<name>.approvals says; nil was not said.
type approvals struct {
	required *bool
	of       []word
}

// What an approval can be required for. Where nothing is said it is
// deployments alone.
const (
	approveDeploy = "deploy"
	approveSwitch = "switch"
)

var approvable = []string{approveDeploy, approveSwitch}

var approvalKeys = keys[approvals]{
	{"required", func(v value, a *approvals) {
		if b, ok := v.boolean(); ok {
			a.required = &b
		}
	}},
	{"for", func(v value, a *approvals) {
		a.of = v.set(func(v value) (string, bool) { return choice(v, "action", approvable) })
		if v.n.kind == list && len(v.n.items) == 0 {
			v.wrong("write required: false", "an approval for nothing is none")
		}
	}},
}

func readApprovals(v value, a *approvals) {
	if approvalKeys.read(v, a) && a.of != nil && (a.required == nil || !*a.required) {
		v.wrong("add required: true", "for says what an approval is required for, and none is required")
	}
}

// apply settles what approvals are required for; said is what B's
// approval_required says of deployments.
func (a approvals) apply(spec *lockstep.EnvironmentSpec, said *bool) {
	switch {
	case a.required == nil && said != nil:
		spec.ApprovalRequired = *said
	case a.required == nil || !*a.required:
	case a.of == nil:
		spec.ApprovalRequired = true
	default:
		spec.ApprovalRequired = slices.Contains(texts(a.of), approveDeploy)
		spec.SwitchApproval = slices.Contains(texts(a.of), approveSwitch)
	}
}

// approvalTree does not say what it need not.
func approvalTree(spec lockstep.EnvironmentSpec) branch {
	b := branch{"required": spec.ApprovalRequired || spec.SwitchApproval}
	switch {
	case spec.ApprovalRequired && spec.SwitchApproval:
		b["for"] = anyList(approvable)
	case spec.SwitchApproval:
		b["for"] = anyList([]string{approveSwitch})
	}
	return b
}
