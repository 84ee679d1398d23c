#include "report/selfcheck_report.h"

#include "io/json.h"
#include "report/diff_json.h"
#include "report/diff_report.h"

namespace nputwin::report {

std::string selfcheck_text(const Selfcheck& check, std::size_t columns) {
  const DiffResult& all = check.result;
  DiffResult different = all;
  std::erase_if(different.layers,
                [](const LayerDiff& l) { return l.isolated.mismatches() + l.accumulated.mismatches() == 0; });
  std::size_t isolated = 0;
  for (const LayerDiff& l : all.layers) isolated += l.isolated.mismatches() == 0 ? 1 : 0;
  std::string text;
  if (different.layers.empty()) {
    text = fmt::format("{}\nruntime {}\nprofile {}\n\n", all.model, all.a, all.b);
  } else {
    text = diff_text(different, columns) + "\n";
  }
  text += fmt::format("{} of {} op outputs are equal in isolation, {} accumulated\n", isolated, all.layers.size(),
                      all.layers.size() - different.layers.size());
  if (!check.measured)
    text += fmt::format("profile {} is the nearest known, not one that was measured equal to this runtime\n", all.b);
  if (different.layers.empty()) return text + "equal: the profile computes exactly what this runtime computes\n";
  for (const std::string& name : check.equals())
    text += fmt::format("another profile is equal in all op outputs: {}\n", name);
  return text + "not equal: the table above lists the ops that differ\n";
}

std::string selfcheck_json(const Selfcheck& check) {
  Json json = diff_object(check.result);
  json["measured"] = check.measured;
  json["equal_profiles"] = check.equals();
  return to_text(json);
}

}  // namespace nputwin::report
