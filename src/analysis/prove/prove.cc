#include "analysis/prove/prove.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <random>
#include <set>

#include "analysis/element.h"
#include "ops/op.h"
#include "tensor/code_types.h"

namespace nputwin {
namespace {

class Prover {
 public:
  Prover(Session& a, Session& b) : a_(a), b_(b), codes_(codes_of_tensors(a, b)) {}

  Result<ProvenOp> prove(NodeId node) {
    const Node& n = a_.model().node(node);
    ProvenOp proven{node, n.op, {}, {}, {}, {}, {}};
    if (!n.outputs.empty() && n.outputs[0] >= 0) proven.name = a_.graph().spec(n.outputs[0]).name;
    proven.rule_a = a_.preparation().evidence_of(node.index);
    proven.rule_b = b_.preparation().evidence_of(node.index);
    const Kernel *of_a = a_.kernel(node), *of_b = b_.kernel(node);
    if (of_a == nullptr || of_b == nullptr) {
      proven.proof = known_before(node, of_a, of_b);
    } else {
      std::vector<Codes> inputs;
      inputs.reserve(n.inputs.size());
      for (const int t : n.inputs) inputs.push_back(t < 0 ? Codes{} : codes_[static_cast<std::size_t>(t)]);
      proven.proof = prove_op(*of_a, *of_b, a_.context(node), b_.context(node), inputs);
      if (proven.proof.verdict == ProofVerdict::kOpen) search(node, proven);
      if (proven.proof.example && proven.proof.by != ProofBy::kSearch) {
        NPUTWIN_RETURN_IF_ERROR(replay(node, proven));
      }
    }
    note_outputs(node, proven.proof);
    return proven;
  }

  [[nodiscard]] std::map<int, CodeRange> narrow_codes() const {
    std::map<int, CodeRange> narrow;
    for (std::size_t t = 0; t < codes_.size(); ++t) {
      const DType type = a_.preparation().specs()[t].type;
      if (!has_codes(type) || !codes_[t].constant.empty() || codes_[t].count() == Codes::of_type(type).count())
        continue;
      narrow[static_cast<int>(t)] = codes_[t].range;
    }
    return narrow;
  }

 private:
  /// Both sides' values are constants.
  OpProof known_before(NodeId node, const Kernel* of_a, const Kernel* of_b) const {
    OpProof proof;
    proof.by = ProofBy::kSameRule;
    proof.why = "one side knows its values before anything runs";
    if (of_a != nullptr || of_b != nullptr) return proof;
    proof.why = "the values that are known before anything runs differ";
    for (const int t : a_.model().node(node).outputs) {
      if (t < 0) continue;
      const auto &in_a = a_.preparation().constant(static_cast<std::size_t>(t)),
                 &in_b = b_.preparation().constant(static_cast<std::size_t>(t));
      if (!in_a || !in_b || !std::ranges::equal(*in_a, *in_b)) return proof;
    }
    proof.verdict = ProofVerdict::kEqual;
    proof.why.clear();
    return proof;
  }

  /// What a node gets: constants, and room for all else.
  struct Inputs {
    std::vector<TensorView> views;
    std::vector<std::shared_ptr<Blob>> own;  // of each input; null: a constant, or left out

    void set_code(std::size_t input, std::int64_t element, std::int32_t code) {
      with_code_type(views[input].spec->type, [&](auto type) {
        const auto value = static_cast<decltype(type)>(code);
        set(input, element, value);
      });
    }
    template <typename T>
    void set(std::size_t input, std::int64_t element, T value) {
      std::memcpy(own[input]->mutable_bytes().data() + static_cast<std::size_t>(element) * sizeof value, &value,
                  sizeof value);
    }
    /// Fills an input with its first elements, again and again.
    void repeat(std::size_t input, std::int64_t elements) {
      const auto bytes = own[input]->mutable_bytes();
      const std::size_t size = static_cast<std::size_t>(elements) * size_of(views[input].spec->type);
      for (std::size_t at = size; at < bytes.size(); at += size)
        std::memcpy(bytes.data() + at, bytes.data(), std::min(size, bytes.size() - at));
    }
  };
  [[nodiscard]] Inputs inputs_of(NodeId node) const {
    Inputs inputs;
    const Node& n = a_.model().node(node);
    for (const TensorView& view : a_.node_inputs(node)) {
      const std::size_t k = inputs.views.size();
      inputs.views.push_back(view);
      inputs.own.emplace_back();
      if (!view.present()) continue;
      const auto t = static_cast<std::size_t>(n.inputs[k]);
      if (is_constant(a_, b_, t)) {
        inputs.views[k].bytes = *a_.preparation().constant(t);
        continue;
      }
      const auto first = static_cast<std::size_t>(std::ranges::find(n.inputs, n.inputs[k]) - n.inputs.begin());
      inputs.own[k] = first < k ? inputs.own[first] : std::make_shared<Blob>(view.spec->bytes());
      inputs.views[k].bytes = inputs.own[k]->bytes();
    }
    return inputs;
  }

