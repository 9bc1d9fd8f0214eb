package template

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"text/template"

	"github.com/Masterminds/sprig/v3"
)

// unfit are functions of sprig that its hermetic set leaves in: they ask the
// clock, chance or the system, or they make keys, which have no place in a
// configuration.
var unfit = []string{
	"ago", "durationRound", "must_date_modify", "mustDateModify", "mustToDate", "toDate", "unixEpoch",
	"randInt", "shuffle", "bcrypt", "htpasswd", "genPrivateKey", "derivePassword", "buildCustomCert",
	"genCA", "genCAWithKey", "genSelfSignedCert", "genSelfSignedCertWithKey", "genSignedCert", "genSignedCertWithKey",
	"encryptAES", "decryptAES", "osBase", "osClean", "osDir", "osExt", "osIsAbs", "hello",
}

// The most that one call makes.
const (
	maxMade  = 1 << 20 // bytes of a text
	maxItems = 100_000 // of a list
)

// placeholders of the product itself, which are filled when an instance
// starts. A template writes them through.
var placeholders = []string{"port", "environment", "project", "version"}

// functions that templates have. Equal arguments give equal results.
func functions() template.FuncMap {
	all := sprig.HermeticTxtFuncMap()
	for _, name := range unfit {
		delete(all, name)
	}
	for _, name := range placeholders {
		all[name] = func() string { return "{{" + name + "}}" }
	}
	all["repeat"] = func(count int, s string) (string, error) {
		if count < 0 || len(s) > 0 && count > maxMade/len(s) {
			return "", fmt.Errorf("it would make more than %d bytes", maxMade)
		}
		return strings.Repeat(s, count), nil
	}
	for _, name := range []string{"indent", "nindent"} {
		inner := all[name].(func(int, string) string)
		all[name] = func(spaces int, s string) (string, error) {
			if spaces < 0 || spaces > 1000 {
				return "", errors.New("indent by 0 to 1000 spaces")
			}
			return inner(spaces, s), nil
		}
	}
	all["until"] = func(count int) ([]int, error) { return steps(0, count, sign(count)) }
	all["untilStep"] = steps
	all["seq"] = sequence
	// sprig has them in the order of Go's maps, which is another one each time.
	all["keys"] = func(dicts ...map[string]any) []string {
		var keys []string
		for _, d := range dicts {
			keys = append(keys, slices.Sorted(maps.Keys(d))...)
		}
		return keys
	}
	all["values"] = func(dict map[string]any) []any {
		var values []any
		for _, k := range slices.Sorted(maps.Keys(dict)) {
			values = append(values, dict[k])
		}
		return values
	}
	return all
}

func sign(n int) int {
	if n < 0 {
		return -1
	}
	return 1
}

// steps are start, start+step and so on before stop.
func steps(start, stop, step int) ([]int, error) {
	var list []int
	if step == 0 || step > 0 && stop <= start || step < 0 && stop >= start {
		return list, nil
	}
	for n := start; step > 0 && n < stop || step < 0 && n > stop; n += step {
		if len(list) == maxItems {
			return nil, fmt.Errorf("it would make more than %d numbers", maxItems)
		}
		list = append(list, n)
	}
	return list, nil
}

// sequence is that of the program seq: last; first last; first step last.
func sequence(params ...int) (string, error) {
	start, step, last := 1, 1, 0
	switch len(params) {
	case 0:
		return "", nil
	case 1:
		last = params[0]
	case 2:
		start, last = params[0], params[1]
	case 3:
		start, step, last = params[0], params[1], params[2]
	default:
		return "", errors.New("it takes at most three numbers")
	}
	if len(params) < 3 && last < start {
		step = -1
	}
	list, err := steps(start, last+sign(step), step)
	return strings.Trim(fmt.Sprint(list), "[]"), err
}
