#include "analysis/harden/price.h"

#include <algorithm>
#include <cmath>

#include "analysis/prove/codes.h"
#include "sides/side.h"
#include "tensor/codes_on.h"

namespace nputwin {
namespace {

Result<Numbers> run(Session& session, const Sample& sample) {
  NumberKeeper keeper(session.graph());
  session.reset_state();
  NPUTWIN_RETURN_IF_ERROR(session.set_inputs(sample));
  NPUTWIN_RETURN_IF_ERROR(session.run(&keeper));
  return std::move(keeper.numbers);
}

void take_back(Numbers& numbers, const ChannelGains& passed) {
  for (const auto& [t, gains] : passed) {
    const auto found = numbers.find(t);
    if (found == numbers.end()) continue;
    for (std::size_t i = 0; i < found->second.size(); ++i)
      found->second[i] /= static_cast<float>(gains[i % gains.size()]);
  }
}

std::size_t top(std::span<const float> values) {
  return static_cast<std::size_t>(std::ranges::max_element(values) - values.begin());
}

std::optional<double> cosine(std::span<const float> a, std::span<const float> b) {
  double aa = 0, bb = 0, ab = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    aa += double{a[i]} * double{a[i]};
    bb += double{b[i]} * double{b[i]};
    ab += double{a[i]} * double{b[i]};
  }
  if (aa == 0 || bb == 0) return std::nullopt;
  return ab / std::sqrt(aa * bb);
}

std::optional<double> difference(const Signal& before, const Signal& after) {
  const auto a = before.sqnr(), b = after.sqnr();
  if (!a || !b) return std::nullopt;
  return *a - *b;
}

std::optional<double> median(std::vector<double> values) {
  if (values.empty()) return std::nullopt;
  std::ranges::sort(values);
  return values[values.size() / 2];
}

/// The input of the SOFTMAX or LOGISTIC that makes a tensor.
std::optional<int> scores_behind(const Graph& graph, int t) {
  for (const Node& node : graph.nodes) {
    const bool is_squashed = node.op == "SOFTMAX" || node.op == "LOGISTIC";
    if (is_squashed && !node.outputs.empty() && node.outputs[0] == t) return node.inputs[0];
  }
  return std::nullopt;
}

/// Whether a tensor may be an embedding: one row of numbers, and not of a few scores.
bool is_vector(const TensorSpec& spec) {
  constexpr std::int64_t kFewest = 16;
  return !spec.shape.empty() && spec.elements() == spec.shape.back() && spec.elements() >= kFewest;
}

/// An output of all samples, in three runs.
class Templates {
 public:
  explicit Templates(int tensor) : tensor_(tensor) {}

  void add(const Numbers& before, const Numbers& after, const Numbers& control) {
    if (!before.contains(tensor_) || !after.contains(tensor_) || !control.contains(tensor_)) return;
    const std::vector<float>& own = before.at(tensor_);
    for (const auto& other : before_) spread_.push_back(distance(own, other));
    after_.push_back(distance(own, after.at(tensor_)));
    control_.push_back(distance(own, control.at(tensor_)));
    before_.push_back(own);
  }

  /// Nothing of a single sample, and where all samples are alike.
  [[nodiscard]] std::optional<TemplateDrift> drift() const {
    const auto spread = median(spread_);
    if (!spread || *spread == 0) return std::nullopt;
    return TemplateDrift{tensor_, *spread, *median(after_), *median(control_)};
  }

 private:
  static double distance(std::span<const float> a, std::span<const float> b) {
    double squares = 0;
    for (std::size_t i = 0; i < a.size(); ++i) squares += std::pow(double{a[i]} - double{b[i]}, 2);
    return std::sqrt(squares);
  }

  int tensor_;
  std::vector<std::vector<float>> before_;
  std::vector<double> spread_, after_, control_;
};

/// The model's outputs, and the scores before a SOFTMAX or LOGISTIC that makes one: it hides most of what scores lose.
std::vector<int> told_tensors(const Graph& graph) {
  std::vector<int> tensors;
  const auto tell = [&](int t) {
    if (std::ranges::find(tensors, t) == tensors.end()) tensors.push_back(t);
  };
  for (const int t : graph.outputs) {
    if (const auto scores = scores_behind(graph, t)) tell(*scores);
    tell(t);
  }
  return tensors;
}

void add(TensorPrice& price, const Numbers& before, const Numbers& after, const Numbers& control,
         const std::vector<float>* exact) {
  if (!before.contains(price.tensor) || !after.contains(price.tensor) || !control.contains(price.tensor)) return;
  const auto &a = before.at(price.tensor), &b = after.at(price.tensor), &c = control.at(price.tensor);
  if (a.empty() || a.size() != b.size() || a.size() != c.size()) return;
  price.after_to_before.add(a, b);
  price.control_to_before.add(a, c);
  price.same_top_after += top(a) == top(b) ? 1 : 0;
  price.same_top_control += top(a) == top(c) ? 1 : 0;
  const auto to_after = cosine(a, b), to_control = cosine(a, c);
  if (to_after && to_control) {
    price.cosine_after += *to_after;
    price.cosine_control += *to_control;
    ++price.cosines;
  }
  if (exact == nullptr || exact->size() != a.size()) return;
  price.before.add(*exact, a);
  price.after.add(*exact, b);
  price.control.add(*exact, c);
}

}  // namespace

void Signal::add(std::span<const float> reference, std::span<const float> values) {
  for (std::size_t i = 0; i < reference.size(); ++i) {
    power += double{reference[i]} * double{reference[i]};
    noise += std::pow(double{values[i]} - double{reference[i]}, 2);
  }
}

