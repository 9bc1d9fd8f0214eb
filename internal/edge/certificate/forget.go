package certificate

import (
	"os"
	"strings"

	"github.com/caddyserver/certmagic"
)

// Stored are those of some domains for which a certificate or its key is
// stored, whether it is in use or not.
func (k *Keeper) Stored(domains []string) (out []string) {
	for _, domain := range domains {
		if name, err := k.siteDir(domain); err == nil {
			if _, err := os.Lstat(name); err == nil {
				out = append(out, domain)
			}
		}
	}
	return out
}

// Forget removes what is stored for a domain that no environment wants a
// certificate for; what one wants stays.
func (k *Keeper) Forget(domain string) error {
	k.mu.Lock() // so that nobody begins to want it meanwhile
	defer k.mu.Unlock()
	name, err := k.siteDir(domain)
	if err != nil {
		return err
	}
	if _, wanted := (*k.sites.Load())[nameOf(domain)]; wanted {
		return nil
	}
	return os.RemoveAll(name)
}

func (k *Keeper) siteDir(domain string) (string, error) {
	domain = strings.TrimSuffix(strings.ToLower(domain), ".")
	return k.store.file(certmagic.StorageKeys.CertsSitePrefix(k.issuer.IssuerKey(), domain))
}
