"""Modules for tests: a useful one, and those that attack the engine (attack 57)."""

PREFIX = "package gatehouse.template\n"
INVOICES = (
    PREFIX
    + """
import rego.v1

deny contains sprintf("%s is not called like an invoice.", [input.file.name]) if {
  input.operation == "uploadStart"
  not regex.match(`^INV-`, input.file.name)
}

labels["kind"] := "invoice" if endswith(input.file.name, ".pdf")
labels["classification"] := "regulated" if startswith(input.file.name, "INV-SECRET")
"""
)
TEN = "a := [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]; "
ATTACKS = {
    "recursion of a function": 'f(x) := f(x + 1)\ndeny contains "no" if f(1)',
    "recursion of rules": 'a if b\nb if a\ndeny contains "no" if a',
    "endless comprehension": f'deny contains "no" if count([1 | {TEN}{"a[_]; " * 11} true]) > 0',
    "all the memory": f'deny contains "no" if count([a | {TEN}{"a[_]; " * 9} true]) > 0',
    "huge output": f'deny contains concat("", [x | {TEN}a[_]; a[_]; a[_]; a[_]; x := "{"x" * 50}"])',
    "thousands of reasons": f'deny contains sprintf("%d %d %d %d", [i, j, k, l]) if {{ {TEN}i := a[_]; j := a[_]; '
    "k := a[_]; l := a[_] }",
    "the network": 'deny contains "no" if http.send({"method": "get", "url": "http://127.0.0.1"}).status_code == 200',
    "the clock": 'deny contains "no" if time.now_ns() > 0',
    "a die": 'deny contains "no" if rand.intn("x", 10) == 3',
    "the engine itself": "deny contains json.marshal(opa.runtime()) if true",
    "other data": 'deny contains "no" if data.secrets.key == "x"',
    "other data by brackets": 'deny contains "no" if data["secrets"].key == "x"',
    "other data by import": 'import data.secrets\ndeny contains "no" if secrets.key == "x"',
    "an unknown function": 'deny contains "no" if exfiltrate(input.file.name)',
    "a function replaced": 'deny contains "no" if count([1]) == 5 with count as 5',
    "deep nesting": "deny := " + "[" * 2000 + "]" * 2000,
    "deep parentheses": "deny := " + "(" * 2000 + "1" + ")" * 2000,
    "no syntax": "deny contains {",
    "a failing function": 'deny contains "no" if to_number(input.file.name) > 1',
    "division by zero": 'deny contains "no" if 1 / (input.file.size - input.file.size) > 1',
    "nonsense as deny": "deny := 7",
    "nonsense as a reason": "deny contains 7 if true",
    "nonsense as allow": 'allow := "yes"',
    "two values for one rule": "allow := true\nallow := false",
    "a lower classification": 'deny contains "no" if false\nlabels := {"classification": "public"}',
    "an unknown classification": 'deny contains "no" if false\nlabels := {"classification": "top"}',
    "a label of the platform's": 'deny contains "no" if false\nlabels := {"region": "us-east-1"}',
    "a kind with markup": 'deny contains "no" if false\nlabels := {"kind": "<b>"}',
    "labels that are none": 'deny contains "no" if false\nlabels := 5',
}
