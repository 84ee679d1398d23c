#include "analysis/explain/cause.h"

#include <algorithm>
#include <numeric>

namespace nputwin {
namespace {

Cause of_add(AddMethod method) {
  switch (method) {
    case AddMethod::kTwoStage:
    case AddMethod::kTwoStageVectorized:
      return Cause::kSecondRounding;
    case AddMethod::kSharedShift:
    case AddMethod::kSharedShiftHalfAway:
      return Cause::kMultiplier;
    case AddMethod::kBinary32Fused:
      return Cause::kBinary32Product;
    case AddMethod::kEightBitWeights:
    case AddMethod::kEightBitWeightsSharedZero:
    case AddMethod::kReal:
      break;
  }
  return Cause::kSubstitution;
}

Cause of_mean(MeanMethod method) {
  switch (method) {
    case MeanMethod::kFoldedCount:
    case MeanMethod::kRescaledSum:
      return Cause::kMultiplier;
    case MeanMethod::kScaledThenDivided:
      return Cause::kSecondRounding;
    case MeanMethod::kBinary32Bias:
    case MeanMethod::kBinary32BiasVectorized:
    case MeanMethod::kBinary32Mean:
    case MeanMethod::kBinary32:
      return Cause::kBinary32Product;
    case MeanMethod::kReal:
      break;
  }
  return Cause::kSubstitution;
}

Cause of_sum(SumMethod method) {
  switch (method) {
    case SumMethod::kFixedPointOfBytes:
      return Cause::kSecondRounding;
    case SumMethod::kBinary32HalfAway:
    case SumMethod::kBinary32:
      return Cause::kBinary32Product;
    case SumMethod::kWrapping:
    case SumMethod::kBinary32Wrapping:
      return Cause::kSaturation;
    case SumMethod::kReal:
      break;
  }
  return Cause::kSubstitution;
}

}  // namespace

std::int64_t CauseCounts::total() const { return std::accumulate(counts_.begin(), counts_.end(), std::int64_t{0}); }

std::array<Cause, kNames<Cause>.size()> CauseCounts::by_frequency() const {
  std::array<Cause, kNames<Cause>.size()> order{};
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = static_cast<Cause>(i);
  std::stable_sort(order.begin(), order.end(), [&](Cause x, Cause y) { return (*this)[x] > (*this)[y]; });
  return order;
}

Cause departure_of(const Profile& p, Family family) {
  switch (family) {
    case Family::kAdd:
      return of_add(p.add);
    case Family::kMul:
      return p.mul_method == MulMethod::kReal ? Cause::kSubstitution : Cause::kSecondRounding;
    case Family::kDivision:
      return p.div == DivMethod::kReal ? Cause::kSubstitution : Cause::kSecondRounding;
    case Family::kArithmetic:
      return p.squared_difference == SquaredDifferenceMethod::kSubThenPow ? Cause::kSubstitution
                                                                          : Cause::kSecondRounding;
    case Family::kAveragePool:
      return p.average_pool == PoolMethod::kRescaledWindow || p.average_pool == PoolMethod::kReciprocal
                 ? Cause::kMultiplier
                 : Cause::kSubstitution;
    case Family::kMean:
      return of_mean(p.mean.general);
    case Family::kSum:
      return of_sum(p.sum);
    case Family::kSoftmax:
    case Family::kTable:
      return Cause::kTable;
    case Family::kHardSwish:
      return p.hard_swish == HardSwishMethod::kReal       ? Cause::kSubstitution
             : p.hard_swish == HardSwishMethod::kBinary32 ? Cause::kBinary32Product
                                                          : Cause::kSecondRounding;
    case Family::kLeakyRelu:
      return p.leaky_relu == LeakyReluMethod::kReal        ? Cause::kSubstitution
             : p.leaky_relu == LeakyReluMethod::kBinary32  ? Cause::kBinary32Product
             : p.leaky_relu == LeakyReluMethod::kEightBits ? Cause::kMultiplier
                                                           : Cause::kSecondRounding;
    case Family::kQuantize:
      return p.requantize == RequantizeMethod::kEightBits ? Cause::kMultiplier : Cause::kBinary32Product;
    case Family::kDequantize:
    case Family::kNumbers:
      return Cause::kBinary32Product;
    case Family::kConcatenation:
      return p.concatenation == ConcatenationMethod::kCopies ? Cause::kSubstitution : Cause::kBinary32Product;
    case Family::kResizeBilinear:
      return Cause::kMultiplier;
    case Family::kNormalization:
    case Family::kLstm:
    case Family::kInt16:
    case Family::kSvdf:
      return Cause::kSecondRounding;
    case Family::kFullyConnected:
      return p.fully_connected_drops_zero     ? Cause::kAccumulator
             : !p.fully_connected_per_channel ? Cause::kMultiplier  // it is 0
                                              : Cause::kSubstitution;
    case Family::kBatchMatmul:
      return p.batch_matmul_drops_zero ? Cause::kAccumulator : Cause::kSubstitution;
    case Family::kConvolution:
    case Family::kDepthwise:
    case Family::kTransposeConvolution:
    case Family::kRelu:
    case Family::kComparison:
    case Family::kResizeNearest:
    case Family::kMovement:
    case Family::kDetection:
      break;
  }
  return Cause::kSubstitution;
}

}  // namespace nputwin
