// Which of the published cases each rule violates, as the table of docs/arithmetic/evidence.md.
//   nputwin_evidence_table EVIDENCE_FOLDER             the table
//   nputwin_evidence_table EVIDENCE_FOLDER PROFILE     the cases that one profile violates or does not compute, one a
//                                                      line

#include <cstdio>
#include <map>

#include "board/board_logs.h"
#include "evidence/evidence.h"
#include "profile/variant.h"

namespace nputwin::test {
namespace {

struct Count {
  int fit = 0, refused = 0;
  std::map<std::string, int> violated;  // by op
};

Count count(const std::vector<EvidenceCase>& cases, const Profile& profile, bool print) {
  Count result;
  for (const EvidenceCase& c : cases) {
    const std::string& op = c.model->main().nodes[0].op;
    const auto codes = compute(c, profile);
    if (codes && consistent(c, *codes)) {
      ++result.fit;
      continue;
    }
    if (codes) {
      ++result.violated[op];
    } else {
      ++result.refused;
    }
    if (print) fmt::print("{}: {}: {}\n", c.id, op, codes ? "violated" : codes.error().message);
  }
  return result;
}

constexpr const char* kRules[] = {
    "vip-v8",
    "vip-v8{add_method=real}",
    "vip-v8{add_method=eight_bit_weights}",
    "vip-v8{zero_point_first=false}",
    "vip-v8{ties=half_down}",
    "vip-v8{ties=half_toward_zero,zero_point_first=false}",
    "vip-v8{ties=half_up}",
    "vip-v8{ties=half_away_from_zero,zero_point_first=false}",
    "vip-v8{ties=toward_zero,zero_point_first=false}",
    "vip-v8{ties=floor}",
    "vip-v8{multiplier_bits=23}",
    "vip-v8{multiplier_bits=22}",
    "vip-v8{multiplier_bits=20}",
    "vip-v8{multiplier_bits=18}",
    "vip-v8{multiplier_bits=17}",
    "vip-v8{multiplier_bits=16}",
    "vip-v8{multiplier_bits=16,multiplier_rounding=half_to_even}",
    "vip-v8{multiplier_bits=12}",
    "vip-v8{multiplier_bits=8}",
    "vip-v8{scale=binary64}",
    "vip-v8{scale=binary32_quotient_first}",
    "vip-v8{method=one_step,scale=binary64}",
    "vip-v8{product_bits=24}",
    "vip-v8{product_bits=24,product_rounding=half_to_even}",
    "vip-v8{product_bits=20}",
    "vip-v8{guard_bits=12}",
    "vip-v8{guard_bits=8}",
    "vip-v8{guard_bits=1}",
    "vip-v8{accumulator_overflow=wraps}",
    "vip-v8{accumulator_bits=24}",
    "vip-v8{accumulator_bits=18}",
    "tflite-2.9.1-arm64",
    "tflite-2.14-x86-ref",
    "litert-2.3-x86",
};

}  // namespace
}  // namespace nputwin::test

int main(int argc, char** argv) {
  using namespace nputwin;
  using namespace nputwin::test;
  if (argc < 2) return std::fprintf(stderr, "the evidence's folder is missing\n"), 2;
  const std::string folder = argv[1];
  auto cases = read_cases(folder + "/a_tflite_vx_delegate.json");
  for (auto& c : read_cases(folder + "/a_tflite_vx_delegate_hardswish.json")) cases.push_back(std::move(c));
  if (argc > 2) {
    const auto profile = resolve_profile(argv[2]);
    if (!profile) return fmt::print(stderr, "{}\n", profile.error().message), 2;
    fmt::print("{} of {} cases fit\n", count(cases, *profile, true).fit, cases.size());
    return 0;
  }
  fmt::print(
      "| rule | board numbers of 29 | sister chip's of 5 | cases that fit | that it violates | in |\n"
      "|---|---:|---:|---:|---:|---|\n");
  for (const char* rule : kRules) {
    const Profile profile = resolve_profile(rule).value();
    const int printed = ssd_numbers("npu", profile) + mobilenet_numbers("npu", profile);
    const Count c = count(cases, profile, false);
    std::string where;
    for (const auto& [op, n] : c.violated) where += fmt::format("{}{} {}", where.empty() ? "" : ", ", n, op);
    if (c.refused > 0) where += fmt::format("{}{} refused", where.empty() ? "" : ", ", c.refused);
    fmt::print("| `{}` | {} | {} | {} | {} | {} |\n", rule, printed, goldfish_numbers(profile), c.fit,
               static_cast<int>(cases.size()) - c.fit - c.refused, where);
  }
  return 0;
}
