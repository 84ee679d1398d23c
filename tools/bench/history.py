"""What earlier runs measured, and which models have become slower since."""
import json
import os

LEAST = 0.03  # relative: a ratio that fell by less is no news, whatever the rounds' spread says
SIGMAS = 3


def read(path):
    if not os.path.exists(path):
        return []
    with open(path, encoding="utf-8") as f:
        return json.load(f)


def entry_of(result):
    """What is kept of a run: for each instruction set and model that counts (ratio to XNNPACK, its noise)."""
    ratios = {}
    for name, row in result["models"].items():
        if not row["counted"]:
            continue
        for isa, twin in row["twin"].items():
            ratios.setdefault(isa, {})[name] = [round(twin["x_xnnpack"], 4), round(twin["noise_xnnpack"], 4)]
    return {key: result[key] for key in ("date", "commit", "processor", "profile", "rounds")} | {"ratios": ratios}


def fell(history, entry):
    """[(instruction set, model, ratio before, now, the earlier entry)] where a ratio is lower than in the last entry of the same processor
    and instruction set that has the model, by more than both runs' noise."""
    found = []
    for isa, ratios in entry["ratios"].items():
        for name, (now, noise) in ratios.items():
            earlier = [e for e in history if e["processor"] == entry["processor"] and name in e["ratios"].get(isa, {})]
            if not earlier:
                continue
            before, noise_before = earlier[-1]["ratios"][isa][name]
            if 1 - now / before > max(LEAST, SIGMAS * (noise ** 2 + noise_before ** 2) ** 0.5):
                found.append((isa, name, before, now, earlier[-1]))
    return found


def compare_and_add(path, result):
    """Prints which models fell, and adds the run; whether there were any."""
    history, entry = read(path), entry_of(result)
    found = fell(history, entry)
    for isa, name, before, now, earlier in found:
        print("slower: %s on %s: %.2f x xnnpack, was %.2f (%s, %s)" % (name, isa, now, before, earlier["date"], earlier["commit"]))
    if not found:
        print("no model's ratio fell by more than its noise since the last run in %s" % path if history else "the first run in %s" % path)
    os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
    with open(path + ".part", "w", encoding="utf-8") as f:
        json.dump([*history, entry], f, indent=1)
        f.write("\n")
    os.replace(path + ".part", path)
    return bool(found)