std::optional<double> Signal::sqnr() const {
  if (!(power > 0) || !(noise > 0)) return std::nullopt;
  return 10 * std::log10(power / noise);
}

std::optional<double> TensorPrice::loss() const { return difference(before, after); }
std::optional<double> TensorPrice::control_loss() const { return difference(before, control); }

const TensorPrice* ModelPrice::of(int tensor) const {
  const auto found = std::ranges::find(tensors, tensor, &TensorPrice::tensor);
  return found == tensors.end() ? nullptr : &*found;
}

std::optional<double> ModelPrice::median_loss() const {
  std::vector<double> losses;
  for (const TensorPrice& t : tensors) {
    if (const auto loss = t.loss()) losses.push_back(*loss);
  }
  return median(std::move(losses));
}

std::optional<double> ModelPrice::median_control_loss() const {
  std::vector<double> losses;
  for (const TensorPrice& t : tensors) {
    if (const auto loss = t.control_loss()) losses.push_back(*loss);
  }
  return median(std::move(losses));
}

Sample for_model(const Sample& sample, const Graph& graph) {
  Sample own = sample;
  for (std::size_t k = 0; k < own.size(); ++k) {
    Tensor& tensor = own[k];
    const Quantization& q = graph.spec(graph.inputs[k]).quantization;
    if (tensor.spec.quantization == q || !has_codes(tensor.spec.type) || !q.per_tensor()) continue;
    tensor.data = codes_on(q, tensor.view());
    tensor.spec.quantization = q;
  }
  return own;
}

Result<std::unique_ptr<PriceBench>> PriceBench::of(std::shared_ptr<const Model> file, const std::string& reference,
                                                   const std::string& control, const InputSet& inputs,
                                                   const SessionOptions& options) {
  std::unique_ptr<PriceBench> bench(new PriceBench(std::move(file), inputs, options));
  bench->reference_ = reference;
  bench->control_ = control;
  NPUTWIN_ASSIGN_OR_RETURN(Session in_reference, session_of_side(reference, bench->file_, options));
  bench->in_reference_ = std::make_unique<Session>(std::move(in_reference));
  NPUTWIN_ASSIGN_OR_RETURN(Session in_control, session_of_side(control, bench->file_, options));
  bench->in_control_ = std::make_unique<Session>(std::move(in_control));
  auto network = FloatNetwork::of(*bench->in_reference_, options);
  if (network) {
    bench->network_ = std::move(*network);
  } else {
    bench->no_numbers_ = network.error().message;
  }
  return bench;
}

Result<std::shared_ptr<const PriceBench::Runs>> PriceBench::runs(std::size_t n, const Sample& sample) {
  constexpr std::size_t kMostKept = std::size_t{1} << 29;  // bytes
  if (const auto kept = kept_.find(n); kept != kept_.end()) return kept->second;
  auto runs = std::make_shared<Runs>();
  NPUTWIN_ASSIGN_OR_RETURN(runs->file, run(*in_reference_, sample));
  NPUTWIN_ASSIGN_OR_RETURN(runs->control, run(*in_control_, sample));
  if (network_) {
    if (const Status ran = network_->run(sample); ran) {
      for (const auto& [t, numbers] : network_->numbers()) {
        if (runs->file.contains(t)) runs->exact[t] = numbers;
      }
    } else {
      no_numbers_ = ran.error().message;
      network_.reset();
    }
  }
  std::size_t bytes = 0;
  for (const Numbers* numbers : {&runs->file, &runs->control, &runs->exact}) {
    for (const auto& [t, values] : *numbers) bytes += values.size() * sizeof(float);
  }
  if (bytes_kept_ + bytes <= kMostKept) {
    bytes_kept_ += bytes;
    kept_[n] = runs;
  }
  return runs;
}

Result<ModelPrice> PriceBench::price_of(const std::shared_ptr<const Model>& hardened, const ChannelGains& passed,
                                        std::size_t samples, const Callbacks& callbacks) {
  NPUTWIN_ASSIGN_OR_RETURN(Session session, session_of_side(reference_, hardened, options_));
  const Graph& graph = file_->main();
  std::vector<Templates> templates;
  for (const int t : graph.outputs) {
    if (is_vector(graph.spec(t)) && !scores_behind(graph, t)) templates.emplace_back(t);
  }
  ModelPrice price;
  price.reference = reference_;
  price.control = control_;
  const std::size_t count = std::min(samples, inputs_.size());
  for (std::size_t n = 0; n < count && !callbacks.stopped(); ++n) {
    NPUTWIN_ASSIGN_OR_RETURN(const Sample sample, inputs_.sample(n));
    NPUTWIN_ASSIGN_OR_RETURN(const auto known, runs(n, sample));
    NPUTWIN_ASSIGN_OR_RETURN(Numbers after, run(session, for_model(sample, hardened->main())));
    take_back(after, passed);
    if (price.tensors.empty()) {
      for (const Node& node : graph.nodes) {
        for (const int t : node.outputs) {
          if (!known->file.contains(t) || !after.contains(t) || !known->control.contains(t)) continue;
          price.tensors.emplace_back().tensor = t;
        }
      }
      for (const int t : told_tensors(graph)) {
        if (price.of(t) != nullptr) price.outputs.push_back(t);
      }
    }
    for (TensorPrice& t : price.tensors) {
      const auto exact = known->exact.find(t.tensor);
      add(t, known->file, after, known->control, exact == known->exact.end() ? nullptr : &exact->second);
    }
    for (Templates& t : templates) t.add(known->file, after, known->control);
    ++price.samples;
    callbacks.at(n + 1, count);
  }
  price.no_numbers = no_numbers_;
  for (const Templates& t : templates) {
    if (!price.templates) price.templates = t.drift();
  }
  return price;
}

}  // namespace nputwin
