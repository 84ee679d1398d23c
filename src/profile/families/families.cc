#include "profile/families/families.h"

#include "profile/families/add.h"
#include "profile/families/arithmetic.h"
#include "profile/families/average_pool.h"
#include "profile/families/batch_matmul.h"
#include "profile/families/comparison.h"
#include "profile/families/concatenation.h"
#include "profile/families/convolution.h"
#include "profile/families/depthwise.h"
#include "profile/families/dequantize.h"
#include "profile/families/detection.h"
#include "profile/families/division.h"
#include "profile/families/fully_connected.h"
#include "profile/families/hard_swish.h"
#include "profile/families/int16.h"
#include "profile/families/leaky_relu.h"
#include "profile/families/lstm.h"
#include "profile/families/mean.h"
#include "profile/families/movement.h"
#include "profile/families/mul.h"
#include "profile/families/normalization.h"
#include "profile/families/number_functions.h"
#include "profile/families/numbers.h"
#include "profile/families/quantize.h"
#include "profile/families/relu.h"
#include "profile/families/resize_bilinear.h"
#include "profile/families/resize_nearest.h"
#include "profile/families/softmax.h"
#include "profile/families/sum.h"
#include "profile/families/svdf.h"
#include "profile/families/table.h"
#include "profile/families/transpose_conv.h"
#include "profile/profile.h"

namespace nputwin {

const FamilyFacts& facts_of(Family family) {
  static constexpr FamilyFacts kFacts[] = {
#define NPUTWIN_FAMILY(enumerator, word)                                                    \
  {FamilyTraits<Family::enumerator>::kLabel, FamilyTraits<Family::enumerator>::kOfAllTypes, \
   [](const Profile& profile) { return FamilyTraits<Family::enumerator>::departure(profile); }},
#include "profile/families/families.inc"
#undef NPUTWIN_FAMILY
  };
  return kFacts[static_cast<std::size_t>(family)];
}

}  // namespace nputwin
