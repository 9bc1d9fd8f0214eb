package template

import (
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
)

// TestFunctions keeps the list of what templates may call, so that a new
// version of sprig adds nothing unseen.
func TestFunctions(t *testing.T) {
	t.Parallel()
	got := strings.Join(slices.Sorted(maps.Keys(functions())), "\n") + "\n"
	want, err := os.ReadFile("testdata/functions.golden")
	if *update {
		if err := os.WriteFile("testdata/functions.golden", []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	if err != nil || got != string(want) {
		t.Errorf("the functions are others than in testdata/functions.golden: look at each that is new, then -update")
	}
	for _, name := range []string{"env", "expandenv", "now", "getHostByName", "randInt", "uuidv4", "genPrivateKey", "date", "unixEpoch", "shuffle", "bcrypt"} {
		if functions()[name] != nil {
			t.Errorf("%s is there", name)
		}
	}
}
