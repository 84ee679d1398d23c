#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "analysis/harden/harden.h"
#include "analysis/harden/price.h"
#include "analysis/prove/prove.h"

namespace nputwin {

/// What a model costs to run.
struct ModelSize {
  std::size_t ops = 0;
  std::int64_t products = 0;  ///< of multiply-accumulate layers, for one input
  std::size_t bytes = 0;      ///< of the file
};

/// How many ops a delegate of the chip claims.
struct ClaimedOps {
  std::string placement;
  std::size_t before = 0, after = 0;
  std::vector<std::size_t> lost;  ///< ops of the hardened file that it does not claim, though it did
};

/// An op on which sides still differ, or may.
struct LeftOp {
  std::size_t node = 0;            ///< of the hardened file
  std::string op, name;            ///< of its first output
  std::vector<std::string> sides;  ///< that differ from the first, or may
  OpProof proof;                   ///< of one of these
  std::string why;
  std::string on_cpu;  ///< what names it for --on-cpu
};

/// What one more profile costs, on a model that is hardened for it and those before it.
struct PriceStep {
  std::string added;
  std::size_t samples = 0;                         ///< on which it was measured
  std::optional<double> median_loss, output_loss;  ///< dB beside the network in numbers
  std::optional<double> output_to_before;          ///< dB beside the file's own output
  std::size_t even_weights = 0, re_rounded = 0, left = 0, channels = 0;
  std::size_t left_ops = 0;  ///< others than layers that are not equal, and layers that cannot be changed
  bool kept = true;          ///< false: beyond the loss that was allowed
};

/// One file that was hardened.
struct HardenedModel {
  std::string path, written;          ///< where it was read, and written
  std::vector<std::string> profiles;  ///< for which it is hardened
  std::shared_ptr<const Model> before, after;
  Hardening hardening;
  std::vector<std::size_t> averages;  ///< of the file's ops: those that are depthwise convolutions now
  std::vector<std::size_t> biases;    ///< of the hardened file's ops: those that were given a bias
  struct Pair {
    std::string a, b;  ///< the first profile and another
    Proof before, after;
  };
  std::vector<Pair> pairs;
  std::vector<LeftOp> left;
  std::vector<PriceStep> steps;
  std::optional<ModelPrice> price;
  bool chosen_inputs = true;          ///< false: no inputs were given, the price is of noise
  std::optional<ClaimedOps> claimed;  ///< nothing where no profile is a chip behind a delegate
  ModelSize size_before, size_after;

  [[nodiscard]] bool equal() const;
};

/// Files that were hardened as one system.
struct Hardened {
  std::vector<HardenedModel> models;

  /// Every op of every model is equal on all profiles, for all inputs.
  [[nodiscard]] bool equal() const;
};

/// The ops that a proof leaves, with what stands in their way.
[[nodiscard]] std::vector<LeftOp> left_ops(const HardenedModel& model);

}  // namespace nputwin
