// A backend made for the tests alone, in this file and one line of tests/mac/with_backwards.inc: it is taken, it
// refuses, and it equals the definition.

#include <gtest/gtest.h>

#include "support/mac_layers.h"
#include "tensor/code_types.h"

namespace nputwin {
namespace added_backend_test {
namespace {

/// Sums up rows of int8 from their ends.
class Backwards final : public MacKernel {
 public:
  using MacKernel::MacKernel;
  using MacKernel::run;

  void run(const RunContext& context, Epilogues epilogues, Outputs outputs) const override {
    const auto& [rows, depth, channels] = std::get<RowTaps>(layer().taps);
    const auto in = context.inputs[0].as<std::int8_t>();
    for (std::int64_t e = 0; e < rows * channels; ++e) {
      std::int64_t sum = 0;
      for (std::int64_t k = depth; k-- > 0;) {
        sum += std::int64_t{in[static_cast<std::size_t>(e / channels * depth + k)] - layer().input_zero} *
               layer().weights.values[static_cast<std::size_t>(e % channels * depth + k)];
      }
      for (std::size_t i = 0; i < epilogues.size(); ++i) {
        outputs[i].as<std::int8_t>()[static_cast<std::size_t>(e)] =
            static_cast<std::int8_t>(epilogues[i]->element(e).code(sum + layer().bias(e)));
      }
    }
  }
};

bool is_for(const Taps& taps) { return std::holds_alternative<RowTaps>(taps); }
std::string refuses(const MacLayer& layer, const Machine& /*machine*/) {
  return layer.type == DType::kInt8 ? "" : "it takes int8";
}
std::unique_ptr<MacKernel> make(MacLayer layer, Epilogue epilogue, const Machine& /*machine*/) {
  return std::make_unique<Backwards>(std::move(layer), std::move(epilogue));
}

}  // namespace
}  // namespace added_backend_test

const MacBackend& backwards_backend() {
  using namespace added_backend_test;
  static constexpr MacBackend kBackend{"backwards", is_for, refuses, make, true};
  return kBackend;
}

#define NPUTWIN_MAC_BACKEND(name) const MacBackend& name##_backend();
#include "mac/with_backwards.inc"
#undef NPUTWIN_MAC_BACKEND

namespace test::added_backend_test {
namespace {

std::span<const MacBackend* const> with_one_more() {
  static const MacBackend* const kBackends[] = {
#define NPUTWIN_MAC_BACKEND(name) &name##_backend(),
#include "mac/with_backwards.inc"
#undef NPUTWIN_MAC_BACKEND
  };
  return kBackends;
}

TEST(AddedBackend, IsTakenWhereItDoesNotRefuse) {
  const Machine machine{available_isas().front(), 1};
  const auto form = [&](Sample kind, DType type) {
    const SampleLayer sample = sample_layer(kind, type, 1);
    Epilogue epilogue = sample_epilogue(sample, rules::kF32, rules::kF32);
    return make_mac_kernel(sample.layer, std::move(epilogue), machine, with_one_more())->form();
  };
  EXPECT_EQ(with_one_more().size(), mac_backends().size() + 1);
  EXPECT_EQ(form(Sample::kManyRows, DType::kInt8).name, "backwards");
  EXPECT_NE(form(Sample::kConv3x3, DType::kInt8).name, "backwards");
  const KernelForm refused = form(Sample::kManyRows, DType::kUInt8);
  EXPECT_NE(refused.name, "backwards");
  EXPECT_EQ(refused.refused.at(0), (KernelForm::Refusal{"backwards", "it takes int8"}));
}

TEST(AddedBackend, EqualsTheDefinitionWithSeveralEpilogues) {
  const Isa& isa = available_isas().front();
  for (std::uint32_t seed = 0; seed < 20; ++seed) {
    const SampleLayer sample = sample_layer(seed % 2 == 0 ? Sample::kOneRow : Sample::kManyRows, DType::kInt8, seed);
    const Epilogue first = sample_epilogue(sample, rules::kF32, rules::kDouble);
    const Epilogue second = sample_epilogue(sample, rules::kVipV8, rules::kVipV8);
    const Epilogue* const epilogues[] = {&first, &second};
    const auto added = make_mac_kernel(sample.layer, first, {isa, 1}, with_one_more());
    const auto plain = make_mac_kernel(sample.layer, first, {scalar_isa(), 1});
    ASSERT_EQ(added->form().name, "backwards");
    ASSERT_EQ(plain->form().name, "scalar");
    ASSERT_EQ(run_epilogues(sample, *added, epilogues, 1), run_epilogues(sample, *plain, epilogues, 1))
        << sample.description;
  }
}

}  // namespace
}  // namespace test::added_backend_test
}  // namespace nputwin
