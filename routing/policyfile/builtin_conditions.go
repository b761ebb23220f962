package policyfile

func addConditions(*Registry) {}
