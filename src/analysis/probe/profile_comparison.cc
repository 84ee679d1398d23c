#include "analysis/probe/profile_comparison.h"

#include <algorithm>
#include <map>

#include "profile/variant.h"
#include "session/session.h"

namespace nputwin {
namespace {

std::vector<ParameterDifference> parameter_differences(const Profile& a, const Profile& b) {
  const auto values_of_b = parameter_values(b);
  const std::map<std::string, std::string> of_b(values_of_b.begin(), values_of_b.end());
  /// The value of a path, or of the rule around it that B leaves out: one of the two is there.
  const auto find = [&](std::string path) {
    auto found = of_b.find(path);
    for (; found == of_b.end(); found = of_b.find(path)) path.resize(path.rfind('.'));
    return *found;
  };
  const auto goes_deeper = [&](const std::string& path) {
    const std::string inside = path + ".";
    const auto next = of_b.lower_bound(inside);
    return next != of_b.end() && next->first.starts_with(inside);
  };
  std::vector<ParameterDifference> result;
  const auto add = [&](const std::string& path, const std::string& in_a, const std::string& in_b) {
    if (in_a != in_b && (result.empty() || result.back().path != path)) result.push_back({path, in_a, in_b});
  };
  constexpr const char* kGiven = "a rule of its own";
  for (const auto& [path, value] : parameter_values(a)) {
    if (goes_deeper(path)) {
      add(path, value, kGiven);
    } else {
      const auto& [found, other] = find(path);
      add(found, found == path ? value : kGiven, other);
    }
  }
  return result;
}

/// Runs one model as both, where both take it.
Status add_sample(const std::shared_ptr<const Model>& model, const Profile& a, const Profile& b, Engine& engine,
                  DifferenceStats& stats) {
  std::vector<Session> sides;
  sides.reserve(2);
  for (const Profile* p : {&a, &b}) {
    auto session = Session::prepare(model, *p, {});
    if (!session) return in_context(p->name, session.error());
    sides.push_back(std::move(*session));
  }
  std::vector<Tensor> inputs;
  inputs.reserve(model->main().inputs.size());
  for (std::size_t k = 0; k < model->main().inputs.size(); ++k)
    inputs.push_back(random_codes(sides[0].input_spec(k), engine));
  for (Session& side : sides) {
    NPUTWIN_RETURN_IF_ERROR(side.set_inputs(inputs));
    NPUTWIN_RETURN_IF_ERROR(side.run());
  }
  stats.add(sides[0].output(0), sides[1].output(0), 0);
  return {};
}

/// Placements say for each node who computes it, so they are asked node by node.
bool knows(const Profile& p, Family family) {
  return p.delegate != Delegate::kNone || p.evidence_of(family).confidence != Confidence::kUnknown ||
         std::ranges::any_of(p.overrides, [&](const auto& o) { return o.first == family; });
}

}  // namespace

bool ProfileComparison::differs() const {
  return std::any_of(sampled.begin(), sampled.end(), [](const auto& s) { return s.stats.mismatches() > 0; });
}

ProfileComparison compare_profiles(const Profile& a, const Profile& b, const SamplingOptions& options,
                                   const std::function<void(std::size_t)>& progress) {
  ProfileComparison result{a.name, b.name, parameter_differences(a, b), {}};
  Engine engine(options.seed);
  for (const SampleOp& sample : sample_ops()) {
    SampledDifference& row = result.sampled.emplace_back();
    row.sample = &sample;
    for (const Profile* p : {&a, &b}) {
      if (knows(*p, sample.family())) continue;
      row.unknown_to = p->name;
      row.refused = fmt::format("profile {} does not define {}", p->name, name(sample.family()));
    }
    for (int n = 0; n < options.models && row.refused.empty(); ++n) {
      const auto model = sample.make(sample.op, sample.type, engine);
      if (auto status = add_sample(model, a, b, engine, row.stats); !status) row.refused = status.error().message;
    }
    if (progress) progress(result.sampled.size());
  }
  return result;
}

}  // namespace nputwin
