package edge

import (
	"net/http"
	"testing"

	"github.com/lockstep-dev/lockstep"
)

// BenchmarkAudience is what a request pays for being recognised and led:
// nothing but a look where nobody asks for it.
func BenchmarkAudience(b *testing.B) {
	for name, ask := range map[string]func(*lockstep.Routing){
		"unasked": func(*lockstep.Routing) {},
		"sticky":  sticky,
		"testers": preview,
	} {
		b.Run(name, func(b *testing.B) {
			e := crowded()
			r := benchRouting(25)
			ask(&r)
			e.SetRouting(envID, r)
			env := e.table.Load().environments[envID]
			v := env.now.Load()
			req := newRequest(http.MethodGet, "http://"+envHost+"/backend/orders", nil)
			if v.audience != nil && v.audience.sticky != nil {
				req.Header.Set("Cookie", v.audience.sticky.name+"="+formatPlace(1))
			}
			b.ReportAllocs()
			for b.Loop() {
				var who visitor
				if asked := env.now.Load().audience; asked != nil {
					who = asked.recognise(req)
				}
				if _, _, ok := v.lead(who); !ok {
					b.Fatal("led nowhere")
				}
			}
		})
	}
}
