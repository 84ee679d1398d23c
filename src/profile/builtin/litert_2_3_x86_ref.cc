#include "profile/builtin/builtin.h"
#include "profile/rules.h"

namespace nputwin {

Profile litert_2_3_x86_ref() {
  Profile p = tflite_2_14_x86_ref();
  p.name = "litert-2.3-x86-ref";
  p.summary = "ai-edge-litert 2.3.0, x86-64, reference kernels";
  p.registry = OpRegistry::kLitert23Ref;
  p.real_overflow = RealOverflow::kSaturates;
  p.sum_int16.reset();  // reads the codes as bytes, so that half of the output stays as it was
  p.int16->fully_connected_int64_sum = rules::kReal64Wide;
  p.int16->fully_connected_int32_sum = rules::kReal64;
  p.int16->convolution_width = p.int16->fully_connected_width = Int16SumWidth::kOptionOr64;
  p.int8.fully_connected = p.uint8.fully_connected = MatmulRule::same(rules::kReal64);

  p.know(Family::kFullyConnected, Confidence::kMeasured, "binary64 product, half away from zero", kGoldenHashes);
  p.know(Family::kInt16, Confidence::kMeasured,
         "as TFLite; FULLY_CONNECTED: binary64 product, half away from zero; SUM not known", kGoldenHashes);
  return p;
}

}  // namespace nputwin