  /// Random values of what each input can have. `narrowing`: from 1 / 2^narrowing of the range alone, which place is
  /// random too: functions of many values (SOFTMAX) are steep only where all are near each other. After `most_drawn`
  /// values they come again.
  void fill(Inputs& inputs, NodeId node, std::mt19937& random, int narrowing, std::int64_t most_drawn) const {
    const Node& n = a_.model().node(node);
    for (std::size_t k = 0; k < inputs.own.size(); ++k) {
      if (!inputs.own[k]) continue;
      const TensorSpec& spec = *inputs.views[k].spec;
      const Codes& codes = codes_[static_cast<std::size_t>(n.inputs[k])];
      const auto count = static_cast<std::uint32_t>(codes.count());
      const std::uint32_t width = std::max(count >> narrowing, std::min(count, 2U));
      const std::int32_t first = codes.range.lo + static_cast<std::int32_t>(random() % (count - width + 1));
      const std::int64_t drawn = std::min(spec.elements(), most_drawn);
      for (std::int64_t e = 0; e < drawn; ++e) {
        if (has_codes(spec.type)) {
          inputs.set_code(k, e, first + static_cast<std::int32_t>(random() % width));
        } else if (spec.type == DType::kFloat32) {
          constexpr float kWidth = 8;  // from -4 to 4
          inputs.set(k, e, kWidth * (static_cast<float>(random()) / static_cast<float>(std::mt19937::max()) - 0.5F));
        }
      }
      inputs.repeat(k, drawn);
    }
  }

  struct Outputs {
    std::vector<std::unique_ptr<Blob>> memory;
    std::vector<MutableTensorView> views;
  };
  static Outputs outputs_of(Session& side, NodeId node) {
    Outputs outputs;
    for (const TensorView& v : side.node_outputs(node)) {
      if (!v.present()) {
        outputs.views.emplace_back();
        continue;
      }
      outputs.memory.push_back(std::make_unique<Blob>(v.spec->bytes()));
      outputs.views.push_back({v.spec, outputs.memory.back()->mutable_bytes()});
    }
    return outputs;
  }

  static void keep(const Inputs& inputs, ProvenOp& proven) {
    proven.inputs.clear();
    std::set<const Blob*> kept;  // two inputs may be one tensor
    for (std::size_t k = 0; k < inputs.own.size(); ++k) {
      if (!inputs.own[k] || !kept.insert(inputs.own[k].get()).second) continue;
      const Bytes bytes = inputs.views[k].bytes;
      proven.inputs.push_back({*inputs.views[k].spec, {bytes.begin(), bytes.end()}});
    }
  }

  Status replay(NodeId node, ProvenOp& proven) {
    CounterExample& example = *proven.proof.example;
    Inputs inputs = inputs_of(node);
    std::mt19937 random(1);                       // NOLINT(bugprone-random-generator-seed): every run tries the same
    constexpr std::int64_t kMostDrawn = 1 << 16;  // what stands beside the example's codes makes no difference
    fill(inputs, node, random, 0, kMostDrawn);
    for (const auto& code : example.codes) {
      if (inputs.own[code.place.input]) inputs.set_code(code.place.input, code.place.element, code.code);
    }
    Outputs from_a = outputs_of(a_, node), from_b = outputs_of(b_, node);
    NPUTWIN_RETURN_IF_ERROR(a_.run_node(node, inputs.views, from_a.views));
    NPUTWIN_RETURN_IF_ERROR(b_.run_node(node, inputs.views, from_b.views));
    const auto at = static_cast<std::size_t>(example.element);
    const double a = element_of(read_only(from_a.views[0]), at), b = element_of(read_only(from_b.views[0]), at);
    if (a != example.a || b != example.b)
      return error(
          "op {} {}: the example of element {} was to give {} and {}, but gives {} and {}: this is a fault of "
          "nputwin, please report it",
          node.index, proven.op, example.element, example.a, example.b, a, b);
    keep(inputs, proven);
    return {};
  }

