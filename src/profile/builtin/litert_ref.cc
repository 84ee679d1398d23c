#include "profile/builtin/builtin.h"
#include "profile/rules.h"

namespace nputwin {

Profile litert_ref() {
  Profile p = tflite_2_14_ref();
  p.name = "litert-2.3-x86-ref";
  p.aliases = {"litert-2.1-arm64-ref"};
  p.summary = "ai-edge-litert 2.1.0 and 2.3.0, reference kernels";
  p.int16->no_bias = rules::kSixteenBits;
  p.int8.fully_connected = p.uint8.fully_connected = MatmulRule::same(rules::kReal64);

  p.know(Family::kFullyConnected, Confidence::kMeasured, "binary64 product, half away from zero", kGoldenHashes);
  return p;
}

}  // namespace nputwin
