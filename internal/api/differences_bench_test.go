package api_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/lockstep-dev/lockstep"
)

// BenchmarkDifferences compares two environments of 10,000 variables each, of
// which a tenth differ, over HTTP: read from the store, compared, and written.
func BenchmarkDifferences(b *testing.B) {
	onBoth(b, func(b *testing.B, w *world) {
		b.Helper()
		for _, name := range []string{"staging", "production"} {
			var body strings.Builder
			for i := range 9900 { // and staging's 50
				value := "the same in both"
				if i%10 == 0 {
					value = name
				}
				fmt.Fprintf(&body, `,"VARIABLE_%04d": %q`, i, value)
			}
			w.do(http.MethodPut, "/api/system/environments/"+name+"/variables", `{"variables": {`+body.String()[1:]+`}}`, head{"If-Match": "*"}).is(200)
		}
		path := staging + "/diff?with=production"
		if d := decode[lockstep.EnvironmentDiff](w.get(path).is(200)); len(d.Differences) < 990 || d.Same < 8910 {
			b.Fatal(len(d.Differences), d.Same)
		}
		ask(b, w.client, w.request(http.MethodGet, path, ""), 200)
	})
}
