// Which of the published cases each rule violates.
//   nputwin_evidence_table EVIDENCE_FOLDER [PROFILE…]   for each case that a profile violates or does not compute a line

#include <cstdio>

#include "evidence/evidence.h"
#include "profile/variant.h"

int main(int argc, char** argv) {
  using namespace nputwin;
  const std::string folder = argv[1];
  auto cases = test::read_cases(folder + "/a_tflite_vx_delegate.json");
  for (auto& c : test::read_cases(folder + "/a_tflite_vx_delegate_hardswish.json")) cases.push_back(std::move(c));
  for (int k = 2; k < argc; ++k) {
    const auto profile = resolve_profile(argv[k]);
    if (!profile) return fmt::print("{}\n", profile.error().message), 2;
    int fits = 0, violates = 0, refused = 0;
    for (const auto& c : cases) {
      const auto codes = test::compute(c, *profile);
      if (!codes) {
        ++refused, fmt::print("{}: refused: {}\n", c.id, codes.error().message);
      } else if (consistent(c, *codes)) {
        ++fits;
      } else {
        ++violates, fmt::print("{}: violated: {}\n", c.id, c.model->main().nodes[0].op);
      }
    }
    fmt::print("{}: {} consistent, {} violated, {} refused\n", argv[k], fits, violates, refused);
  }
  return 0;
}
