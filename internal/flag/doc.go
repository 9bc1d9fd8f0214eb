// Package flag evaluates feature flags: for a configuration's section
// features and a context (who asks, and what is known of them), which variant
// of a flag do they get, and why? It is pure.
//
// A flag that is not enabled gives everyone its off variant. One that is goes
// through its targeting rules, of which the first that holds decides; where
// none does, its rollout decides, and for whom that has nothing, its default.
//
// A rollout is stable: who has a variant at 20 percent has it at 30. It is
// decided by a hash of the flag's name and the targeting key, so that two
// flags at 20 percent are not the same 20 percent of people, and every server
// says the same.
//
// The terms, reasons and error codes are OpenFeature's.
package flag
