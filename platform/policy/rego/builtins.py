"""The functions that a module may call: pure, quick, and without a way out of the process.

What isn't here is refused at publication and again before a module is asked. Clocks, dice, the network, the engine's
own facts, tokens and keys, and what unfolds small inputs into large outputs are left out on purpose.
"""

ALLOWED = frozenset({
    "abs", "array.concat", "array.reverse", "array.slice", "ceil", "concat", "contains", "count", "endswith", "floor",
    "format_int", "glob.match", "indexof", "intersection", "is_array", "is_boolean", "is_null", "is_number",
    "is_object", "is_set", "is_string", "lower", "max", "min", "object.get", "object.keys", "object.subset",
    "product", "regex.is_valid", "regex.match", "round", "semver.compare", "semver.is_valid", "sort", "split",
    "sprintf", "startswith", "strings.any_prefix_match", "strings.any_suffix_match", "strings.count", "substring",
    "sum", "to_number", "trim", "trim_left", "trim_prefix", "trim_right", "trim_space", "trim_suffix", "type_name",
    "union", "upper",
})  # fmt: skip
