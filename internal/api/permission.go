package api

import (
	"context"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/policy"
)

// What needs no permission: somebody's own session.
const (
	anyToken lockstep.Permission = "any token"
	noToken  lockstep.Permission = "no token"
)

// permissions say what each operation needs. One that is missing here is
// allowed to nobody.
var permissions = map[string]lockstep.Permission{
	"sign-in":             noToken,
	"get-session":         anyToken,
	"sign-out":            anyToken,
	"create-sign-in-code": lockstep.PermissionRead,

	"list-tokens":    lockstep.PermissionTokens,
	"create-token":   lockstep.PermissionTokens,
	"revoke-token":   lockstep.PermissionTokens,
	"sign-out-token": lockstep.PermissionTokens,

	"get-info":       lockstep.PermissionRead,
	"list-projects":  lockstep.PermissionRead,
	"get-overview":   lockstep.PermissionRead,
	"list-history":   lockstep.PermissionRead,
	"list-approvals": lockstep.PermissionRead,

	"get-matrix":   lockstep.PermissionRead,
	"plan-matrix":  lockstep.PermissionRead, // it writes nothing
	"apply-matrix": lockstep.PermissionWrite,

	"list-environments":        lockstep.PermissionRead,
	"get-current-environment":  lockstep.PermissionRead,
	"get-environment":          lockstep.PermissionRead,
	"get-environment-status":   lockstep.PermissionRead,
	"get-environment-health":   lockstep.PermissionRead,
	"get-environment-security": lockstep.PermissionRead,
	"get-environment-map":      lockstep.PermissionRead,
	"create-environment":       lockstep.PermissionWrite,
	"update-environment":       lockstep.PermissionWrite,
	"tag-environment":          lockstep.PermissionWrite,
	"clone-environment":        lockstep.PermissionWrite,
	"delete-environment":       lockstep.PermissionWrite,
	"stop-environment":         lockstep.PermissionWrite,
	"start-environment":        lockstep.PermissionWrite,
	"archive-environment":      lockstep.PermissionWrite,
	"unarchive-environment":    lockstep.PermissionWrite,
	"begin-maintenance":        lockstep.PermissionWrite,
	"end-maintenance":          lockstep.PermissionWrite,
	"scale-environment":        lockstep.PermissionWrite,
	"enable-service":           lockstep.PermissionWrite,
	"disable-service":          lockstep.PermissionWrite,

	"get-environment-metrics": lockstep.PermissionRead,
	"list-activity":           lockstep.PermissionRead,
	"get-environment-logs":    lockstep.PermissionRead,
	"list-alerts":             lockstep.PermissionRead,
	"acknowledge-alert":       lockstep.PermissionWrite,
	"stream-events":           lockstep.PermissionRead,

	"deploy":                       lockstep.PermissionWrite,
	"promote":                      lockstep.PermissionWrite,
	"rollback-deployment":          lockstep.PermissionWrite,
	"approve-deployment":           lockstep.PermissionApprove,
	"reject-deployment":            lockstep.PermissionApprove,
	"pause-deployment":             lockstep.PermissionWrite,
	"resume-deployment":            lockstep.PermissionWrite,
	"cancel-deployment":            lockstep.PermissionWrite,
	"list-environment-deployments": lockstep.PermissionRead,
	"list-deployments":             lockstep.PermissionRead,
	"get-deployment":               lockstep.PermissionRead,
	"get-deployment-progress":      lockstep.PermissionRead,

	"list-operations":      lockstep.PermissionRead,
	"get-operation":        lockstep.PermissionRead,
	"get-operation-output": lockstep.PermissionRead,
	"cancel-operation":     lockstep.PermissionWrite,

	"list-releases":  lockstep.PermissionRead,
	"get-release":    lockstep.PermissionRead,
	"diff-releases":  lockstep.PermissionRead,
	"create-release": lockstep.PermissionWrite,
	"stat-blob":      lockstep.PermissionRead,
	"append-blob":    lockstep.PermissionWrite,

	"list-scheduled-deployments": lockstep.PermissionRead,
	"reschedule-deployment":      lockstep.PermissionWrite,
	"list-schedules":             lockstep.PermissionRead,
	"create-schedule":            lockstep.PermissionWrite,
	"get-schedule":               lockstep.PermissionRead,
	"change-schedule":            lockstep.PermissionWrite,
	"pause-schedule":             lockstep.PermissionWrite,
	"resume-schedule":            lockstep.PermissionWrite,
	"delete-schedule":            lockstep.PermissionWrite,

	"switch-environment": lockstep.PermissionWrite,
	"list-switches":      lockstep.PermissionRead,
	"get-switch":         lockstep.PermissionRead,
	"approve-switch":     lockstep.PermissionApprove,
	"reject-switch":      lockstep.PermissionApprove,
	"get-live":           lockstep.PermissionRead,

	"get-environment-config":    lockstep.PermissionRead,
	"update-environment-config": lockstep.PermissionWrite,
	"list-config-versions":      lockstep.PermissionRead,
	"get-config-version":        lockstep.PermissionRead,
	"diff-config":               lockstep.PermissionRead,
	"restore-config":            lockstep.PermissionWrite,
	"get-resolved-config":       lockstep.PermissionRead,
	"watch-resolved-config":     lockstep.PermissionRead,
	"list-variables":            lockstep.PermissionRead,
	"update-variables":          lockstep.PermissionWrite,
	"explain-variable":          lockstep.PermissionRead,
	"list-project-variables":    lockstep.PermissionRead,
	"update-project-variables":  lockstep.PermissionWrite,
	"list-type-variables":       lockstep.PermissionRead,
	"update-type-variables":     lockstep.PermissionWrite,
	"read-variables-file":       lockstep.PermissionRead, // it keeps nothing
	"write-variables-file":      lockstep.PermissionRead,

	"list-templates":         lockstep.PermissionRead,
	"get-template":           lockstep.PermissionRead,
	"list-template-versions": lockstep.PermissionRead,
	"preview-template":       lockstep.PermissionRead, // it writes nothing
	"create-template":        lockstep.PermissionWrite,
	"update-template":        lockstep.PermissionWrite,
	"delete-template":        lockstep.PermissionWrite,
	"apply-template":         lockstep.PermissionWrite,
	"upgrade-template":       lockstep.PermissionWrite,
	"list-applied-templates": lockstep.PermissionRead,
	"get-applied-template":   lockstep.PermissionRead,

	"diff-environments":      lockstep.PermissionRead,
	"sync-environment":       lockstep.PermissionWrite,
	"list-environment-syncs": lockstep.PermissionRead,
	"list-syncs":             lockstep.PermissionRead,
	"get-sync":               lockstep.PermissionRead,
	"undo-sync":              lockstep.PermissionWrite,

	"get-key-status":        lockstep.PermissionRead,
	"rotate-keys":           lockstep.PermissionKeys,
	"list-secret-uses":      lockstep.PermissionRead,
	"revoke-secret-version": lockstep.PermissionWrite,

	"evaluate-flag":             lockstep.PermissionFlags,
	"evaluate-flags":            lockstep.PermissionFlags,
	"evaluate-flag-of-project":  lockstep.PermissionFlags,
	"evaluate-flags-of-project": lockstep.PermissionFlags,
}

