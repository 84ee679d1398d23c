#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "analysis/prove/op_proof.h"
#include "base/callbacks.h"
#include "session/preparation.h"

namespace nputwin {

/// One of the sides that are to give the same codes.
struct HardenSide {
  std::string name;      ///< as resolve_profile reads it
  bool required = true;  ///< else what evidence does not exclude of another side: met where that costs nothing
};

/// A model whose scales and constants can be changed, with the kernels that each side then has for an op. It reads and
/// prepares nothing again for that but the op that is asked about.
class HardenBench {
 public:
  /// Fails where a required side cannot run the model. Others that cannot are left out.
  [[nodiscard]] static Result<std::unique_ptr<HardenBench>> of(std::shared_ptr<const Model> model,
                                                               std::span<const HardenSide> sides,
                                                               const SessionOptions& options);

  [[nodiscard]] const Model& model() const { return *model_; }
  [[nodiscard]] const Graph& graph() const { return model_->main(); }
  [[nodiscard]] std::size_t sides() const { return sides_.size(); }
  [[nodiscard]] const HardenSide& side(std::size_t s) const { return sides_[s].side; }
  /// The side is to agree on the node.
  [[nodiscard]] bool is_required(std::size_t s, std::size_t node) const {
    return side(s).required && !is_given_up(s, node);
  }
  [[nodiscard]] bool is_given_up(std::size_t s, std::size_t node) const {
    const auto given_up = given_up_.find(node);
    return given_up != given_up_.end() && std::ranges::find(given_up->second, s) != given_up->second.end();
  }
  /// On this node these sides need not agree any more. None: all are to.
  void give_up(std::size_t node, std::vector<std::size_t> sides);
  /// Which sides could be given up on a node so that the others may agree: those that compute it alike go together, the
  /// last ones come first. The first side and those that compute as it does stay.
  [[nodiscard]] std::vector<std::vector<std::size_t>> dispensable(std::size_t node) const;
  /// The names of sides, with commas between.
  [[nodiscard]] std::string names(std::span<const std::size_t> sides) const;

  /// A tensor as it is now, with the shape that it has in a run.
  [[nodiscard]] const TensorSpec& spec(int t) const { return first().specs()[static_cast<std::size_t>(t)]; }
  /// As the file has it.
  [[nodiscard]] const TensorSpec& spec_before(int t) const { return graph().spec(t); }
  /// A value that is known before anything runs, as it is now.
  [[nodiscard]] const std::optional<Bytes>& constant(int t) const {
    return first().constant(static_cast<std::size_t>(t));
  }
  /// Codes of one scale.
  [[nodiscard]] bool is_quantized(int t) const;
  void set_quantization(int t, const Quantization& quantization);
  /// Of a tensor with one scale.
  void set_scale(int t, float scale);
  void set_constant(int t, std::span<const std::byte> values);

  /// A new kernel of the op, by the side's rules. An error: the side refuses it as it is now.
  [[nodiscard]] Result<std::unique_ptr<Kernel>> kernel(std::size_t side, std::size_t node) const;
  /// What the first side computes of the op can be asked for any codes.
  [[nodiscard]] bool has_definition(std::size_t node) const;
  /// Its tensors have the shapes that the file gives them.
  [[nodiscard]] bool has_shapes_of_file(std::size_t node) const;
  /// No required side refuses the op as it is now.
  [[nodiscard]] bool runs_everywhere(std::size_t node) const;
  /// What definition() of such a kernel takes.
  class Context {
   public:
    Context(const HardenBench& bench, std::size_t side, std::size_t node);
    [[nodiscard]] RunContext get() const { return {inputs_, outputs_, {}, {}, nullptr, nullptr}; }

   private:
    std::vector<TensorView> inputs_;
    std::vector<MutableTensorView> outputs_;
  };

  /// The side does not compute the node: its values are known before.
  [[nodiscard]] bool is_folded(std::size_t node) const { return folded_[node]; }
  /// On every required side the op only moves codes, or is one whose inputs and output have one scale by its format.
  [[nodiscard]] bool only_moves(std::size_t node) const { return moves_[node]; }

  /// What a tensor's codes can be on any side, as far as was noted.
  [[nodiscard]] const Codes& codes(int t) const { return codes_[static_cast<std::size_t>(t)]; }
  void narrow(int t, CodeRange range) { codes_[static_cast<std::size_t>(t)].range = range; }
  /// Reads the codes of a constant again.
  void read_codes(int t);

  /// How the sides agree on an op as it is now.
  struct Agreement {
    bool known = true;           ///< what each required side computes can be tried for all inputs
    std::int64_t differing = 0;  ///< sums, codes or pairs on which a required side differs from the first
    std::int64_t arguments = 0;  ///< that there are
    std::size_t open = 0;        ///< sides that are not required and differ
    std::optional<CodeRange> codes;
    std::string why;  ///< of what is not known

    [[nodiscard]] bool required_agree() const { return known && differing == 0; }
  };
  /// `quick`: ends at the first required side that differs; `differing` is then no count.
  [[nodiscard]] Agreement agreement(std::size_t node, bool quick) const;

 private:
  struct Prepared {
    HardenSide side;
    std::unique_ptr<Preparation> preparation;
  };

  HardenBench(std::shared_ptr<const Model> model, const SessionOptions& options)
      : model_(std::move(model)), options_(options) {}
  [[nodiscard]] Status add(const HardenSide& side);
  [[nodiscard]] const Preparation& first() const { return *sides_.front().preparation; }

  std::shared_ptr<const Model> model_;
  SessionOptions options_;
  std::vector<Prepared> sides_;
  std::vector<bool> folded_, moves_;
  std::map<std::size_t, std::vector<std::size_t>> given_up_;  // by node: sides
  std::vector<Codes> codes_;
  std::map<int, std::shared_ptr<Blob>> constants_;  // that were changed
};

}  // namespace nputwin
