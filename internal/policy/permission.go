package policy

import (
	"slices"
	"strings"

	"github.com/lockstep-dev/lockstep"
)

// roles say what each role may do. Who reads configurations may know what its
// flags come to.
var roles = map[lockstep.Role][]lockstep.Permission{
	lockstep.RoleViewer:   {lockstep.PermissionRead, lockstep.PermissionFlags},
	lockstep.RoleOperator: {lockstep.PermissionRead, lockstep.PermissionWrite, lockstep.PermissionApprove, lockstep.PermissionFlags},
	lockstep.RoleAdmin:    lockstep.Permissions(),
	lockstep.RoleFlags:    {lockstep.PermissionFlags},
}

// Permissions of a role; none of one that we do not know.
func Permissions(role lockstep.Role) []lockstep.Permission {
	return slices.Clone(roles[role])
}

// Permit says whether a role has a permission. What is refused names the
// role, and those that would do.
func Permit(role lockstep.Role, permission lockstep.Permission) error {
	if slices.Contains(roles[role], permission) {
		return nil
	}
	var enough []string
	for _, r := range lockstep.Roles() {
		if slices.Contains(roles[r], permission) {
			enough = append(enough, string(r))
		}
	}
	if len(enough) == 0 {
		return lockstep.Errorf(lockstep.CodeForbidden, "nobody may do this: there is no permission %q", permission)
	}
	return lockstep.Errorf(lockstep.CodeForbidden, "the role %s may not do this: it takes the permission %s, which a token with the role %s has",
		role, permission, strings.Join(enough, " or "))
}
