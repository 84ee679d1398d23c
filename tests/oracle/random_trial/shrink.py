"""The smallest case that still disagrees in the same way."""
from .known import cause_of
from .trial import Files, answer

SEEDS = 12  # values tried for each smaller model


def shrink(case, folder, runtime, target, profile, first, budget=1500):
    """Smaller choices, one at a time, each with other values too, as long as that helps."""
    tried = [0]

    def still(candidate):
        if tried[0] >= budget:
            return None
        tried[0] += 1
        try:
            files = Files(folder, candidate, "smaller")
        except Exception:  # choices that no longer fit together make no model
            return None
        now = answer(files, runtime, target.rsplit("/", 1)[1], profile)
        return files.case if (now.what, now.label) == (first.what, first.label) and cause_of(target, now) is None else None

    better = True
    while better and tried[0] < budget:
        better = False
        for nodes in range(1, case.nodes):
            smaller = still(case._replace(nodes=nodes))
            if smaller:
                case, better = smaller, True
                break
        for k in range(len(case.choices)):
            if k >= len(case.choices):
                break
            for value in sorted({0, case.choices[k] // 2, case.choices[k] - 1} - {case.choices[k], -1}):
                choices = case.choices[:k] + (value,) + case.choices[k + 1:]
                for seed in range(case.seed, case.seed + SEEDS):
                    smaller = still(case._replace(choices=choices, seed=seed))
                    # A choice that brings others with it is no simpler.
                    if smaller and (len(smaller.choices), smaller.choices) < (len(case.choices), case.choices):
                        case, better = smaller, True
                        break
                else:
                    continue
                break
    return case
