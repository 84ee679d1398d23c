#pragma once

#include <optional>
#include <string>
#include <vector>

#include "analysis/explain/cause_finder.h"
#include "fixed/trace.h"
#include "mac/mac_kernel.h"
#include "session/node_runner.h"

namespace nputwin {

/// Where one output element of one op comes from.
struct Explanation {
  NodeId node;
  std::string op;
  TensorSpec output;
  std::vector<std::int64_t> index;  ///< the element's, one a dimension

  /// One product of a layer's sum.
  struct Product {
    std::vector<std::int64_t> input, weight;  ///< indices
    std::int32_t code = 0, factor = 0;        ///< the input's code and the weight's, without their zero points
    [[nodiscard]] std::int64_t value() const { return std::int64_t{code} * factor; }
  };
  std::string input_name, weight_name;
  std::vector<Product> products;  ///< all, those that weigh most first; empty for ops without such a sum
  std::int64_t bias = 0;

  /// An input element of an op without such a sum: those that count, where the op tells its steps; else those of inputs
  /// that have the output's shape or one value.
  struct Operand {
    std::string name;
    std::vector<std::int64_t> index;
    double code, real;
  };
  std::vector<Operand> operands;

  struct Side {
    std::string profile, rules;                    ///< the side's, and whose rules its placement follows for this op
    std::string rule;                              ///< of the op's family, in words
    double code = 0, real = 0;                     ///< what it computes from A's inputs
    double end_to_end = 0;                         ///< and from its own
    std::optional<ElementEpilogue> step;           ///< of a layer
    std::vector<EffectiveMultiplier> multipliers;  ///< of a layer, one for each output channel
    std::int64_t sum = 0, in_register = 0;         ///< of a layer
    Trace trace;                                   ///< empty where the op has no steps to tell
  };
  std::vector<Side> sides;  ///< A, and B where there is one

  /// From A's code to B's, the code behind each step of the arithmetic (profile_path), and the cause, where they
  /// differ.
  std::vector<CauseFinder::Passed> path;
  std::optional<Cause> cause;

  /// Elements of an input that count for this one and that B, run on its own, has otherwise than A: what makes
  /// accumulated values differ where the op alone gives the same.
  struct Above {
    std::string name;                  ///< the input's
    std::optional<std::size_t> maker;  ///< the op that makes it; none: the model's input
    std::string maker_op;
    std::size_t differing = 0, all = 0;
  };
  std::vector<Above> above;

  /// Whether the sides differ on this element, by the op itself or from above.
  [[nodiscard]] bool differs() const;
};

/// Explains element `element` (flat) of output `k` of op `node`. Runs the sessions on `inputs`, whose specs fit; `b`
/// may be null. Both sides' op runs on A's inputs.
[[nodiscard]] Result<Explanation> explain(Session& a, Session* b, std::span<const Tensor> inputs, NodeId node,
                                          std::size_t k, std::int64_t element);

/// What element `element` of output `k` goes through on these inputs, by the op's definition; an element that the op
/// only moves comes from one of an input. Empty where the op tells nothing. The runner's outputs change.
[[nodiscard]] Trace trace_element(NodeRunner& runner, const Node& node, std::span<const TensorView> inputs,
                                  std::size_t k, std::int64_t element);

/// The index of each dimension of a flat index, and back; the error says which dimension is outside.
[[nodiscard]] std::vector<std::int64_t> unflatten(const Shape& shape, std::int64_t flat);
[[nodiscard]] Result<std::int64_t> flatten(const Shape& shape, std::span<const std::int64_t> index);

}  // namespace nputwin
