package monitor

import (
	"context"
	"encoding/xml"
	"io"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

const (
	listAtMost = 10               // pages of a thousand objects, when the used space is added up
	usageKept  = 10 * time.Minute // every page costs money
	emptyHash  = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
)

// page is what is read of an answer to ListObjectsV2.
type page struct {
	Name      string `xml:"Name"`
	Truncated bool   `xml:"IsTruncated"`
	Next      string `xml:"NextContinuationToken"`
	Objects   []struct {
		Size float64 `xml:"Size"`
	} `xml:"Contents"`
}

// askS3 lists one object of the bucket that the endpoint's path begins with,
// and adds the used space up every so often.
func (p *prober) askS3(ctx context.Context, at location, d dependency) (result, error) {
	bucket, _, _ := strings.Cut(strings.Trim(at.url.Path, "/"), "/")
	if bucket == "" {
		return result{}, refused("the endpoint names no bucket: write https://host/bucket")
	}
	watch := startWatch()
	if _, err := p.list(ctx, at, d, bucket, "1", ""); err != nil {
		return result{}, err
	}
	r := found("")
	r.took = watch.passed()
	r.fact("bucket", bucket, "")
	within, cancel := context.WithTimeout(ctx, d.spec.Timeout.Std()/2) // the answer counts, however large the bucket
	defer cancel()
	if used, whole, ok := p.usage.of(d, func() (float64, bool, error) { return p.addUp(within, at, d, bucket) }); ok {
		text := amount(used) + " used"
		if !whole {
			text = "more than " + text
		}
		r.fact("usedBytes", used, text)
	}
	return r, nil
}

// addUp is the size of the first objects, and whether these are all.
func (p *prober) addUp(ctx context.Context, at location, d dependency, bucket string) (used float64, whole bool, err error) {
	var next string
	for range listAtMost {
		got, err := p.list(ctx, at, d, bucket, "1000", next)
		if err != nil {
			return 0, false, err
		}
		for _, o := range got.Objects {
			used += max(o.Size, 0)
		}
		if next = got.Next; !got.Truncated || next == "" {
			return used, true, nil
		}
	}
	return used, false, nil
}

func (p *prober) list(ctx context.Context, at location, d dependency, bucket, most, next string) (page, error) {
	query := url.Values{"list-type": {"2"}, "max-keys": {most}}
	if next != "" {
		query.Set("continuation-token", next)
	}
	to := *at.url
	to.Path, to.RawPath, to.RawQuery = "/"+bucket, "", query.Encode()
	signed := at
	signed.url, signed.user, signed.password = &to, "", ""
	request, err := newRequest(ctx, signed)
	if err != nil {
		return page{}, err
	}
	if at.user != "" {
		region, _ := d.record.Config["region"].(string)
		if region == "" {
			region = "us-east-1"
		}
		request.Header.Set("X-Amz-Content-Sha256", emptyHash)
		keys := aws.Credentials{AccessKeyID: at.user, SecretAccessKey: at.password}
		if err := v4.NewSigner().SignHTTP(ctx, keys, request, emptyHash, "s3", region, p.now()); err != nil {
			return page{}, refused("the request cannot be signed")
		}
	}
	answer, err := p.web.client.Do(request)
	if err != nil {
		return page{}, err
	}
	defer answer.Body.Close()
	if answer.StatusCode == 404 {
		return page{}, refused("there is no bucket %s", bucket)
	}
	if err := asked(answer); err != nil {
		return page{}, err
	}
	var got page
	if err := xml.NewDecoder(io.LimitReader(answer.Body, mostAnswer)).Decode(&got); err != nil {
		return page{}, err
	}
	if got.Name != bucket {
		return page{}, refused("this is not S3")
	}
	return got, nil
}

// usage remembers the used space of buckets.
type usage struct {
	now func() time.Time

	mu    sync.Mutex
	known map[string]measured
}

type measured struct {
	used      float64
	whole, ok bool
	at        time.Time
}

func newUsage(now func() time.Time) *usage { return &usage{now: now, known: map[string]measured{}} }

// of is the used space of a dependency's bucket; ok is false where it could
// not be found out, which is tried again as late as a success would be.
func (u *usage) of(d dependency, measure func() (float64, bool, error)) (used float64, whole, ok bool) {
	name := d.environmentID + "/" + d.record.Name + "/" + d.record.Endpoint
	u.mu.Lock()
	m, have := u.known[name]
	u.mu.Unlock()
	if passed := u.now().Sub(m.at); !have || passed < 0 || passed >= usageKept {
		var err error
		m = measured{at: u.now()}
		m.used, m.whole, err = measure()
		m.ok = err == nil
		u.mu.Lock()
		if len(u.known) > 10_000 {
			clear(u.known) // of dependencies that are gone, most likely
		}
		u.known[name] = m
		u.mu.Unlock()
	}
	return m.used, m.whole, m.ok
}
