// Every backend, instruction set and thread count gives the codes of the definition; several epilogues over one
// accumulation give what each gives alone.

#include <gtest/gtest.h>

#include "support/mac_layers.h"

namespace nputwin::test::epilogues_test {
namespace {

struct Chosen {
  std::vector<Epilogue> epilogues;
  std::vector<const Epilogue*> pointers;
};

/// One epilogue for each of some rules, drawn by `engine`.
Chosen choose(const SampleLayer& sample, std::mt19937 engine) {
  std::uniform_int_distribution<std::size_t> rule(0, std::size(rules::kNamed) - 1);
  Chosen chosen;
  for (int i = 0; i < 4; ++i) {
    const RequantizeRule& first = rules::kNamed[rule(engine)].rule;
    const RequantizeRule& last = engine() % 2 == 0 ? first : rules::kNamed[rule(engine)].rule;
    chosen.epilogues.push_back(sample_epilogue(sample, first, last));
  }
  for (const Epilogue& e : chosen.epilogues) chosen.pointers.push_back(&e);
  return chosen;
}

TEST(MacKernel, ManyEpiloguesOverOneSumEqualEachAloneAndTheDefinition) {
  std::size_t distinct = 0, outputs = 0;
  for (const Sample kind : kSamples) {
    for (std::uint32_t seed = 0; seed < 12; ++seed) {
      const DType type = seed % 3 == 0 ? DType::kInt8 : seed % 3 == 1 ? DType::kUInt8 : DType::kInt16;
      const SampleLayer sample = sample_layer(kind, type, seed);
      const Chosen plain = choose(sample, std::mt19937(seed));
      const auto definition = make_mac_kernel(sample.layer, plain.epilogues[0], {scalar_isa(), 1});
      const auto expected = run_epilogues(sample, *definition, plain.pointers, 1);
      for (const auto& bytes : expected) {
        ++outputs;
        distinct += std::adjacent_find(bytes.begin(), bytes.end(), std::not_equal_to<>()) != bytes.end();
      }
      for (const Isa& isa : available_isas()) {
        for (const int threads : {1, 3}) {
          const Chosen chosen = choose(sample, std::mt19937(seed));
          const auto kernel = make_mac_kernel(sample.layer, chosen.epilogues[0], {isa, threads});
          const std::string what = sample.description + " " + isa.name + " " + kernel->form().name;
          ASSERT_EQ(run_epilogues(sample, *kernel, chosen.pointers, threads), expected) << what;
          for (std::size_t i = 0; threads == 1 && i < chosen.pointers.size(); ++i) {
            const auto alone = run_epilogues(sample, *kernel, {&chosen.pointers[i], 1}, threads);
            ASSERT_EQ(alone[0], expected[i]) << what << " epilogue " << i;
          }
        }
      }
    }
  }
  EXPECT_GT(distinct, outputs * 3 / 4) << "most outputs are constant: equality proves nothing";
}

/// What single elements are asked for is what the definition computes of the whole.
TEST(MacLayer, SumsAndRunsOfSingleElementsAreThoseOfTheWhole) {
  for (const Sample kind : kSamples) {
    const SampleLayer sample = sample_layer(kind, DType::kInt8, 5);
    const Chosen plain = choose(sample, std::mt19937(5));
    const auto kernel = make_mac_kernel(sample.layer, plain.epilogues[0], {scalar_isa(), 1});
    const auto whole = run_epilogues(sample, *kernel, {plain.pointers.data(), 1}, 1);
    const TensorView input{&sample.input, std::span(sample.values).first(sample.input.bytes())};
    const TensorView second{&sample.second, std::span(sample.second_values)};
    const std::vector<TensorView> inputs{input, second};
    RunContext context;
    context.inputs = inputs;
    for (std::int64_t e = 0; e < sample.output.elements(); ++e) {
      std::int64_t sum = sample.layer.bias(e);
      for (const TapRun& run : sample.layer.runs(e)) {
        for (std::int64_t i = 0; i < run.count; ++i) {
          const auto x = static_cast<std::size_t>(run.input + i * run.input_step);
          sum += std::int64_t{input.as<std::int8_t>()[x] - sample.layer.input_zero} *
                 sample.layer.factor(context, run.weight + i * run.weight_step);
        }
      }
      ASSERT_EQ(sample.layer.sum(context, e), sum) << sample.description << " element " << e;
      ASSERT_EQ(static_cast<std::int8_t>(whole[0][static_cast<std::size_t>(e)]),
                kernel->epilogue().element(e).code(sum))
          << sample.description << " element " << e;
    }
  }
}

}  // namespace
}  // namespace nputwin::test::epilogues_test
