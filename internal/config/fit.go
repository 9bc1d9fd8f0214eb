package config

import "github.com/lockstep-dev/lockstep"

// Fit says everything that is wrong with a value of a type under rules. It
// never says the value.
func Fit(t lockstep.VariableType, rules lockstep.VariableValidation, value string) []string {
	if text := checkText(value); text != "" {
		return []string{text}
	}
	if text := checkType(t, value); text != "" {
		return []string{text}
	}
	return checkValue(rules, value)
}

// FitRules says what is wrong with rules themselves.
func FitRules(t lockstep.VariableType, rules lockstep.VariableValidation) []string {
	return checkValidation(t, rules)
}
