#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "session/session.h"
#include "sides/input_source.h"

namespace nputwin {

/// A signal and what stands between it and others, added up over samples.
struct Signal {
  double power = 0, noise = 0;

  void add(std::span<const float> reference, std::span<const float> values);
  /// In dB. Nothing without a signal, and where there is no noise.
  [[nodiscard]] std::optional<double> sqnr() const;
};

/// One tensor of three runs: the file's on the reference profile, the hardened file's there, and, as a control, the
/// file's on the other device: a loss that the control has, too, is the noise of rounding and no price.
struct TensorPrice {
  int tensor = 0;
  Signal before, after, control;                         ///< beside the network in numbers
  Signal after_to_before, control_to_before;             ///< beside the file's run on the reference profile
  std::size_t same_top_after = 0, same_top_control = 0;  ///< samples whose largest value is where the file's is
  double cosine_after = 0, cosine_control = 0;           ///< to the file's run: sums over samples
  std::size_t cosines = 0;

  /// SQNR beside the network in numbers: how much less it is after.
  [[nodiscard]] std::optional<double> loss() const;
  [[nodiscard]] std::optional<double> control_loss() const;
};

/// How far an embedding moves: distances of vectors, medians over samples.
struct TemplateDrift {
  int tensor = 0;
  double spread = 0;   ///< between two samples of the file's run
  double after = 0;    ///< of one sample, between the file's run and the hardened one's
  double control = 0;  ///< between the file's two runs
};

struct ModelPrice {
  std::size_t samples = 0;
  std::string reference, control;    ///< profiles
  std::string no_numbers;            ///< why the model has not been run in numbers; empty: it has
  std::vector<TensorPrice> tensors;  ///< that ops make, in order
  std::vector<int> outputs;          ///< of the model, where they are codes or numbers, and scores before a SOFTMAX
  std::optional<TemplateDrift> templates;

  [[nodiscard]] const TensorPrice* of(int tensor) const;
  /// Over the layers; nothing where the model has not been run in numbers.
  [[nodiscard]] std::optional<double> median_loss() const;
  [[nodiscard]] std::optional<double> median_control_loss() const;
};

/// Runs the file and the hardened one on the first `samples` of the inputs, which are of the file. Tensors of the file
/// keep their numbers in the hardened one.
[[nodiscard]] Result<ModelPrice> price_of(const std::shared_ptr<const Model>& before,
                                          const std::shared_ptr<const Model>& after, const std::string& reference,
                                          const std::string& control, const InputSet& inputs, std::size_t samples,
                                          const SessionOptions& options, const Callbacks& callbacks = {});

/// The sample as a model of other input scales takes it.
[[nodiscard]] Sample for_model(const Sample& sample, const Graph& graph);

}  // namespace nputwin
