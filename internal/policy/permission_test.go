package policy_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/lockstep-dev/lockstep"
	"github.com/lockstep-dev/lockstep/internal/policy"
)

// The table of docs/access.md.
func TestRolesHaveTheirPermissions(t *testing.T) {
	t.Parallel()
	for role, want := range map[lockstep.Role]string{
		lockstep.RoleViewer:   "read flags",
		lockstep.RoleOperator: "read write approve flags",
		lockstep.RoleAdmin:    "read write approve reveal tokens keys flags",
		lockstep.RoleFlags:    "flags",
		"":                    "",
		"root":                "",
	} {
		var got []string
		for _, p := range lockstep.Permissions() {
			err := policy.Permit(role, p)
			if has := slices.Contains(policy.Permissions(role), p); has != (err == nil) {
				t.Errorf("%s %s: listed %t, and %v", role, p, has, err)
			}
			if err == nil {
				got = append(got, string(p))
			} else if lockstep.CodeOf(err) != lockstep.CodeForbidden {
				t.Errorf("%s %s: %v", role, p, err)
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%q may %q, want %q", role, got, want)
		}
		for _, none := range []lockstep.Permission{"", "everything", "any token"} {
			if policy.Permit(role, none) == nil {
				t.Errorf("%q may %q", role, none)
			}
		}
	}
}

func TestARefusalNamesWhoMay(t *testing.T) {
	t.Parallel()
	for permission, want := range map[lockstep.Permission]string{
		lockstep.PermissionWrite:  "the role viewer may not do this: it takes the permission write, which a token with the role operator or admin has",
		lockstep.PermissionReveal: "the role viewer may not do this: it takes the permission reveal, which a token with the role admin has",
	} {
		if err := policy.Permit(lockstep.RoleViewer, permission); err == nil || err.Error() != want {
			t.Errorf("%s: %v", permission, err)
		}
	}
}

// What a caller does with the list does not change what a role may do.
func TestPermissionsAreACopy(t *testing.T) {
	t.Parallel()
	policy.Permissions(lockstep.RoleViewer)[0] = lockstep.PermissionTokens
	if policy.Permit(lockstep.RoleViewer, lockstep.PermissionTokens) == nil {
		t.Error("a viewer makes tokens")
	}
}