// permit asks whether whoever a request comes from has a permission.
func permit(ctx context.Context, permission lockstep.Permission) error {
	switch who := identity(ctx); {
	case permission == noToken, permission == anyToken && who.Name != "":
		return nil
	default:
		return policy.Permit(who.Role, permission)
	}
}

// tryable is an input that may ask for a dry run, and revealing one that may
// ask for the values of secrets.
type (
	tryable   interface{ tries() bool }
	revealing interface{ reveals() bool }
)

func (c Change) tries() bool { return c.DryRun }

// Reveal asks for the values of secrets.
type Reveal struct {
	IncludeSecrets bool `query:"includeSecrets" doc:"With the values of secrets. It takes the permission reveal, and who asked is noted."`
}

func (r Reveal) reveals() bool { return r.IncludeSecrets }

// needed is what a request needs that has been read. A dry run of a change
// writes nothing, and needs no more than to read.
func needed(operation string, in any) []lockstep.Permission {
	p := permissions[operation]
	if t, ok := in.(tryable); ok && t.tries() && p == lockstep.PermissionWrite {
		p = lockstep.PermissionRead
	}
	if r, ok := in.(revealing); ok && r.reveals() {
		return []lockstep.Permission{p, lockstep.PermissionReveal}
	}
	return []lockstep.Permission{p}
}

// early refuses, before anything of a body is read, what will be refused in
// any case: what dryRun says is not read yet.
func (h *Handler) early(operation string) func(huma.Context, func(huma.Context)) {
	return func(hc huma.Context, next func(huma.Context)) {
		p := permissions[operation]
		if hc.Query("dryRun") != "" && p == lockstep.PermissionWrite {
			p = lockstep.PermissionRead
		}
		if err := permit(hc.Context(), p); err != nil {
			r, w := humago.Unwrap(hc)
			h.refuse(w, r, err)
			return
		}
		next(hc)
	}
}
