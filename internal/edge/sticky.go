package edge

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"math"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/lockstep-dev/lockstep"
)

// cookie makes clients stay with a revision. Its value is a random number, the
// client's place, and says nothing of revisions: which of them the place means
// follows from the weights in force ([view.chooseFor]). So there is nothing to
// forge but another place, which everybody can have by sending no cookie, and
// nothing that could point to a revision that is gone. An app may read it and
// learns nothing.
type cookie struct {
	name string // of this environment: ports do not keep cookies apart
	life int    // seconds
}

const defaultStickyLifetime = 24 * time.Hour

func newCookie(environment string, lifetime lockstep.Duration) *cookie {
	sum := sha256.Sum256([]byte(environment))
	return &cookie{
		name: "lockstep-" + hex.EncodeToString(sum[:4]),
		life: max(1, int(lifetime.Or(defaultStickyLifetime).Seconds())),
	}
}

// read is the client's place; fresh where it sent none that is one.
func (c *cookie) read(r *http.Request) (place uint64, fresh bool) {
	for _, sent := range r.CookiesNamed(c.name) {
		if place, ok := parsePlace(sent.Value); ok {
			return place, false
		}
	}
	return 0, true
}

func newPlace() uint64 { return rand.Uint64() }

func formatPlace(place uint64) string {
	return base64.RawURLEncoding.EncodeToString(binary.BigEndian.AppendUint64(nil, place))
}

func parsePlace(text string) (uint64, bool) {
	var raw [9]byte
	if base64.RawURLEncoding.DecodedLen(len(text)) != 8 {
		return 0, false
	}
	n, err := base64.RawURLEncoding.Strict().Decode(raw[:], []byte(text))
	return binary.BigEndian.Uint64(raw[:8]), err == nil && n == 8
}

// saltOf makes the same place another one for each revision: not always the
// same clients are the first to meet a new one.
func saltOf(environment, revision string) uint64 {
	sum := sha256.Sum256([]byte(environment + "/" + revision))
	return binary.BigEndian.Uint64(sum[:8])
}

// chooseFor is weighted rendezvous hashing: of a random but fixed number for
// each revision and place, measured by its weight, the least wins. Each
// revision has its weight's part of all places, and a place changes its
// revision only towards one whose weight has grown against the other's.
func (v *view) chooseFor(place uint64) *offer {
	var best *offer
	least := math.Inf(1)
	for _, s := range v.shares {
		// Exponentially distributed with the weight as its rate.
		if score := -math.Log(unit(mix(place^s.salt))) / float64(s.weight); best == nil || score < least {
			best, least = s.offer, score
		}
	}
	return best
}

// unit is in (0, 1].
func unit(x uint64) float64 { return (float64(x>>11) + 1) / (1 << 53) }

// mix makes every bit depend on all (splitmix64).
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// grant gives a new client its place with the answer. A cache that many share
// must not give one client's to all.
func (x *exchange) grant(resp *http.Response) {
	a := x.audience
	if !x.aim.who.fresh || a == nil || a.sticky == nil || sharedByCaches(resp.Header) {
		return
	}
	text := a.sticky.name + "=" + formatPlace(x.aim.who.place) + "; Path=/; Max-Age=" + strconv.Itoa(a.sticky.life) + "; HttpOnly; SameSite=Lax"
	if x.secure {
		text += "; Secure"
	}
	before := resp.Header["Set-Cookie"]
	resp.Header["Set-Cookie"] = append(before[:len(before):len(before)], text)
}

func sharedByCaches(h http.Header) bool {
	control := h["Cache-Control"]
	if len(control) == 0 {
		return false
	}
	all := strings.ToLower(strings.Join(control, ","))
	return strings.Contains(all, "public") || strings.Contains(all, "s-maxage")
}
