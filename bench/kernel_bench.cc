// Micro-benchmarks: tiles of every product under each instruction set that this processor has.

#include <benchmark/benchmark.h>

#include <vector>

#include "kernels/product/product.h"

namespace nputwin {
namespace {

void product(benchmark::State& state, const ProductKernels& kernels) {
  const int groups = static_cast<int>(state.range(0)) / kernels.group, positions = kernels.most_positions;
  const std::vector<std::int16_t> weights(static_cast<std::size_t>(2 * kernels.lanes * groups * kernels.group), 5);
  const PackedWeights packed(weights, std::int64_t{2} * kernels.lanes, 1, std::int64_t{groups} * kernels.group, kernels,
                             2);
  const std::vector<std::byte> values(static_cast<std::size_t>(positions * groups * 4), std::byte{3});
  const std::vector<std::int32_t> bias(static_cast<std::size_t>(2 * kernels.lanes), 7);
  std::vector<std::int32_t> sums(static_cast<std::size_t>(positions * 2 * kernels.lanes));
  const std::byte* row = values.data();
  ProductTile tile;
  tile.rows = &row;
  tile.step = groups * 4;
  tile.entries = 1;
  tile.groups = groups;
  tile.weights = packed.data(0);
  tile.bias = bias.data();
  tile.sums = sums.data();
  tile.keep_sums = true;
  for (auto _ : state) {
    kernels.tiles[2][positions](tile);
    benchmark::DoNotOptimize(sums.data());
  }
  state.SetItemsProcessed(state.iterations() * positions * 2 * kernels.lanes * groups * kernels.group);
}

}  // namespace
}  // namespace nputwin

int main(int argc, char** argv) {
  using namespace nputwin;
  for (const Isa& isa : available_isas()) {
    if (isa.scalar()) continue;
#define NPUTWIN_PRODUCT(kernel)                                                         \
  if (product_##kernel(isa).lanes != 0) {                                               \
    benchmark::RegisterBenchmark(("product_" #kernel "/" + isa.name).c_str(),           \
                                 [isa](auto& s) { product(s, product_##kernel(isa)); }) \
        ->Arg(64)                                                                       \
        ->Arg(576);                                                                     \
  }
#include "kernels/product/kernels.inc"
#undef NPUTWIN_PRODUCT
  }
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
