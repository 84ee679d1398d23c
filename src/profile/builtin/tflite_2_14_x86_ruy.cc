#include "profile/builtin/builtin.h"
#include "profile/rules.h"

namespace nputwin {

Profile tflite_2_14_x86_ruy() {
  Profile p = tflite_2_14_x86_builtin();
  p.name = "tflite-2.14-x86-ruy";
  p.summary = "TensorFlow Lite 2.14.1 built by CMake with ruy (Debian), x86-64 with AVX";
  constexpr RequantizeRule kRuy = rules::binary32_product(rules::kDoubleHalfUp);
  p.uint8.conv = {kRuy, kRuy, rules::kDouble};
  p.uint8.fully_connected = MatmulRule::same(kRuy);

  p.know(Family::kConvolution, Confidence::kMeasured, "half up in both steps (ruy with AVX)", kGoldenHashes);
  p.know(Family::kFullyConnected, Confidence::kMeasured, "half up in both steps (ruy with AVX)", kGoldenHashes);
  return p;
}

}  // namespace nputwin
