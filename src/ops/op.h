#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "base/result.h"
#include "base/thread_pool.h"
#include "fixed/multiplier.h"
#include "fixed/real_rule.h"
#include "fixed/requantize.h"
#include "kernels/isa.h"
#include "kernels/kernel.h"
#include "model/attributes.h"
#include "profile/families/family.h"
#include "tensor/tensor.h"

namespace nputwin {

struct Profile;
class LayerValuesPool;
class PairCache;

/// An input as an op sees it before anything runs.
struct InputSpec {
  const TensorSpec* spec = nullptr;  ///< null: an optional input that the node leaves out
  std::optional<Bytes> constant;     ///< the values, where they are known already
  bool variable = false;             ///< state; RunContext::state writes it

  [[nodiscard]] bool present() const { return spec != nullptr; }
};

/// A node before anything runs. Output shapes in `outputs` are what infer_shapes said, once it has.
struct NodeView {
  const Attributes* attributes = nullptr;
  Bytes custom_options;
  std::span<const InputSpec> inputs;
  std::span<const TensorSpec> outputs;
  std::span<const TensorSpec* const> intermediates;
  bool* lacks_values = nullptr;  ///< set where the op asks for values that are known only while the model runs

  [[nodiscard]] const TensorSpec& input(std::size_t i) const { return *inputs[i].spec; }
  [[nodiscard]] bool has_input(std::size_t i) const { return i < inputs.size() && inputs[i].present(); }
  [[nodiscard]] const TensorSpec& output(std::size_t i = 0) const { return outputs[i]; }
};

struct PrepareContext : NodeView {
  const Profile* profile = nullptr;
  /// The profile that computes what an op itself finds `profile`'s delegate to reject; null: no delegate.
  const Profile* fallback = nullptr;
  Family op_family{};  ///< OpDefinition::family
  Isa isa;
  int threads = 1;
  bool* rejected = nullptr;  ///< set where the op finds that the delegate rejects it; null: nobody asks
  /// Gets what a reader of the op's results must know: a sentence. Null: nobody asks.
  std::string* caution = nullptr;
  PairCache* pairs = nullptr;          ///< functions of two codes that are prepared already; null: none are shared
  LayerValuesPool* weights = nullptr;  ///< likewise the weights of layers

  void warn(std::string sentence) const {
    if (caution != nullptr) *caution = std::move(sentence);
  }

  [[nodiscard]] bool delegated() const { return fallback != nullptr; }
  /// How the profile rounds real results of the op's family.
  [[nodiscard]] const RealRule& real() const;
  /// MultiplyByQuantizedMultiplier as the profile's fixed-point code does it.
  [[nodiscard]] FixedPointMultiply multiply() const;
  /// a * b / out as the profile's fixed-point code forms it, in binary32 or in binary64.
  [[nodiscard]] double ratio(float a, float b, float out) const;
  /// The same as the scale of a rule that the profile gives without one.
  [[nodiscard]] RequantizeRule with_ratio(RequantizeRule rule) const;
  /// Whose rules hold for this node, now that the op finds that the delegate rejects it.
  [[nodiscard]] const Profile& fallback_profile() const {
    if (fallback != nullptr && rejected != nullptr) *rejected = true;
    return fallback != nullptr ? *fallback : *profile;
  }
};

using Shapes = std::vector<Shape>;

/// An operator of the format: one file defines it, one line in ops.inc lists it.
struct OpDefinition {
  std::string_view name;  ///< as the format spells it, CONV_2D; a custom op's code otherwise
  /// Shapes of all outputs. Checks how many inputs there are and whatever the shapes rest on.
  Result<Shapes> (*infer_shapes)(const NodeView& node);
  /// Checks types and quantization, chooses rules and kernels. An error here is the reason why the op is not
  /// supported.
  Result<std::unique_ptr<Kernel>> (*prepare)(const PrepareContext& context);
  Family family;  ///< whose rule its codes follow, unless its types say otherwise (FamilyFacts::of_all_types)
  Family of_floats = Family::kNumbers;  ///< whose rule its float32 values follow, unless `family` is of all types
  /// Shapes alone decide its outputs: it is computed once they are known, whatever its inputs' values.
  bool needs_no_values = false;
  /// Of Family::kMovement: the profile decides all the same what moves, or whether the op is supported.
  bool reads_profile = false;
};

/// All supported ops.
[[nodiscard]] std::span<const OpDefinition* const> all_ops();

/// The op of that name, or null.
[[nodiscard]] const OpDefinition* find_op(std::string_view name);

}  // namespace nputwin