  /// Tries inputs where nothing is proven.
  void search(NodeId node, ProvenOp& proven) {
    OpProof& proof = proven.proof;
    constexpr std::int64_t kElements = std::int64_t{1} << 20;
    constexpr std::int64_t kFewest = 6, kMost = 1 << 14;
    std::int64_t elements = 1;
    for (const TensorView& v : a_.node_outputs(node)) elements += v.present() ? v.spec->elements() : 0;
    std::mt19937 random(1);  // NOLINT(bugprone-random-generator-seed): every run tries the same
    Inputs inputs = inputs_of(node);
    for (std::size_t k = 0; k < inputs.own.size(); ++k)
      elements += inputs.own[k] ? inputs.views[k].spec->elements() : 0;
    const std::int64_t rounds = std::clamp(kElements / elements, kFewest, kMost);
    proof.by = ProofBy::kSearch;
    proof.arguments = proof.differing = 0;
    proof.largest = 0;
    for (std::int64_t round = 0; round < rounds; ++round) {
      constexpr int kNarrowings = 6;
      fill(inputs, node, random, static_cast<int>(round % kNarrowings), INT64_MAX);
      Outputs from_a = outputs_of(a_, node), from_b = outputs_of(b_, node);
      if (!a_.run_node(node, inputs.views, from_a.views) || !b_.run_node(node, inputs.views, from_b.views)) continue;
      for (std::size_t k = 0; k < from_a.views.size(); ++k) {
        if (from_a.views[k].present())
          compare(read_only(from_a.views[k]), read_only(from_b.views[k]), k, inputs, proven);
      }
    }
    if (proof.differing == 0) return;
    proof.verdict = ProofVerdict::kDiffers;
    proof.why.clear();
  }

  static void compare(const TensorView& a, const TensorView& b, std::size_t output, const Inputs& inputs,
                      ProvenOp& proven) {
    OpProof& proof = proven.proof;
    const auto elements = static_cast<std::size_t>(a.spec->elements());
    proof.arguments += static_cast<std::int64_t>(elements);
    for (std::size_t e = 0; e < elements; ++e) {
      const double x = element_of(a, e), y = element_of(b, e);
      if (!differ(x, y)) continue;
      ++proof.differing;
      if (proof.example && std::abs(x - y) <= proof.largest) continue;
      proof.largest = std::abs(x - y);
      if (output != 0) continue;
      proof.example = CounterExample{static_cast<std::int64_t>(e), 0, 0, x, y, {}};
      keep(inputs, proven);
    }
  }

  /// What the node's outputs can be.
  void note_outputs(NodeId node, const OpProof& proof) {
    const Node& n = a_.model().node(node);
    for (std::size_t k = 0; k < n.outputs.size(); ++k) {
      if (n.outputs[k] < 0) continue;
      const auto t = static_cast<std::size_t>(n.outputs[k]);
      const TensorSpec& spec = a_.preparation().specs()[t];
      if (!has_codes(spec.type) || !codes_[t].constant.empty()) continue;
      if (k == 0 && proof.codes && proof.verdict != ProofVerdict::kOpen) {
        codes_[t].range = *proof.codes;
      } else if (const auto moved = moved_codes(node, spec)) {
        codes_[t].range = *moved;
      }
    }
  }

  /// What an op can give that only moves codes.
  [[nodiscard]] std::optional<CodeRange> moved_codes(NodeId node, const TensorSpec& output) const {
    const Kernel *of_a = a_.kernel(node), *of_b = b_.kernel(node);
    if (of_a == nullptr || of_b == nullptr || !of_a->only_moves() || !of_b->only_moves()) return std::nullopt;
    CodeRange codes{0, 0};
    if (output.quantization.per_tensor()) codes = hull(codes, {output.zero_point(), output.zero_point()});
    for (const int t : a_.model().node(node).inputs) {
      if (t < 0) continue;
      const auto at = static_cast<std::size_t>(t);
      if (a_.preparation().specs()[at].type == output.type) codes = hull(codes, codes_[at].range);
    }
    return codes;
  }

  Session &a_, &b_;
  std::vector<Codes> codes_;
};

}  // namespace

std::size_t Proof::count(ProofVerdict verdict) const {
  return static_cast<std::size_t>(
      std::ranges::count_if(ops, [&](const ProvenOp& op) { return op.proof.verdict == verdict; }));
}

Result<Proof> prove(Session& a, Session& b, const Callbacks& callbacks) {
  if (&a.graph() != &b.graph()) return error("both sides must run the same model");
  Proof proof;
  Prover prover(a, b);
  const std::size_t ops = a.graph().nodes.size();
  for (std::size_t node = 0; node < ops; ++node) {
    if (callbacks.stopped()) {
      proof.stopped = true;
      break;
    }
    if (a.graph().nodes[node].left_out) {
      proof.whole = false;
      continue;
    }
    NPUTWIN_ASSIGN_OR_RETURN(ProvenOp proven, prover.prove(node));
    proof.ops.push_back(std::move(proven));
    callbacks.at(node + 1, ops);
  }
  proof.codes = prover.narrow_codes();
  return proof;
}

}  // namespace nputwin
