// Micro-benchmarks: each kernel family under each instruction set that this processor has.

#include <benchmark/benchmark.h>

#include <vector>

#include "kernels/depthwise/depthwise.h"
#include "kernels/gemm/gemm.h"
#include "kernels/kernel.h"
#include "kernels/requantize/requantizer.h"
#include "profile/rules.h"

namespace nputwin {
namespace {

void gemm(benchmark::State& state, const GemmKernels& kernels) {
  const int pairs = static_cast<int>(state.range(0)) / 2;
  const std::vector<std::int16_t> a(static_cast<std::size_t>(kernels.rows * pairs * 2), 3),
      b(static_cast<std::size_t>(kernels.tile_columns() * pairs * 2), 5);
  const std::vector<std::int32_t> bias(static_cast<std::size_t>(kernels.tile_columns()), 7);
  std::vector<std::int32_t> acc(static_cast<std::size_t>(kernels.rows * kernels.tile_columns()));
  for (auto _ : state) {
    kernels.multiply(a.data(), pairs * 2, kernels.rows, b.data(), GemmKernels::kPanels, pairs, bias.data(), acc.data(),
                     kernels.tile_columns());
    benchmark::DoNotOptimize(acc.data());
  }
  state.SetItemsProcessed(state.iterations() * kernels.rows * kernels.tile_columns() * pairs * 2);
}

void depthwise(benchmark::State& state, const DepthwiseKernels& kernels) {
  const auto channels = state.range(0);
  const std::vector<std::int8_t> row(static_cast<std::size_t>(channels + kVectorSlack), 3);
  const std::vector<const std::int8_t*> taps(9, row.data());
  const std::vector<std::int32_t> weights(static_cast<std::size_t>(9 * (channels + 64)), 5),
      bias(static_cast<std::size_t>(channels + 64), 7);
  std::vector<std::int32_t> acc(static_cast<std::size_t>(channels + 64));
  for (auto _ : state) {
    kernels.pixel_i8(taps.data(), 9, weights.data(), channels, bias.data(), channels, acc.data());
    benchmark::DoNotOptimize(acc.data());
  }
  state.SetItemsProcessed(state.iterations() * channels * 9);
}

void requantize_rows(benchmark::State& state, const Isa& isa, const RequantizeRule& rule) {
  const int channels = static_cast<int>(state.range(0));
  const std::vector<EffectiveMultiplier> scales(static_cast<std::size_t>(channels),
                                                effective_multiplier(rule, 0.02F, 0.005F, 0.03F));
  const Requantizer requantizer(rule, scales, -3, {-128, 127}, DType::kInt8, 1 << 20, isa);
  std::vector<std::int32_t> acc(static_cast<std::size_t>(channels + Requantizer::kPadding));
  for (std::size_t i = 0; i < acc.size(); ++i) acc[i] = static_cast<std::int32_t>(i * 7919 % 60000) - 30000;
  std::vector<std::int8_t> out(static_cast<std::size_t>(channels));
  for (auto _ : state) {
    requantizer.run(acc.data(), 0, 1, 0, channels, out.data(), 0);
    benchmark::DoNotOptimize(out.data());
  }
  state.SetItemsProcessed(state.iterations() * channels);
}

const struct {
  const char* name;
  RequantizeRule rule;
} kRules[] = {{"double", rules::kDouble},
              {"single", rules::kSingle},
              {"f32", rules::kF32},
              {"rndnu", rules::kRndnu},
              {"vip_v8", rules::kVipV8}};

}  // namespace
}  // namespace nputwin

int main(int argc, char** argv) {
  using namespace nputwin;
  for (const Isa& isa : available_isas()) {
    for (const auto& r : kRules) {
      benchmark::RegisterBenchmark((std::string("requantize_") + r.name + "/" + isa.name).c_str(),
                                   [isa, r](benchmark::State& s) { requantize_rows(s, isa, r.rule); })
          ->Arg(256);
    }
    if (isa.scalar()) continue;
#define NPUTWIN_GEMM(kernel)                                                    \
  benchmark::RegisterBenchmark(("gemm_" #kernel "/" + isa.name).c_str(),        \
                               [isa](auto& s) { gemm(s, gemm_##kernel(isa)); }) \
      ->Arg(64)                                                                 \
      ->Arg(576);
#include "kernels/gemm/kernels.inc"
#undef NPUTWIN_GEMM
#define NPUTWIN_DEPTHWISE(kernel)                                                         \
  benchmark::RegisterBenchmark(("depthwise_" #kernel "_3x3/" + isa.name).c_str(),         \
                               [isa](auto& s) { depthwise(s, depthwise_##kernel(isa)); }) \
      ->Arg(32)                                                                           \
      ->Arg(256);
#include "kernels/depthwise/kernels.inc"
#undef NPUTWIN_DEPTHWISE
  }
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
