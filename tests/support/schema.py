"""Checks JSON against the schemas in docs, as far as these use JSON Schema."""

KINDS = {"object": dict, "array": list, "string": str, "integer": int, "number": (int, float), "null": type(None)}


def schema_problems(value, rule, where="$"):
    """What is not as the schema says, one line each."""
    names = rule["type"] if isinstance(rule["type"], list) else [rule["type"]]
    if not any(isinstance(value, KINDS[n]) for n in names):
        return ["%s is no %s" % (where, " or ".join(names))]
    if value not in rule.get("enum", [value]):
        return ["%s is %r" % (where, value)]
    problems = []
    if isinstance(value, dict):
        properties = rule.get("properties", {})
        problems += ["%s lacks %s" % (where, key) for key in rule.get("required", []) if key not in value]
        for key, inner in value.items():
            if key in properties:
                problems += schema_problems(inner, properties[key], "%s.%s" % (where, key))
            elif not rule.get("additionalProperties", True):
                problems.append("%s has %s" % (where, key))
    if isinstance(value, list):
        for i, inner in enumerate(value):
            problems += schema_problems(inner, rule["items"], "%s[%d]" % (where, i))
    return problems
